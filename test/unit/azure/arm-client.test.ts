import * as assert from "node:assert/strict";
import { ArmClient } from "../../../components/azure/arm-client";
import { UserError } from "../../../components/user-error";

/** A client whose one request is answered as given, with what was sent. */
function client(answer: Response | Error) {
    const sent: { url: string; init: RequestInit }[] = [];
    const fetch: typeof globalThis.fetch = (target, init) => {
        sent.push({ url: target as string, init: init ?? {} });
        return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    };
    const arm = new ArmClient("token-of-arm", fetch, []);
    return { arm, sent };
}

describe("ArmClient", () => {
    it("gets without a body and posts with one, as the token's identity", async () => {
        for (const [body, method] of [
            [undefined, "GET"],
            [{ name: "a" }, "POST"],
        ] as const) {
            const { arm, sent } = client(new Response('{"a":1}'));
            assert.deepEqual(await arm.ask("/path?api-version=1", body), { status: 200, body: { a: 1 } });
            const { url, init } = sent[0] ?? assert.fail();
            assert.deepEqual([url, init.method], ["https://management.azure.com/path?api-version=1", method]);
            assert.equal((init.headers as Record<string, string>).authorization, "Bearer token-of-arm");
            assert.equal(init.body, body && JSON.stringify(body));
        }
    });

    it("gives an answer that is no JSON as one without fields", async () => {
        for (const text of ["", "<html>", "null"]) {
            assert.deepEqual((await client(new Response(text, { status: 404 })).arm.ask("/a")).body, {});
        }
    });

    it("names what it may not ask, and what Azure said", async () => {
        const denied = JSON.stringify({ error: { code: "AuthorizationFailed", message: "no access" } });
        const { arm } = client(new Response(denied, { status: 403 }));
        await assert.rejects(arm.ask("/path?api-version=1"), (error: Error) => {
            return (
                error instanceof UserError &&
                error.message.includes("about /path: HTTP 403 AuthorizationFailed no access")
            );
        });
    });

    it("reads a refusal of AKS or DNS, which has no error around it", async () => {
        const denied = JSON.stringify({ code: "Forbidden", message: "not yours", details: [] });
        await assert.rejects(
            client(new Response(denied, { status: 403 })).arm.ask("/path"),
            /HTTP 403 Forbidden not yours/,
        );
    });

    it("says why Azure cannot be reached", async () => {
        const failed = new TypeError("fetch failed", { cause: new Error("getaddrinfo ENOTFOUND") });
        await assert.rejects(
            client(failed).arm.ask("/a"),
            /cannot reach https:\/\/management\.azure\.com: .*ENOTFOUND/,
        );
    });
});
