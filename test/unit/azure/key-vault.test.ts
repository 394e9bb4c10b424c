import * as assert from "node:assert/strict";
import { KeyVault } from "../../../components/azure/key-vault";
import { keyVaultCryptoOfficer } from "../../../components/azure/roles";
import { armId, azureMocks, deployer } from "../../support/azure";
import { all, dependsOn, deploy, only, valueOf } from "../../support/deploy";

const vaultType = "azure-native:keyvault:Vault";
const key = "azure-native:keyvault:Key";
const assignment = "azure-native:authorization:RoleAssignment";

function vault(changes: { readonly recover?: boolean; readonly protect?: boolean } = {}) {
    const args = {
        resourceGroupName: "group",
        location: "westeurope",
        vaultName: "landfall",
        deployer,
        recover: false,
        protect: true,
        ...changes,
    };
    return deploy(() => new KeyVault("vault", args), azureMocks);
}

type VaultProperties = Readonly<Record<string, unknown>>;

describe("KeyVault", () => {
    it("takes rights from Azure RBAC, and has no access policies", async () => {
        const properties = only((await vault()).resources, vaultType).inputs.properties as VaultProperties;
        assert.equal(properties.enableRbacAuthorization, true);
        assert.ok(!("accessPolicies" in properties));
    });

    it("cannot be purged for 90 days, by anybody", async () => {
        const properties = only((await vault()).resources, vaultType).inputs.properties as VaultProperties;
        assert.deepEqual([properties.enablePurgeProtection, properties.enableSoftDelete], [true, true]);
        assert.equal(properties.softDeleteRetentionInDays, 90);
    });

    it("has one key, strong enough, that can encrypt and decrypt and nothing else", async () => {
        const { inputs } = only((await vault()).resources, key);
        assert.equal(inputs.keyName, "sops");
        assert.deepEqual(inputs.properties, { kty: "RSA", keySize: 3072, keyOps: ["encrypt", "decrypt"] });
    });

    it("lets the deployer manage keys before the key is made, so that it can be deleted or recovered", async () => {
        const { resources } = await vault();
        const officer = only(resources, assignment);
        assert.equal(officer.inputs.principalId, deployer.objectId);
        assert.equal(officer.inputs.scope, armId("Microsoft.KeyVault/vaults", "landfall"));
        assert.ok(String(officer.inputs.roleDefinitionId).endsWith(keyVaultCryptoOfficer.guid));
        assert.ok(dependsOn(only(resources, key), officer));
    });

    it("protects vault and key, and keeps both in Azure", async () => {
        const { resources } = await vault();
        for (const durable of [...all(resources, vaultType), ...all(resources, key)]) {
            assert.deepEqual([durable.protect, durable.retainOnDelete], [true, true], durable.name);
        }
    });

    it("brings back a deleted vault instead of making one, only when it has to", async () => {
        const properties = async (recover: boolean) =>
            only((await vault({ recover })).resources, vaultType).inputs.properties as VaultProperties;
        assert.equal((await properties(true)).createMode, "recover");
        assert.ok(!("createMode" in (await properties(false))));
    });

    it("gives the key's address with its version, and its id as a scope", async () => {
        const { result } = await vault();
        assert.equal(await valueOf(result.keyUri), "https://landfall.vault.azure.net/keys/sops/1");
        assert.equal(await valueOf(result.keyId), armId("Microsoft.KeyVault/vaults", "landfall/keys/sops"));
    });
});
