/**
 * Azure's built-in roles that the stand-in knows, with their permissions (MicrosoftDocs/azure-docs, built-in-roles).
 * Long lists of the same kind are written with a wildcard where that grants nothing else here.
 */
export interface RoleDefinition {
    /** GUID. */
    readonly id: string;
    readonly name: string;
    readonly actions: readonly string[];
    readonly notActions: readonly string[];
    readonly dataActions: readonly string[];
    readonly notDataActions: readonly string[];
}

type Permissions = Partial<Omit<RoleDefinition, "id" | "name">>;

function role(id: string, name: string, permissions: Permissions): RoleDefinition {
    return { id, name, actions: [], notActions: [], dataActions: [], notDataActions: [], ...permissions };
}

const aks = "Microsoft.ContainerService/managedClusters";
const vault = "Microsoft.KeyVault/vaults";
const blobs = "Microsoft.Storage/storageAccounts/blobServices";
const acr = "Microsoft.ContainerRegistry/registries";
const identities = "Microsoft.ManagedIdentity/userAssignedIdentities";
const insight = ["Microsoft.Authorization/*/read", "Microsoft.Resources/subscriptions/resourceGroups/read"];
const support = ["Microsoft.Insights/alertRules/*", "Microsoft.Resources/deployments/*", ...insight];
const readableObjects = [
    ...["controllerrevisions", "daemonsets", "deployments", "replicasets", "statefulsets"].map(
        (kind) => `apps/${kind}`,
    ),
    ...["autoscaling/horizontalpodautoscalers", "batch/cronjobs", "batch/jobs", "discovery.k8s.io/endpointslices"],
    ...["networking.k8s.io/ingresses", "networking.k8s.io/networkpolicies", "policy/poddisruptionbudgets"],
    ...[
        "configmaps",
        "endpoints",
        "persistentvolumeclaims",
        "pods",
        "replicationcontrollers",
        "serviceaccounts",
        "services",
    ],
];
const observableObjects = ["events", "events.k8s.io/events", "limitranges", "namespaces", "resourcequotas"];
const objects = (kinds: readonly string[], verb: string): string[] => kinds.map((kind) => `${aks}/${kind}/${verb}`);

export const builtInRoles: readonly RoleDefinition[] = [
    role("8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "Owner", { actions: ["*"] }),
    role("b24988ac-6180-42a0-ab88-20f7382dd24c", "Contributor", {
        actions: ["*"],
        notActions: [
            "Microsoft.Authorization/*/Delete",
            "Microsoft.Authorization/*/Write",
            "Microsoft.Authorization/elevateAccess/Action",
        ],
    }),
    role("acdd72a7-3385-48ef-bd42-f606fba81ae7", "Reader", { actions: ["*/read"] }),
    role("18d7d88d-d35e-4fb5-a5c3-7773c20a72d9", "User Access Administrator", {
        actions: ["*/read", "Microsoft.Authorization/*", "Microsoft.Support/*"],
    }),
    role("f58310d9-a9f6-439a-9e8d-f62e7b41a168", "Role Based Access Control Administrator", {
        actions: [
            "Microsoft.Authorization/roleAssignments/write",
            "Microsoft.Authorization/roleAssignments/delete",
            "*/read",
            "Microsoft.Support/*",
        ],
    }),
    role("7f951dda-4ed3-4680-a7ca-43fe172d538d", "AcrPull", { actions: [`${acr}/pull/read`] }),
    role("8311e382-0749-4cb8-b61a-304f252e45ec", "AcrPush", { actions: [`${acr}/pull/read`, `${acr}/push/write`] }),
    role("c2f4ef07-c644-48eb-af81-4b1b4947fb11", "AcrDelete", { actions: [`${acr}/artifacts/delete`] }),
    role("b93aa761-3e63-49ed-ac28-beffa264f7ac", "Container Registry Repository Reader", {
        dataActions: [`${acr}/repositories/metadata/read`, `${acr}/repositories/content/read`],
    }),
    role("2a1e307c-b015-4ebd-883e-5b7698a07328", "Container Registry Repository Writer", {
        dataActions: ["metadata/read", "content/read", "metadata/write", "content/write"].map(
            (verb) => `${acr}/repositories/${verb}`,
        ),
    }),
    role("00482a5a-887f-4fb3-b363-3b7fe8e74483", "Key Vault Administrator", {
        actions: [...insight, "Microsoft.KeyVault/*/read", "Microsoft.KeyVault/checkNameAvailability/read"],
        dataActions: [`${vault}/*`],
    }),
    role("14b46e9e-c2b7-41b4-b07b-48a6ebf60603", "Key Vault Crypto Officer", {
        actions: [...insight, "Microsoft.KeyVault/*/read"],
        dataActions: [`${vault}/keys/*`, `${vault}/keyrotationpolicies/*`],
    }),
    role("12338af0-0e69-4776-bea7-57ae8d297424", "Key Vault Crypto User", {
        dataActions: ["read", "update/action", "backup/action", "encrypt/action", "decrypt/action", "wrap/action"]
            .concat(["unwrap/action", "sign/action", "verify/action"])
            .map((verb) => `${vault}/keys/${verb}`),
    }),
    role("e147488a-f6f5-4113-8e2d-b22465e65bf6", "Key Vault Crypto Service Encryption User", {
        actions: ["Microsoft.EventGrid/eventSubscriptions/*"],
        dataActions: ["read", "wrap/action", "unwrap/action"].map((verb) => `${vault}/keys/${verb}`),
    }),
    role("4633458b-17de-408a-b874-0445c86b69e6", "Key Vault Secrets User", {
        dataActions: [`${vault}/secrets/getSecret/action`, `${vault}/secrets/readMetadata/action`],
    }),
    role("b86a8fe4-44ce-4948-aee5-eccb2c155cd7", "Key Vault Secrets Officer", {
        actions: [...insight, "Microsoft.KeyVault/*/read"],
        dataActions: [`${vault}/secrets/*`],
    }),
    role("a4417e6f-fecd-4de8-b567-7b0420556985", "Key Vault Certificates Officer", {
        actions: [...insight, "Microsoft.KeyVault/*/read"],
        dataActions: [`${vault}/certificatecas/*`, `${vault}/certificates/*`],
    }),
    role("21090545-7ca7-4776-b22c-e363652d74d2", "Key Vault Reader", {
        actions: [...insight, "Microsoft.KeyVault/*/read"],
        dataActions: [`${vault}/*/read`, `${vault}/secrets/readMetadata/action`],
    }),
    role("f25e0fa2-a7c8-4377-a976-54943a77a395", "Key Vault Contributor", {
        actions: [...support, "Microsoft.KeyVault/*"],
        notActions: ["Microsoft.KeyVault/locations/deletedVaults/purge/action", "Microsoft.KeyVault/hsmPools/*"],
    }),
    role("4d97b98b-1d4f-4787-a291-c67834d212e7", "Network Contributor", {
        actions: [...support, "Microsoft.Network/*"],
    }),
    role("befefa01-2a29-4197-83a8-272ff33ce314", "DNS Zone Contributor", {
        actions: [...support, "Microsoft.Network/dnsZones/*"],
    }),
    role("b12aa53e-6015-4669-85d0-8515ebb3ae7f", "Private DNS Zone Contributor", {
        actions: [...support, "Microsoft.Network/privateDnsZones/*", "Microsoft.Network/virtualNetworks/join/action"],
    }),
    role("f1a07417-d97a-45cb-824c-7a7467783830", "Managed Identity Operator", {
        // Azure writes a "*" between type and verb, and checks the action without it.
        actions: [...support, `${identities}/read`, `${identities}/assign/action`],
    }),
    role("e40ec5ca-96e0-45a2-b4ff-59039f2c2b59", "Managed Identity Contributor", {
        actions: [
            ...support,
            ...["read", "write", "delete", "federatedIdentityCredentials/*"].map((verb) => `${identities}/${verb}`),
        ],
    }),
    role("ba92f5b4-2d11-453d-a403-e96b0029c9fe", "Storage Blob Data Contributor", {
        actions: ["containers/delete", "containers/read", "containers/write", "generateUserDelegationKey/action"].map(
            (verb) => `${blobs}/${verb}`,
        ),
        // Neither versions nor what is deleted already, nor policies of either.
        dataActions: ["read", "write", "delete", "add/action", "move/action"].map(
            (verb) => `${blobs}/containers/blobs/${verb}`,
        ),
    }),
    role("b7e6dc6d-f1e8-4753-8033-0f276bb0955b", "Storage Blob Data Owner", {
        actions: [`${blobs}/containers/*`, `${blobs}/generateUserDelegationKey/action`],
        dataActions: [`${blobs}/containers/blobs/*`],
    }),
    role("2a2b9908-6ea1-4ae2-8e65-a410df84e7d1", "Storage Blob Data Reader", {
        actions: [`${blobs}/containers/read`, `${blobs}/generateUserDelegationKey/action`],
        dataActions: [`${blobs}/containers/blobs/read`],
    }),
    role("db58b8e5-c6ad-4a2a-8342-4190687cbf4a", "Storage Blob Delegator", {
        actions: [`${blobs}/generateUserDelegationKey/action`],
    }),
    role("17d1049b-9a84-46fb-8f53-869881c3d3ab", "Storage Account Contributor", {
        actions: [...support, "Microsoft.Insights/diagnosticSettings/*", "Microsoft.Storage/storageAccounts/*"],
    }),
    role("7efff54f-a5b4-42b5-a1c5-5411624893ce", "Disk Snapshot Contributor", {
        actions: [...insight, "Microsoft.Compute/snapshots/*", "Microsoft.Compute/disks/beginGetAccess/action"],
    }),
    role("4abbcc35-e782-43d8-92c5-2d3f1bd2253f", "Azure Kubernetes Service Cluster User Role", {
        actions: [`${aks}/listClusterUserCredential/action`, `${aks}/read`],
    }),
    role("0ab0b1a8-8aac-4efd-b8c2-3ee1fb270be8", "Azure Kubernetes Service Cluster Admin Role", {
        actions: ["listClusterAdminCredential", "accessProfiles/listCredential", "runcommand"]
            .map((verb) => `${aks}/${verb}/action`)
            .concat(`${aks}/read`),
    }),
    role("ed7f3fbd-7b88-4dd4-9017-9adb7ce333f8", "Azure Kubernetes Service Contributor Role", {
        actions: [`${aks}/read`, `${aks}/write`, "Microsoft.Resources/deployments/*"],
    }),
    role("b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b", "Azure Kubernetes Service RBAC Cluster Admin", {
        actions: [...support, `${aks}/listClusterUserCredential/action`],
        dataActions: [`${aks}/*`],
    }),
    role("3498e952-d568-435e-9b2c-8d77e338d7f7", "Azure Kubernetes Service RBAC Admin", {
        actions: [...support, `${aks}/listClusterUserCredential/action`],
        dataActions: [`${aks}/*`],
        notDataActions: objects(["resourcequotas", "namespaces"], "write").concat(
            objects(["resourcequotas", "namespaces"], "delete"),
        ),
    }),
    role("a7ffa36f-339b-4b5c-8bdf-e2c188b2c0eb", "Azure Kubernetes Service RBAC Writer", {
        actions: [...support, `${aks}/listClusterUserCredential/action`],
        dataActions: [...objects([...readableObjects, "secrets"], "*"), ...objects(observableObjects, "read")],
    }),
    role("7f6c6a51-bcf8-42ba-9220-52d62157d7db", "Azure Kubernetes Service RBAC Reader", {
        actions: [...support, `${aks}/listClusterUserCredential/action`],
        dataActions: objects([...readableObjects, ...observableObjects], "read"),
    }),
    role("3913510d-42f4-4e42-8a64-420c390055eb", "Monitoring Metrics Publisher", {
        dataActions: ["Microsoft.Insights/Metrics/Write", "Microsoft.Insights/Telemetry/Write"],
    }),
    role("73c42c96-874c-492b-b04d-ab87d138a893", "Log Analytics Reader", {
        actions: ["*/read", "Microsoft.OperationalInsights/workspaces/search/action"],
    }),
];
