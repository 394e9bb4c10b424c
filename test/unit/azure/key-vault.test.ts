import * as assert from "node:assert/strict";
import { KeyVault } from "../../../components/azure/key-vault";
import { keyVaultCryptoOfficer } from "../../../components/azure/roles";
import { armId, azureMocks, deployer } from "../../support/azure";
import { all, dependsOn, deploy, only, valueOf } from "../../support/deploy";

const vaultType = "azure-native:keyvault:Vault";
const key = "azure-native:keyvault:Key";
const secret = "azure-native:keyvault:Secret";
const assignment = "azure-native:authorization:RoleAssignment";

const keyId = armId("Microsoft.KeyVault/vaults", "landfall/keys/sops");

function vault(changes: { readonly recoveredKeyId?: string; readonly protect?: boolean } = {}, preview = false) {
    const args = {
        resourceGroupName: "group",
        location: "westeurope",
        vaultName: "landfall",
        deployer,
        recoveredKeyId: undefined,
        protect: true,
        ...changes,
    };
    return deploy(() => new KeyVault("vault", args), azureMocks, { preview });
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

    it("protects all three, and keeps them in Azure", async () => {
        const { resources } = await vault();
        for (const durable of [...[vaultType, key, secret].flatMap((type) => all(resources, type))]) {
            assert.deepEqual([durable.protect, durable.retainOnDelete], [true, true], durable.name);
        }
    });

    it("keeps what is in a vault that is deleted, which brings it back, also where nothing is retained", async () => {
        const { resources } = await vault({ protect: false });
        for (const { protect, retainOnDelete } of [only(resources, key), only(resources, secret)]) {
            assert.deepEqual([protect, retainOnDelete], [false, true]);
        }
        assert.equal(only(resources, vaultType).retainOnDelete, false);
    });

    it("brings back a deleted vault and takes over what is in it, only when it has to", async () => {
        const made = (await vault()).resources;
        assert.ok(!("createMode" in (only(made, vaultType).inputs.properties as VaultProperties)));
        assert.equal(only(made, key).importId, "");
        const recovered = (await vault({ recoveredKeyId: keyId })).resources;
        assert.equal((only(recovered, vaultType).inputs.properties as VaultProperties).createMode, "recover");
        assert.equal(only(recovered, key).importId, keyId);
        const secretId = armId("Microsoft.KeyVault/vaults", "landfall/secrets/example");
        assert.equal(only(recovered, secret).importId, secretId);
        assert.equal(only(made, secret).importId, "");
    });

    it("looks for the key of a deleted vault in no preview, in which the vault is still deleted", async () => {
        assert.equal(only((await vault({ recoveredKeyId: keyId }, true)).resources, key).importId, "");
    });

    it("takes a key as it was made, since Azure changes none", async () => {
        assert.deepEqual(only((await vault()).resources, key).ignoreChanges, ["properties", "tags"]);
    });

    it("gives the key's address with its version, and its id as a scope", async () => {
        const { result } = await vault();
        assert.equal(await valueOf(result.keyUri), "https://landfall.vault.azure.net/keys/sops/1");
        assert.equal(await valueOf(result.keyId), armId("Microsoft.KeyVault/vaults", "landfall/keys/sops"));
    });
});
