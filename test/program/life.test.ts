import * as assert from "node:assert/strict";
import { AzureDeployer } from "../../tools/drill/azure-deployer";
import { useCheckout } from "../support/checkout";
import { keepLayers } from "../support/checkout-tree";

const stackFile = "Pulumi.staging.yaml";

describe("a stack over its life", function () {
    const checkout = useCheckout(this, { systems: [] });
    const key = () => checkout.output("pulumi", "stack", "output", "keyVaultKey");
    const set = (from: string, to: string) => checkout.edit(stackFile, (text) => text.replace(from, to));

    before("comes up with an older Kubernetes", async () => {
        keepLayers(checkout, ["canary"]);
        set('kubernetesVersion: "1.36"', 'kubernetesVersion: "1.35"');
        await checkout.up();
    });

    it("is upgraded by a minor: the control plane, then the system pool, then the others, one at a time", async () => {
        const { length } = (await checkout.status()).azureOperations;
        set('kubernetesVersion: "1.35"', 'kubernetesVersion: "1.36"');
        const { changes } = await checkout.up();
        assert.deepEqual([changes.update, changes.create, changes.replace, changes.delete], [2, 0, 0, 0]);

        const operations = (await checkout.status()).azureOperations.slice(length);
        const written = operations.map(({ resourceId }) => resourceId.split("/").slice(-2).join("/"));
        assert.deepEqual(written, ["managedClusters/landfall-staging", "agentPools/system", "agentPools/apps"]);
        const azure = new AzureDeployer(checkout.session());
        const cluster = operations[0]?.resourceId ?? "";
        for (const pool of ["system", "apps"]) {
            const { properties } = await azure.arm("GET", `${cluster}/agentPools/${pool}`, "2025-09-01");
            assert.match(String(properties.currentOrchestratorVersion), /^1\.36\./, pool);
        }
        const { same, ...others } = (await checkout.up()).changes;
        assert.ok(same > 90);
        assert.deepEqual(others, { create: 0, update: 0, replace: 0, delete: 0 });
    });

    it("comes back after its end with the vault that Azure kept, and the key in it", async () => {
        const before = await key();
        set("protectDurable: true", "protectDurable: false");
        await checkout.up();
        await checkout.output("pulumi", "destroy", "--yes", "--skip-preview");
        const left = (await checkout.azureResources()).filter((type) => !type.startsWith("Microsoft.Authorization/"));
        assert.deepEqual(left, []);
        await checkout.up();
        assert.equal(await key(), before, "what the tree has encrypted to the key is readable");
        const { same, ...others } = (await checkout.up()).changes;
        assert.ok(same > 90);
        // The vault's own mark of its recovery.
        assert.deepEqual(others, { create: 0, update: 1, replace: 0, delete: 0 });
    });
});
