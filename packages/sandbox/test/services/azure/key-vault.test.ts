import * as assert from "node:assert/strict";
import { IdentitySubscription, type TestIdentity } from "../../../testing/azure-identity";
import { type Json, tenantId } from "../../../testing/azure-subscription";

const secretsUser = "4633458b-17de-408a-b874-0445c86b69e6";
const secretsOfficer = "b86a8fe4-44ce-4948-aee5-eccb2c155cd7";
const base = "https://kv-test.vault.azure.net";

describe("the Key Vault stand-in's secrets", () => {
    const subscription = new IdentitySubscription();
    let user: TestIdentity;
    let officer: TestIdentity;

    before(async () => {
        user = await subscription.makeIdentity("id-user");
        officer = await subscription.makeIdentity("id-officer");
        const vault = await subscription.make(
            "keyvault:Vault",
            { vaultName: "kv-test" },
            {
                location: "westeurope",
                properties: {
                    tenantId,
                    sku: { family: "A", name: "standard" },
                    enableRbacAuthorization: true,
                    enablePurgeProtection: true,
                },
            },
        );
        await subscription.assign(user.principalId, secretsUser, vault.id);
        await subscription.assign(officer.principalId, secretsOfficer, vault.id);
    });

    const send = async (identity: TestIdentity, method: string, path: string, body?: object) => {
        const headers = { authorization: `Bearer ${await identity.token("https://vault.azure.net")}` };
        const url = `${base}${path}?api-version=7.4`;
        const answer = await subscription.send(method, url, headers, body ? JSON.stringify(body) : "");
        const parsed = (answer.body ?? {}) as Json;
        const error = parsed.error as { code?: string; innererror?: { code: string } } | undefined;
        return { status: answer.status, body: parsed, code: error?.innererror?.code ?? error?.code };
    };

    it("sets versions for an officer, and gives the current one or an older one to a user", async () => {
        const first = await send(officer, "PUT", "/secrets/db", { value: "one", tags: { team: "a" } });
        await send(officer, "PUT", "/secrets/db", { value: "two" });
        assert.equal((await send(user, "GET", "/secrets/db")).body.value, "two");
        assert.equal((await send(user, "GET", "/secrets/db/")).body.value, "two");
        const { pathname } = new URL(String(first.body.id));
        const old = await send(user, "GET", pathname);
        assert.deepEqual([old.body.value, old.body.tags], ["one", { team: "a" }]);
    });

    it("lists names and versions without values", async () => {
        const { body } = await send(user, "GET", "/secrets");
        assert.deepEqual(
            (body.value as Json[]).map(({ id }) => String(id).replace(/[0-9a-f]{32}$/, "…")),
            [`${base}/secrets/db/…`],
        );
        const versions = (await send(user, "GET", "/secrets/db/versions")).body.value as Json[];
        assert.equal(versions.length, 2);
        assert.ok(!JSON.stringify([body, versions]).includes("two"));
    });

    it("refuses what the role does not give, and what is not there", async () => {
        const refused = await send(user, "PUT", "/secrets/db", { value: "three" });
        assert.deepEqual([refused.status, refused.code], [403, "ForbiddenByRbac"]);
        const { message } = refused.body.error as { message: string };
        assert.match(message, /Action: 'Microsoft\.KeyVault\/vaults\/secrets\/setSecret\/action'/);
        const missing = await send(user, "GET", "/secrets/none");
        assert.deepEqual([missing.status, missing.code], [404, "SecretNotFound"]);
        const { headers } = await subscription.send("GET", `${base}/secrets/db?api-version=7.4`);
        assert.match(headers?.["www-authenticate"] ?? "", /resource="https:\/\/vault\.azure\.net"/);
    });

    it("gives a secret that was set through Resource Manager", async () => {
        await subscription.make(
            "keyvault:Secret",
            { vaultName: "kv-test", secretName: "by-arm" },
            { properties: { value: "from the program", contentType: "text/plain" } },
        );
        const { body } = await send(user, "GET", "/secrets/by-arm");
        assert.deepEqual([body.value, body.contentType], ["from the program", "text/plain"]);
        const shown = await subscription.get("keyvault:Secret", { vaultName: "kv-test", secretName: "by-arm" });
        assert.ok(!JSON.stringify(shown.body).includes("from the program"));
        assert.equal((shown.body.properties as Json).secretUriWithVersion, body.id);
    });

    it("does not give a disabled version", async () => {
        const { body } = await send(officer, "PUT", "/secrets/off", { value: "x", attributes: { enabled: false } });
        assert.equal((await send(user, "GET", "/secrets/off")).code, "SecretDisabled");
        await send(officer, "PATCH", new URL(String(body.id)).pathname, { attributes: { enabled: true } });
        assert.equal((await send(user, "GET", "/secrets/off")).body.value, "x");
    });

    it("keeps a deleted secret, its name and its versions until it is recovered", async () => {
        assert.equal((await send(user, "DELETE", "/secrets/db")).status, 403);
        assert.equal((await send(officer, "DELETE", "/secrets/db")).status, 200);
        assert.equal((await send(user, "GET", "/secrets/db")).status, 404);
        const again = await send(officer, "PUT", "/secrets/db", { value: "new" });
        assert.deepEqual([again.status, again.code], [409, "ObjectIsDeletedButRecoverable"]);
        const byArm = await subscription.put(
            "keyvault:Secret",
            { vaultName: "kv-test", secretName: "db" },
            { properties: { value: "new" } },
        );
        assert.equal(byArm.status, 409);
        const purged = await send(officer, "DELETE", "/deletedsecrets/db");
        assert.deepEqual([purged.status, purged.code], [403, "ForbiddenByPolicy"]);
        assert.equal((await send(officer, "POST", "/deletedsecrets/db/recover")).status, 200);
        assert.equal((await send(user, "GET", "/secrets/db")).body.value, "two");
    });
});
