import * as assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { ClusterIdentities } from "../../../components/azure/cluster-identities";
import { managedIdentityOperator, networkContributor } from "../../../components/azure/roles";
import { armId, azureMocks, principalIdOf } from "../../support/azure";
import { all, dependsOn, deploy, only } from "../../support/deploy";

const identityType = "azure-native:managedidentity:UserAssignedIdentity";
const assignmentType = "azure-native:authorization:RoleAssignment";
const subnet = armId("Microsoft.Network/virtualNetworks", "v/subnets/nodes");

/** Takes the control plane's identity as the cluster does. */
class Consumer extends pulumi.CustomResource {
    constructor(controlPlaneId: pulumi.Input<string>) {
        super("test:index:Consumer", "consumer", { controlPlaneId });
    }
}

function identities() {
    const args = {
        resourceGroupName: "group",
        location: "westeurope",
        controlPlaneName: "control-plane",
        kubeletName: "kubelet",
        nodeSubnetId: subnet,
        protect: true,
    };
    return deploy(() => new Consumer(new ClusterIdentities("ids", args).controlPlaneId), azureMocks);
}

describe("ClusterIdentities", () => {
    it("lets the control plane use the subnet, and no more of the network", async () => {
        const { inputs } = only((await identities()).resources, assignmentType, "network-contributor");
        assert.equal(inputs.scope, subnet);
        assert.equal(inputs.principalId, principalIdOf("control-plane"));
        assert.ok(String(inputs.roleDefinitionId).endsWith(networkContributor.guid));
    });

    it("lets the control plane assign the kubelet's identity, and no other", async () => {
        const { inputs } = only((await identities()).resources, assignmentType, "managed-identity-operator");
        assert.equal(inputs.scope, armId("Microsoft.ManagedIdentity/userAssignedIdentities", "kubelet"));
        assert.equal(inputs.principalId, principalIdOf("control-plane"));
        assert.ok(String(inputs.roleDefinitionId).endsWith(managedIdentityOperator.guid));
    });

    it("gives the identity out after both grants only, so that no cluster is made before", async () => {
        const { resources } = await identities();
        const consumer = only(resources, "test:index:Consumer");
        for (const assignment of all(resources, assignmentType)) {
            assert.ok(dependsOn(consumer, assignment), assignment.name);
        }
    });

    it("keeps both identities when a cluster goes", async () => {
        for (const identity of all((await identities()).resources, identityType)) {
            assert.deepEqual([identity.protect, identity.retainOnDelete], [true, true], identity.name);
        }
    });
});
