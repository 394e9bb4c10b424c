import * as assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { ClusterIdentities } from "../../../components/azure/cluster-identities";
import { MANAGED_IDENTITY_OPERATOR, NETWORK_CONTRIBUTOR } from "../../../components/azure/roles";
import { armId, AZURE_MOCKS, principalIdOf } from "../../support/azure";
import { all, dependsOn, deploy, only } from "../../support/deploy";

const IDENTITY = "azure-native:managedidentity:UserAssignedIdentity";
const ASSIGNMENT = "azure-native:authorization:RoleAssignment";
const SUBNET = armId("Microsoft.Network/virtualNetworks", "v/subnets/nodes");

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
        nodeSubnetId: SUBNET,
        protect: true,
    };
    return deploy(() => new Consumer(new ClusterIdentities("ids", args).controlPlaneId), AZURE_MOCKS);
}

describe("ClusterIdentities", () => {
    it("lets the control plane use the subnet, and no more of the network", async () => {
        const { inputs } = only((await identities()).resources, ASSIGNMENT, "network-contributor");
        assert.equal(inputs["scope"], SUBNET);
        assert.equal(inputs["principalId"], principalIdOf("control-plane"));
        assert.ok(String(inputs["roleDefinitionId"]).endsWith(NETWORK_CONTRIBUTOR.guid));
    });

    it("lets the control plane assign the kubelet's identity, and no other", async () => {
        const { inputs } = only((await identities()).resources, ASSIGNMENT, "managed-identity-operator");
        assert.equal(inputs["scope"], armId("Microsoft.ManagedIdentity/userAssignedIdentities", "kubelet"));
        assert.equal(inputs["principalId"], principalIdOf("control-plane"));
        assert.ok(String(inputs["roleDefinitionId"]).endsWith(MANAGED_IDENTITY_OPERATOR.guid));
    });

    it("gives the identity out after both grants only, so that no cluster is made before", async () => {
        const { resources } = await identities();
        const consumer = only(resources, "test:index:Consumer");
        for (const assignment of all(resources, ASSIGNMENT)) {
            assert.ok(dependsOn(consumer, assignment), assignment.name);
        }
    });

    it("keeps both identities when a cluster goes", async () => {
        for (const identity of all((await identities()).resources, IDENTITY)) {
            assert.deepEqual([identity.protect, identity.retainOnDelete], [true, true], identity.name);
        }
    });
});
