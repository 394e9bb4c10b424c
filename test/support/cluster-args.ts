import { armId, deployer } from "./azure";
import { settings } from "./fixtures";

/** What a cluster is made of, with the settings of a committed stack, changed as given. */
export function clusterArgs(stack: string, changes: Record<string, unknown>) {
    return {
        ...settings(stack, changes),
        resourceGroupName: "group",
        resourceGroupId: "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/group",
        location: "westeurope",
        clusterName: "landfall",
        live: undefined,
        dnsPrefix: "landfall",
        nodeResourceGroupName: "landfall-nodes",
        tenantId: deployer.tenantId,
        nodeSubnetId: armId("Microsoft.Network/virtualNetworks", "v/subnets/nodes"),
        controlPlaneId: armId("Microsoft.ManagedIdentity/userAssignedIdentities", "control-plane"),
        kubeletId: armId("Microsoft.ManagedIdentity/userAssignedIdentities", "kubelet"),
        kubeletClientId: "kubelet-client",
        kubeletPrincipalId: "kubelet-principal",
    };
}
