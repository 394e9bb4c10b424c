import * as assert from "node:assert/strict";
import { ArmClient } from "../../../components/azure/arm-client";
import { checkNames, type NameCheckArgs } from "../../../components/azure/name-check";

const subscription = "/subscriptions/sub";
const ownVault = `${subscription}/resourceGroups/durable/providers/Microsoft.KeyVault/vaults/vault`;

interface Reply {
    readonly status: number;
    readonly body?: unknown;
}

/** What Azure answers, by the end of a path; everything else is free and not there. */
function check(replies: Record<string, Reply> = {}) {
    const asked: string[] = [];
    const answer = (url: URL, method: string): Reply => {
        const known = Object.entries(replies).find(([end]) => url.pathname.endsWith(end));
        if (known) {
            return known[1];
        }
        return method === "POST" ? { status: 200, body: { nameAvailable: true } } : { status: 404, body: {} };
    };
    const args: NameCheckArgs = {
        subscriptionId: "sub",
        resourceGroupName: "durable",
        location: "westeurope",
        registry: "registry",
        keyVault: "vault",
        storageAccount: "storage",
    };
    const arm = new ArmClient("token-of-arm", (target, init) => {
        assert.ok(typeof target === "string");
        const url = new URL(target);
        assert.equal(url.origin, "https://management.azure.com");
        assert.ok(url.searchParams.get("api-version"), url.pathname);
        assert.equal((init?.headers as Record<string, string>).authorization, "Bearer token-of-arm");
        asked.push(`${init?.method} ${url.pathname}`);
        const { status, body } = answer(url, init?.method ?? "");
        return Promise.resolve(new Response(JSON.stringify(body ?? {}), { status }));
    });
    return { result: checkNames(arm, args), asked };
}

const taken = { status: 200, body: { nameAvailable: false, reason: "AlreadyExists", message: "already in use" } };

describe("checkNames", () => {
    it("finds nothing wrong with names that are free", async () => {
        assert.deepEqual(await check().result, { problems: [], recoverKeyVault: false });
    });

    it("does not ask whether a name is free that is the stack's own already", async () => {
        const { result, asked } = check({
            "/registries/registry": { status: 200 },
            "/vaults/vault": { status: 200 },
            "/storageAccounts/storage": { status: 200 },
        });
        assert.deepEqual((await result).problems, []);
        assert.deepEqual(
            asked.filter((request) => request.startsWith("POST")),
            [],
        );
    });

    const kinds = [
        ["Microsoft.ContainerRegistry", "landfall:registryName", "registry name registry"],
        ["Microsoft.KeyVault", "landfall:keyVaultName", "Key Vault name vault"],
        ["Microsoft.Storage", "landfall:storageAccountName", "storage account name storage"],
    ] as const;
    for (const [namespace, key, words] of kinds) {
        it(`names ${key} when another has its name`, async () => {
            const { problems } = await check({ [`${namespace}/checkNameAvailability`]: taken }).result;
            assert.equal(problems.length, 1);
            assert.equal(problems[0]?.key, key);
            assert.ok(problems[0]?.message.includes(words));
            assert.ok(problems[0]?.message.includes(`pulumi config set ${key}`));
        });

        it(`says how to register ${namespace} in a new subscription`, async () => {
            const unregistered = { status: 409, body: { error: { code: "MissingSubscriptionRegistration" } } };
            const { problems } = await check({ [`${namespace}/checkNameAvailability`]: unregistered }).result;
            assert.match(
                problems[0]?.message ?? "",
                new RegExp(`az provider register --wait --namespace ${namespace}$`),
            );
        });
    }

    it("recovers the stack's own vault that Azure still keeps", async () => {
        const { problems, recoverKeyVault } = await check({
            "Microsoft.KeyVault/checkNameAvailability": taken,
            "/deletedVaults/vault": { status: 200, body: { properties: { vaultId: ownVault.toUpperCase() } } },
        }).result;
        assert.deepEqual([problems, recoverKeyVault], [[], true]);
    });

    it("does not recover a deleted vault that was another's", async () => {
        const { problems, recoverKeyVault } = await check({
            "Microsoft.KeyVault/checkNameAvailability": taken,
            "/deletedVaults/vault": {
                status: 200,
                body: { properties: { vaultId: ownVault.replace("durable", "old") } },
            },
        }).result;
        assert.equal(recoverKeyVault, false);
        assert.equal(problems[0]?.key, "landfall:keyVaultName");
    });

    it("rejects with what Azure said when it does not answer the question", async () => {
        const denied = { status: 403, body: { error: { code: "AuthorizationFailed", message: "no access" } } };
        const { result } = check({ "/registries/registry": denied });
        await assert.rejects(result, /HTTP 403 AuthorizationFailed no access/);
    });
});
