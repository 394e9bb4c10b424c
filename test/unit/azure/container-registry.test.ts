import * as assert from "node:assert/strict";
import { ContainerRegistry, type ContainerRegistryArgs } from "../../../components/azure/container-registry";
import { acrPull, acrPush } from "../../../components/azure/roles";
import { armId, azureMocks, clientIdOf } from "../../support/azure";
import { all, deploy, only, valueOf } from "../../support/deploy";

const registryType = "azure-native:containerregistry:Registry";
const assignment = "azure-native:authorization:RoleAssignment";
const registryId = armId("Microsoft.ContainerRegistry/registries", "landfall");

const args: ContainerRegistryArgs = {
    resourceGroupName: "group",
    location: "westeurope",
    registryName: "landfall",
    sku: "Premium",
    zoneRedundant: true,
    kubeletPrincipalId: "kubelet",
    protect: true,
};
const ci = { identityName: "ci", repository: "owner@1/apps@2", environment: "production" };

function registry(changes: Partial<ContainerRegistryArgs> = {}) {
    return deploy(() => new ContainerRegistry("registry", { ...args, ...changes }), azureMocks);
}

describe("ContainerRegistry", () => {
    it("has no password and no anonymous pull", async () => {
        const { inputs } = only((await registry()).resources, registryType);
        assert.deepEqual([inputs.adminUserEnabled, inputs.anonymousPullEnabled], [false, false]);
    });

    it("accepts the tokens that kubelet and Flux present", async () => {
        const { inputs } = only((await registry()).resources, registryType);
        assert.deepEqual(inputs.policies, { azureADAuthenticationAsArmPolicy: { status: "enabled" } });
    });

    it("is replicated over zones only where asked", async () => {
        const inputs = async (zoneRedundant: boolean) =>
            only((await registry({ zoneRedundant })).resources, registryType).inputs.zoneRedundancy;
        assert.deepEqual([await inputs(true), await inputs(false)], ["Enabled", "Disabled"]);
    });

    it("lets the nodes pull, and not push", async () => {
        const { resources } = await registry();
        const { inputs } = only(resources, assignment);
        assert.equal(inputs.principalId, "kubelet");
        assert.equal(inputs.scope, registryId);
        assert.ok(String(inputs.roleDefinitionId).endsWith(acrPull.guid));
    });

    it("has no identity for a pipeline unless one is named", async () => {
        const { resources, result } = await registry();
        assert.deepEqual(all(resources, "azure-native:managedidentity:UserAssignedIdentity"), []);
        assert.equal(result.ciClientId, undefined);
    });

    it("lets the pipeline push from jobs of its environment alone", async () => {
        const { resources, result } = await registry({ ci });
        const credential = only(resources, "azure-native:managedidentity:FederatedIdentityCredential");
        assert.equal(credential.inputs.subject, "repo:owner@1/apps@2:environment:production");
        assert.equal(credential.inputs.issuer, "https://token.actions.githubusercontent.com");
        const push = only(resources, assignment, "acr-push");
        assert.equal(push.inputs.scope, registryId);
        assert.ok(String(push.inputs.roleDefinitionId).endsWith(acrPush.guid));
        assert.ok(result.ciClientId);
        assert.equal(await valueOf(result.ciClientId), clientIdOf("ci"));
    });

    it("is protected and kept in Azure", async () => {
        const durable = only((await registry()).resources, registryType);
        assert.deepEqual([durable.protect, durable.retainOnDelete], [true, true]);
    });
});
