/**
 * The resource types that the stand-in and the `azure-native` plugin of the sandbox know: their address in Azure
 * Resource Manager, API version (the defaults of @pulumi/azure-native 3.28.0) and the properties whose change needs a
 * new resource (pulumi/pulumi-azure-native, provider/pkg/gen/replacement.go, and `x-ms-mutability` in
 * Azure/azure-rest-api-specs).
 */
export interface ResourceType {
    /** `<module>:<Resource>` of the package. */
    readonly token: string;
    /** ARM path with a `{placeholder}` for each path parameter; the last one is the resource's own name. */
    readonly path: string;
    readonly apiVersion: string;
    /** Property paths; a prefix stands for everything below it. The path parameters always force a new resource. */
    readonly forceNew: readonly string[];
    /** `region`: the provider fills `location` in; `global`: only "global" is accepted. */
    readonly location?: "region" | "global";
    /** How the provider makes a name that is not given. */
    readonly naming: "hex" | "uuid" | "default" | "none";
    /** It exists as long as its parent: a DELETE is refused, and the provider's delete does nothing. */
    readonly singleton?: boolean;
}

type Options = Partial<Pick<ResourceType, "forceNew" | "location" | "naming" | "singleton">>;

const group = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}";
const cluster = `${group}/providers/Microsoft.ContainerService/managedClusters/{resourceName}`;
const account = `${group}/providers/Microsoft.Storage/storageAccounts/{accountName}`;
const vault = `${group}/providers/Microsoft.KeyVault/vaults/{vaultName}`;
const identity = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}`;
const registry = `${group}/providers/Microsoft.ContainerRegistry/registries/{registryName}`;
const zone = `${group}/providers/Microsoft.Network/dnsZones/{zoneName}`;
const network = `${group}/providers/Microsoft.Network`;

function type(token: string, apiVersion: string, path: string, options: Options = {}): ResourceType {
    return { token, apiVersion, path, forceNew: [], naming: "hex", ...options };
}

const regional = { location: "region", forceNew: ["location"] } as const;

const clusterForceNew = [
    "dnsPrefix",
    "fqdnSubdomain",
    "nodeResourceGroup",
    "location",
    "diskEncryptionSetID",
    "linuxProfile",
    "windowsProfile",
    "nodePublicIPTags",
    ...["serviceCidr", "serviceCidrs", "dnsServiceIP", "networkMode", "networkPlugin", "networkPluginMode"].map(
        (name) => `networkProfile.${name}`,
    ),
    ...["podCidr", "networkDataplane", "networkPolicy", "outboundType"].map((name) => `networkProfile.${name}`),
];

export const resourceTypes: readonly ResourceType[] = [
    type("resources:ResourceGroup", "2024-03-01", group, regional),
    type("containerservice:ManagedCluster", "2025-09-01", cluster, { location: "region", forceNew: clusterForceNew }),
    type("containerservice:AgentPool", "2025-09-01", `${cluster}/agentPools/{agentPoolName}`, {
        forceNew: ["vmSize", "gpuInstanceProfile", "nodePublicIPTags"],
    }),
    type(
        "containerservice:MaintenanceConfiguration",
        "2025-09-01",
        `${cluster}/maintenanceConfigurations/{configName}`,
        { naming: "none" },
    ),
    type("containerregistry:Registry", "2023-01-01-preview", registry, regional),
    type("keyvault:Vault", "2024-11-01", vault, { location: "region" }),
    type("keyvault:Key", "2024-11-01", `${vault}/keys/{keyName}`),
    type("keyvault:Secret", "2024-11-01", `${vault}/secrets/{secretName}`),
    type("managedidentity:UserAssignedIdentity", "2023-01-31", identity, regional),
    type(
        "managedidentity:FederatedIdentityCredential",
        "2023-01-31",
        `${identity}/federatedIdentityCredentials/{federatedIdentityCredentialResourceName}`,
    ),
    type(
        "authorization:RoleAssignment",
        "2022-04-01",
        "/{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}",
        { naming: "uuid", forceNew: ["principalId"] },
    ),
    type(
        "authorization:RoleDefinition",
        "2022-05-01-preview",
        "/{scope}/providers/Microsoft.Authorization/roleDefinitions/{roleDefinitionId}",
        { naming: "uuid" },
    ),
    type(
        "authorization:ManagementLockByScope",
        "2020-05-01",
        "/{scope}/providers/Microsoft.Authorization/locks/{lockName}",
    ),
    type("storage:StorageAccount", "2024-01-01", account, {
        location: "region",
        forceNew: ["isHnsEnabled", "location"],
    }),
    type("storage:BlobContainer", "2024-01-01", `${account}/blobServices/default/containers/{containerName}`),
    type("storage:BlobServiceProperties", "2024-01-01", `${account}/blobServices/{blobServicesName}`, {
        naming: "default",
        singleton: true,
    }),
    type("storage:ManagementPolicy", "2024-01-01", `${account}/managementPolicies/{managementPolicyName}`, {
        naming: "default",
    }),
    type("dns:Zone", "2023-07-01-preview", zone, { location: "global" }),
    type("dns:RecordSet", "2023-07-01-preview", `${zone}/{recordType}/{relativeRecordSetName}`),
    type("network:VirtualNetwork", "2024-05-01", `${network}/virtualNetworks/{virtualNetworkName}`, regional),
    type("network:Subnet", "2024-05-01", `${network}/virtualNetworks/{virtualNetworkName}/subnets/{subnetName}`),
    type("network:NetworkSecurityGroup", "2024-05-01", `${network}/networkSecurityGroups/{networkSecurityGroupName}`, {
        location: "region",
    }),
];

/** Undefined for a token that the sandbox does not know. */
export function findType(token: string): ResourceType | undefined {
    return resourceTypes.find((candidate) => candidate.token === token);
}
