import type { Json, TestSubscription } from "./azure-subscription";

export const roles = {
    managedIdentityOperator: "f1a07417-d97a-45cb-824c-7a7467783830",
    networkContributor: "4d97b98b-1d4f-4787-a291-c67834d212e7",
    keyVaultCryptoUser: "12338af0-0e69-4776-bea7-57ae8d297424",
    keyVaultCryptoOfficer: "14b46e9e-c2b7-41b4-b07b-48a6ebf60603",
    aksClusterAdmin: "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b",
    aksReader: "7f6c6a51-bcf8-42ba-9220-52d62157d7db",
    reader: "acdd72a7-3385-48ef-bd42-f606fba81ae7",
};

/** What a cluster stands on. */
export interface Ground {
    readonly controlPlane: Json;
    readonly kubelet: Json;
    readonly subnet: Json;
}

/** Resource group `rg`, network 10.20.0.0/16 with a subnet, and two identities. */
export async function ground(subscription: TestSubscription): Promise<Ground> {
    await subscription.make("resources:ResourceGroup", {}, { location: "westeurope" });
    const identity = (resourceName: string) =>
        subscription.make("managedidentity:UserAssignedIdentity", { resourceName }, { location: "westeurope" });
    const [controlPlane, kubelet] = [await identity("id-control-plane"), await identity("id-kubelet")];
    await subscription.make(
        "network:VirtualNetwork",
        { virtualNetworkName: "vnet" },
        { location: "westeurope", addressSpace: { addressPrefixes: ["10.20.0.0/16"] } },
    );
    const subnet = await subscription.make(
        "network:Subnet",
        { virtualNetworkName: "vnet", subnetName: "nodes" },
        { addressPrefix: "10.20.0.0/22" },
    );
    return { controlPlane, kubelet, subnet };
}

/** Gives the control plane's identity what it needs before the cluster. */
export async function grant(subscription: TestSubscription, { controlPlane, kubelet, subnet }: Ground): Promise<void> {
    await subscription.assign(controlPlane.principalId, roles.managedIdentityOperator, kubelet.id);
    await subscription.assign(controlPlane.principalId, roles.networkContributor, subnet.id);
    // A role works some time after it was given.
    await subscription.clock?.pass(60);
}

/** A cluster as a careful program asks for it; `changes` replace top-level properties. */
export function clusterInputs({ controlPlane, kubelet, subnet }: Ground, changes: Json = {}): Json {
    return {
        location: "westeurope",
        dnsPrefix: "demo",
        kubernetesVersion: "1.36",
        disableLocalAccounts: true,
        sku: { name: "Base", tier: "Standard" },
        identity: { type: "UserAssigned", userAssignedIdentities: [controlPlane.id] },
        identityProfile: {
            kubeletidentity: { resourceId: kubelet.id, clientId: kubelet.clientId, objectId: kubelet.principalId },
        },
        aadProfile: { managed: true, enableAzureRBAC: true },
        oidcIssuerProfile: { enabled: true },
        securityProfile: { workloadIdentity: { enabled: true } },
        networkProfile: network(),
        agentPoolProfiles: [pool(subnet)],
        ...changes,
    };
}

export function network(changes: Json = {}): Json {
    return {
        networkPlugin: "azure",
        networkPluginMode: "overlay",
        networkDataplane: "cilium",
        networkPolicy: "cilium",
        podCidr: "10.244.0.0/16",
        serviceCidr: "10.0.0.0/16",
        dnsServiceIP: "10.0.0.10",
        ...changes,
    };
}

export function pool(subnet: Json, changes: Json = {}): Json {
    return {
        name: "system",
        mode: "System",
        vmSize: "Standard_D4s_v5",
        count: 3,
        availabilityZones: ["1", "2", "3"],
        vnetSubnetID: subnet.id,
        ...changes,
    };
}
