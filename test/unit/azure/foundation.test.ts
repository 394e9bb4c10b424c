import * as assert from "node:assert/strict";
import { Foundation, type FoundationArgs } from "../../../components/azure/foundation";
import { physicalNames } from "../../../components/settings/naming";
import { azureMocks, deployer } from "../../support/azure";
import { dependsOn, deploy, only } from "../../support/deploy";

const { subscriptionId } = deployer;
const names = physicalNames({ project: "landfall", stack: "test", subscriptionId });

const args: FoundationArgs = {
    location: "westeurope",
    clusterLocation: "westeurope",
    protect: true,
    names,
    deployer,
    recoverKeyVault: false,
    clusters: ["blue"],
    vnetCidr: "10.10.0.0/16",
    nodeSubnetCidr: "10.10.0.0/22",
    registry: { sku: "Basic", zoneRedundant: false },
    backups: { redundancy: "LRS", retentionDays: 7, immutableDays: 0 },
};

function foundation(changes: Partial<FoundationArgs> = {}) {
    return deploy(() => new Foundation("landfall", { ...args, ...changes }), azureMocks);
}

const types = {
    network: "azure-native:network:VirtualNetwork",
    registry: "azure-native:containerregistry:Registry",
    vault: "azure-native:keyvault:Vault",
    account: "azure-native:storage:StorageAccount",
    zone: "azure-native:dns:Zone",
};

describe("Foundation", () => {
    it("has only what a rebuild replaces in the region of the cluster", async () => {
        const { resources } = await foundation({ clusterLocation: "northeurope", domain: "k8s.example.com" });
        const elsewhere = resources.filter(({ inputs }) => inputs.location === "northeurope");
        assert.deepEqual(
            elsewhere.map(({ inputs }) => inputs.resourceGroupName),
            [names.clusterGroup, names.clusterGroup],
        );
    });

    it("has the network in the group that a rebuild replaces, and the rest in the other", async () => {
        const { resources } = await foundation({ domain: "k8s.example.com" });
        const groupOf = (type: string) => only(resources, type).inputs.resourceGroupName;
        assert.equal(groupOf(types.network), names.clusterGroup);
        for (const type of [types.registry, types.vault, types.account, types.zone]) {
            assert.equal(groupOf(type), names.durableGroup, type);
        }
    });

    it("calls each thing by its name", async () => {
        const { resources } = await foundation();
        assert.equal(only(resources, types.registry).inputs.registryName, names.registry);
        assert.equal(only(resources, types.vault).inputs.vaultName, names.keyVault);
        assert.equal(only(resources, types.account).inputs.accountName, names.storageAccount);
    });

    it("has a zone only for a domain, and a pipeline only for a repository", async () => {
        const without = await foundation();
        assert.equal(without.result.zone, undefined);
        assert.equal(without.result.registry.ciClientId, undefined);
        const ci = { repository: "acme/app", environment: "test" };
        const { resources } = await foundation({ registry: { ...args.registry, ci } });
        const { inputs } = only(resources, "azure-native:managedidentity:FederatedIdentityCredential");
        assert.equal(inputs.subject, "repo:acme/app:environment:test");
    });

    it("recovers a vault that Azure still keeps, with the key in it", async () => {
        const recovered = async (recoverKeyVault: boolean) => {
            const { resources } = await foundation({ recoverKeyVault });
            const { createMode } = only(resources, types.vault).inputs.properties as { createMode?: string };
            return [createMode, only(resources, "azure-native:keyvault:Key").importId];
        };
        const group = `/subscriptions/${deployer.subscriptionId}/resourceGroups/${names.durableGroup}`;
        const key = `${group}/providers/Microsoft.KeyVault/vaults/${names.keyVault}/keys/sops`;
        assert.deepEqual(await recovered(true), ["recover", key]);
        assert.deepEqual(await recovered(false), [undefined, ""]);
    });

    it("makes nothing durable wait for the network", async () => {
        const { resources } = await foundation();
        const network = only(resources, types.network);
        for (const type of [types.registry, types.vault, types.account]) {
            assert.equal(dependsOn(only(resources, type), network), false, type);
        }
    });
});
