import * as assert from "node:assert/strict";
import { lendToken } from "../../../components/azure/lend-token";
import { RegistryPermissions } from "../../../components/azure/registry-permissions";
import { valueOf } from "../../support/deploy";
import { serializedProvider } from "../../support/serialized-provider";

const settings = { registryId: "/subscriptions/s/r", mode: "AbacRepositoryPermissions" } as const;
const token = () => Promise.resolve("t");

describe("RegistryPermissions", () => {
    const realFetch = globalThis.fetch;
    let args: typeof settings & { readonly lender: string };
    let calls: string[];
    let shown: string | undefined;
    let refusal: object | undefined;

    before(async () => void (args = { ...settings, lender: await valueOf(lendToken(token)) }));

    beforeEach(() => {
        calls = [];
        shown = "LegacyRegistryPermissions";
        refusal = undefined;
        globalThis.fetch = (url, init) => {
            const method = init?.method ?? "";
            calls.push(
                `${method} ${(url as string).split("?api-version=")[1]} ${(init?.body as string | undefined) ?? ""}`,
            );
            const refused = method === "PATCH" && refusal !== undefined;
            const body = refused ? refusal : { properties: { roleAssignmentMode: shown } };
            return Promise.resolve(new Response(JSON.stringify(body), { status: refused ? 403 : 200 }));
        };
    });

    afterEach(() => void (globalThis.fetch = realFetch));

    const provider = () =>
        serializedProvider<typeof args>(() => new RegistryPermissions("registry", { ...settings, token }));

    it("change the registry to the mode, by a version of the interface that has it", async () => {
        await (await provider()).create(args);
        const body = '{"properties":{"roleAssignmentMode":"AbacRepositoryPermissions"}}';
        assert.deepEqual(calls, ["GET 2025-11-01 ", `PATCH 2025-11-01 ${body}`]);
    });

    it("leave a registry alone that has the mode", async () => {
        shown = args.mode;
        await (await provider()).create(args);
        assert.deepEqual(calls, ["GET 2025-11-01 "]);
    });

    it("say what Azure said when it refuses", async () => {
        refusal = { error: { code: "AuthorizationFailed", message: "no" } };
        const made = (await provider()).create(args);
        await assert.rejects(made, /does not change to AbacRepositoryPermissions: HTTP 403 AuthorizationFailed no/);
    });

    it("change when the settings ask for another mode, and for nothing else", async () => {
        const { diff } = await provider();
        const changes = async (news: object) => (await diff?.("id", args, { ...args, ...news }))?.changes;
        assert.equal(await changes({ lender: "other" }), false);
        assert.equal(await changes({ mode: "LegacyRegistryPermissions" }), true);
    });
});
