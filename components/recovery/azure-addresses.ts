/** Where Azure Resource Manager has a resource. */
interface Address {
    /** With a `{placeholder}` for each input that is part of it. */
    readonly path: string;
    readonly apiVersion: string;
}

const group = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}";
const account = `${group}/providers/Microsoft.Storage/storageAccounts/{accountName}`;
const cluster = `${group}/providers/Microsoft.ContainerService/managedClusters/{resourceName}`;
const identity = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}`;
const network = `${group}/providers/Microsoft.Network/virtualNetworks/{virtualNetworkName}`;
const vault = `${group}/providers/Microsoft.KeyVault/vaults/{vaultName}`;

/** Every type that the program makes and the Azure provider refuses to make where it exists. */
const addresses: Readonly<Record<string, Address>> = {
    "azure-native:authorization:RoleAssignment": {
        path: "{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}",
        apiVersion: "2022-04-01",
    },
    "azure-native:containerregistry:Registry": {
        path: `${group}/providers/Microsoft.ContainerRegistry/registries/{registryName}`,
        apiVersion: "2023-01-01-preview",
    },
    "azure-native:containerservice:AgentPool": {
        path: `${cluster}/agentPools/{agentPoolName}`,
        apiVersion: "2025-09-01",
    },
    "azure-native:containerservice:MaintenanceConfiguration": {
        path: `${cluster}/maintenanceConfigurations/{configName}`,
        apiVersion: "2025-09-01",
    },
    "azure-native:containerservice:ManagedCluster": { path: cluster, apiVersion: "2025-09-01" },
    "azure-native:dns:Zone": {
        path: `${group}/providers/Microsoft.Network/dnsZones/{zoneName}`,
        apiVersion: "2023-07-01-preview",
    },
    "azure-native:keyvault:Key": { path: `${vault}/keys/{keyName}`, apiVersion: "2024-11-01" },
    "azure-native:keyvault:Secret": { path: `${vault}/secrets/{secretName}`, apiVersion: "2024-11-01" },
    "azure-native:keyvault:Vault": { path: vault, apiVersion: "2024-11-01" },
    "azure-native:managedidentity:FederatedIdentityCredential": {
        path: `${identity}/federatedIdentityCredentials/{federatedIdentityCredentialResourceName}`,
        apiVersion: "2023-01-31",
    },
    "azure-native:managedidentity:UserAssignedIdentity": { path: identity, apiVersion: "2023-01-31" },
    "azure-native:network:Subnet": { path: `${network}/subnets/{subnetName}`, apiVersion: "2024-05-01" },
    "azure-native:network:VirtualNetwork": { path: network, apiVersion: "2024-05-01" },
    "azure-native:resources:ResourceGroup": { path: group, apiVersion: "2024-03-01" },
    "azure-native:storage:BlobContainer": {
        path: `${account}/blobServices/default/containers/{containerName}`,
        apiVersion: "2024-01-01",
    },
    "azure-native:storage:ManagementPolicy": {
        path: `${account}/managementPolicies/{managementPolicyName}`,
        apiVersion: "2024-01-01",
    },
    "azure-native:storage:StorageAccount": { path: account, apiVersion: "2024-01-01" },
};

/**
 * The ARM id of a resource with these inputs, and the API version to ask for it in; undefined for a type that the
 * program does not make.
 *
 * @throws Error naming an input that is missing.
 */
export function azureAddress(
    type: string,
    inputs: Readonly<Record<string, unknown>>,
): { readonly id: string; readonly apiVersion: string } | undefined {
    const address = addresses[type];
    return (
        address && {
            id: address.path.replace(/\{(\w+)\}/g, (_, name: string) => {
                const value = inputs[name];
                if (typeof value !== "string" || value === "") {
                    throw new Error(`${type} has no ${name}, which is part of its address`);
                }
                return value;
            }),
            apiVersion: address.apiVersion,
        }
    );
}
