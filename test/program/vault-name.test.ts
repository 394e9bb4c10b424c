import * as assert from "node:assert/strict";
import { AzureDeployer } from "../../tools/drill/azure-deployer";
import { useCheckout } from "../support/checkout";

const stackFile = "Pulumi.staging.yaml";
const group = "rg-elsewhere";
const name = "kv-elsewhere";

describe("an update whose vault's name a deleted vault of others still has", function () {
    const checkout = useCheckout(this);
    let azure: AzureDeployer;
    let vaults: string;

    before(
        "starts a sandbox by a start that is refused, and leaves a deleted vault with purge protection in it",
        async () => {
            const restore = checkout.edit(stackFile, (text) => `${text}\n  landfall:nothing: true\n`);
            assert.equal((await checkout.start("staging")).code, 1);
            restore();
            azure = new AzureDeployer(checkout.session());
            const groups = `${azure.subscription}/resourceGroups`;
            await azure.arm("PUT", `${groups}/${group}`, "2024-03-01", { location: "westeurope" });
            const id = `${groups}/${group}/providers/Microsoft.KeyVault/vaults/${name}`;
            await azure.arm("PUT", id, "2024-11-01", {
                location: "westeurope",
                properties: {
                    tenantId: checkout.session().environment.ARM_TENANT_ID,
                    sku: { family: "A", name: "standard" },
                    enableRbacAuthorization: true,
                    enablePurgeProtection: true,
                },
            });
            await azure.arm("DELETE", id, "2024-11-01");
            vaults = `${azure.subscription}/providers/Microsoft.KeyVault/locations/westeurope/deletedVaults`;
        },
    );

    it("is refused before anything is changed, and names the setting", async () => {
        const before = await checkout.azureResources();
        const restore = checkout.edit(stackFile, (text) => `${text}\n  landfall:keyVaultName: ${name}\n`);
        const { code, output, report } = await checkout.start("staging");
        restore();
        assert.equal(code, 1, output);
        assert.match(
            output,
            /landfall:keyVaultName: the Key Vault name kv-elsewhere cannot be had \(.*\); choose another: pulumi config set landfall:keyVaultName <name>/,
        );
        assert.deepEqual(await checkout.azureResources(), before);
        assert.deepEqual(report.git, { commits: 0, files: 0 });
        const { properties } = await azure.arm("GET", `${vaults}/${name}`, "2024-11-01");
        assert.equal(properties.purgeProtectionEnabled, true, "it is still there, neither recovered nor purged");
    });
});
