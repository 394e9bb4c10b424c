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
    /** API versions beside `apiVersion` that other clients ask in, and that are answered alike. */
    readonly otherVersions?: readonly string[];
    /** How the service spells an id, from how it was asked. @default - as it was asked */
    readonly spellId?: (id: string) => string;
    /** `type` in a body; null where there is none. @default - as the address has it */
    readonly spelledType?: string | null;
    /** Whether a body has `systemData`. */
    readonly systemData?: boolean;
    /** Whether clients follow a PUT until it is done (`x-ms-long-running-operation`). */
    readonly longRunning?: boolean;
}

type Options = Partial<Omit<ResourceType, "token" | "path" | "apiVersion">>;

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
/** The services of clusters and identities write ids like this, whatever was asked. */
const lowerGroups = (id: string) => id.replace(/\/resourceGroups\//i, "/resourcegroups/");
/** As DNS writes ids. */
const lowerZones = (id: string) => id.replace(/\/dnsZones\//i, "/dnszones/");
const vaultVersions = ["2023-02-01", "2023-07-01", "2025-05-01", "2026-02-01"];
const identityVersions = ["2018-11-30", "2024-11-30", "2025-01-31-preview"];
const storageVersions = ["2023-05-01", "2025-01-01", "2025-06-01", "2025-08-01"];
const networkVersions = ["2024-03-01", "2025-03-01", "2025-05-01"];
const aksVersions = ["2024-09-01", "2025-02-01", "2025-03-01", "2025-08-01", "2025-10-01"];

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
    type("resources:ResourceGroup", "2024-03-01", group, {
        ...regional,
        otherVersions: ["2020-06-01", "2021-04-01", "2022-09-01", "2024-11-01", "2025-04-01"],
        spelledType: "Microsoft.Resources/resourceGroups",
    }),
    type("containerservice:ManagedCluster", "2025-09-01", cluster, {
        location: "region",
        forceNew: clusterForceNew,
        otherVersions: aksVersions,
        spellId: lowerGroups,
        spelledType: "Microsoft.ContainerService/ManagedClusters",
        longRunning: true,
    }),
    type("containerservice:AgentPool", "2025-09-01", `${cluster}/agentPools/{agentPoolName}`, {
        forceNew: ["vmSize", "gpuInstanceProfile", "nodePublicIPTags"],
        otherVersions: aksVersions,
        spellId: lowerGroups,
        longRunning: true,
    }),
    type(
        "containerservice:MaintenanceConfiguration",
        "2025-09-01",
        `${cluster}/maintenanceConfigurations/{configName}`,
        { naming: "none", otherVersions: aksVersions, spelledType: null },
    ),
    type("containerregistry:Registry", "2023-01-01-preview", registry, {
        ...regional,
        otherVersions: ["2023-07-01", "2023-11-01-preview", "2025-04-01", "2025-11-01"],
        systemData: true,
        longRunning: true,
    }),
    type("keyvault:Vault", "2024-11-01", vault, {
        location: "region",
        otherVersions: vaultVersions,
        systemData: true,
        longRunning: true,
    }),
    type("keyvault:Key", "2024-11-01", `${vault}/keys/{keyName}`, { otherVersions: vaultVersions }),
    type("keyvault:Secret", "2024-11-01", `${vault}/secrets/{secretName}`, { otherVersions: vaultVersions }),
    type("managedidentity:UserAssignedIdentity", "2023-01-31", identity, {
        ...regional,
        otherVersions: identityVersions,
        spellId: lowerGroups,
    }),
    type(
        "managedidentity:FederatedIdentityCredential",
        "2023-01-31",
        `${identity}/federatedIdentityCredentials/{federatedIdentityCredentialResourceName}`,
        { otherVersions: identityVersions, spellId: lowerGroups },
    ),
    type(
        "authorization:RoleAssignment",
        "2022-04-01",
        "/{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}",
        { naming: "uuid", forceNew: ["principalId"], otherVersions: ["2020-04-01-preview", "2020-10-01-preview"] },
    ),
    type(
        "authorization:RoleDefinition",
        "2022-05-01-preview",
        "/{scope}/providers/Microsoft.Authorization/roleDefinitions/{roleDefinitionId}",
        { naming: "uuid", otherVersions: ["2022-04-01"] },
    ),
    type(
        "authorization:ManagementLockByScope",
        "2020-05-01",
        "/{scope}/providers/Microsoft.Authorization/locks/{lockName}",
        { otherVersions: ["2016-09-01"] },
    ),
    type("storage:StorageAccount", "2024-01-01", account, {
        location: "region",
        forceNew: ["isHnsEnabled", "location"],
        otherVersions: storageVersions,
        longRunning: true,
    }),
    type("storage:BlobContainer", "2024-01-01", `${account}/blobServices/default/containers/{containerName}`, {
        otherVersions: storageVersions,
    }),
    type(
        "storage:BlobContainerImmutabilityPolicy",
        "2024-01-01",
        `${account}/blobServices/default/containers/{containerName}/immutabilityPolicies/{immutabilityPolicyName}`,
        { naming: "default", otherVersions: storageVersions },
    ),
    type("storage:BlobServiceProperties", "2024-01-01", `${account}/blobServices/{blobServicesName}`, {
        naming: "default",
        singleton: true,
        otherVersions: storageVersions,
    }),
    type("storage:ManagementPolicy", "2024-01-01", `${account}/managementPolicies/{managementPolicyName}`, {
        naming: "default",
        otherVersions: storageVersions,
    }),
    type("dns:Zone", "2023-07-01-preview", zone, {
        location: "global",
        otherVersions: ["2018-05-01"],
        spellId: lowerZones,
    }),
    type("dns:RecordSet", "2023-07-01-preview", `${zone}/{recordType}/{relativeRecordSetName}`, {
        otherVersions: ["2018-05-01"],
        spellId: lowerZones,
    }),
    type("network:VirtualNetwork", "2024-05-01", `${network}/virtualNetworks/{virtualNetworkName}`, {
        ...regional,
        otherVersions: networkVersions,
        longRunning: true,
    }),
    type("network:Subnet", "2024-05-01", `${network}/virtualNetworks/{virtualNetworkName}/subnets/{subnetName}`, {
        otherVersions: networkVersions,
        longRunning: true,
    }),
    type("network:NetworkSecurityGroup", "2024-05-01", `${network}/networkSecurityGroups/{networkSecurityGroupName}`, {
        location: "region",
        otherVersions: networkVersions,
        longRunning: true,
    }),
];

/** Undefined for a token that the sandbox does not know. */
export function findType(token: string): ResourceType | undefined {
    return resourceTypes.find((candidate) => candidate.token === token);
}
