import * as assert from "node:assert/strict";
import { ArmClient } from "../../../components/azure/arm-client";

/** Asks a service that answers like this, one after the other. */
function client(...answers: readonly (Response | Error)[]) {
    const times: number[] = [];
    const fetch = () => {
        const answer = answers[times.length] ?? assert.fail("was asked once more");
        times.push(Date.now());
        return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    };
    return { arm: new ArmClient("token", fetch, [0.01, 0.01]), times };
}

const good = () => new Response('{"a":1}');
const lost = () => new TypeError("fetch failed", { cause: new Error("ECONNREFUSED") });
const failing = (status: number, headers = {}) => new Response("", { status, headers });

describe("a passing fault of Azure", () => {
    for (const [what, fault] of [
        ["no connection", lost],
        ["an error of the service", () => failing(500)],
        ["a restart", () => failing(503)],
        ["too many requests", () => failing(429)],
    ] as const) {
        it(`is waited for: ${what}`, async () => {
            const { arm, times } = client(fault(), fault(), good());
            assert.deepEqual(await arm.ask("/a"), { status: 200, body: { a: 1 } });
            assert.equal(times.length, 3);
        });
    }

    it("is waited for as long as the service asks", async () => {
        const { arm, times } = client(failing(429, { "retry-after": "1" }), good());
        await arm.ask("/a");
        assert.ok((times[1] ?? 0) - (times[0] ?? 0) >= 990);
    });

    it("is not waited for when the service asks for longer than anybody waits, and is named", async () => {
        const { arm } = client(failing(429, { "retry-after": "600" }));
        assert.equal((await arm.ask("/a")).status, 429);
    });

    it("that does not pass ends with what it was", async () => {
        await assert.rejects(client(lost(), lost(), lost()).arm.ask("/a"), /cannot reach .*ECONNREFUSED/);
        assert.equal((await client(failing(500), failing(500), failing(500)).arm.ask("/a")).status, 500);
    });

    it("is none that another attempt would not change", async () => {
        const { arm, times } = client(failing(404));
        assert.equal((await arm.ask("/a")).status, 404);
        assert.equal(times.length, 1);
    });
});
