import * as assert from "node:assert/strict";
import { acrPull, reader } from "../../../components/azure/roles";
import { WorkloadIdentity, type WorkloadIdentityArgs } from "../../../components/azure/workload-identity";
import { armId, azureMocks, clientIdOf, issuerUrl, principalIdOf } from "../../support/azure";
import { all, dependsOn, deploy, only, valueOf } from "../../support/deploy";

const credential = "azure-native:managedidentity:FederatedIdentityCredential";
const assignment = "azure-native:authorization:RoleAssignment";
const registry = armId("Microsoft.ContainerRegistry/registries", "registry");

const args: WorkloadIdentityArgs = {
    resourceGroupName: "group",
    location: "westeurope",
    identityName: "velero",
    issuerUrl,
    subjects: ["system:serviceaccount:velero:velero"],
    protect: true,
};

function identity(changes: Partial<WorkloadIdentityArgs> = {}) {
    return deploy(() => new WorkloadIdentity("velero", { ...args, ...changes }), azureMocks);
}

describe("WorkloadIdentity", () => {
    it("trusts exactly one service account of exactly one cluster", async () => {
        const { inputs } = only((await identity()).resources, credential);
        assert.equal(inputs.subject, "system:serviceaccount:velero:velero");
        assert.equal(inputs.issuer, issuerUrl);
        assert.deepEqual(inputs.audiences, ["api://AzureADTokenExchange"]);
    });

    it("makes several credentials one after the other, since Azure refuses two at a time", async () => {
        const subjects = ["a", "b", "c"].map((name) => `system:serviceaccount:team:${name}`);
        const { resources } = await identity({ subjects });
        const [first, second, third] = all(resources, credential);
        assert.ok(first && second && third);
        assert.ok(dependsOn(second, first) && dependsOn(third, second));
    });

    it("may do nothing unless it is granted", async () => {
        assert.deepEqual(all((await identity()).resources, assignment), []);
    });

    it("gets each grant at its own scope", async () => {
        const group = "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/group";
        const grants = [
            { role: acrPull, scope: registry },
            { role: reader, scope: group },
        ];
        const { resources } = await identity({ grants });
        assert.equal(only(resources, assignment, "acr-pull").inputs.scope, registry);
        assert.equal(only(resources, assignment, "reader").inputs.scope, group);
        for (const { inputs } of all(resources, assignment)) {
            assert.equal(inputs.principalId, principalIdOf("velero"));
            assert.equal(inputs.principalType, "ServicePrincipal");
        }
    });

    it("outlives the cluster, while its credentials do not", async () => {
        const { resources } = await identity();
        const durable = only(resources, "azure-native:managedidentity:UserAssignedIdentity");
        assert.deepEqual([durable.protect, durable.retainOnDelete], [true, true]);
        assert.equal(only(resources, credential).protect, false);
    });

    it("publishes what a pod has to name itself by", async () => {
        const { result } = await identity();
        assert.equal(await valueOf(result.clientId), clientIdOf("velero"));
    });
});
