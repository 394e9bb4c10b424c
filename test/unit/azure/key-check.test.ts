import * as assert from "node:assert/strict";
import { ArmClient } from "../../../components/azure/arm-client";
import { sopsKeyExists } from "../../../components/azure/key-check";

describe("sopsKeyExists", () => {
    /** Asks an Azure that answers with a status. */
    async function asked(status: number, code = "Teapot") {
        let path = "";
        const arm = new ArmClient("token-of-arm", (target) => {
            assert.ok(typeof target === "string");
            path = new URL(target).pathname;
            return Promise.resolve(new Response(JSON.stringify({ error: { code } }), { status }));
        });
        const exists = sopsKeyExists(arm, { subscriptionId: "sub", resourceGroupName: "durable", keyVault: "vault" });
        return { exists: await exists.catch(String), path };
    }

    it("is whether the vault is there and has the key", async () => {
        const vault = "/subscriptions/sub/resourceGroups/durable/providers/Microsoft.KeyVault/vaults/vault";
        assert.deepEqual(await asked(200), { exists: true, path: `${vault}/keys/sops` });
        assert.equal((await asked(404)).exists, false);
    });

    it("is not there in a subscription that does not use Key Vault yet", async () => {
        assert.equal((await asked(409, "MissingSubscriptionRegistration")).exists, false);
        assert.match(String((await asked(409, "Conflict")).exists), /HTTP 409 Conflict/);
    });

    it("is not guessed when Azure does not say", async () => {
        assert.match(
            String((await asked(500)).exists),
            /did not say whether vault vault has the key sops: HTTP 500 Teapot/,
        );
        assert.match(String((await asked(403)).exists), /HTTP 403/);
    });
});
