import { createHash } from "node:crypto";
import type * as pulumi from "@pulumi/pulumi";
import type { Deployer } from "../../components/azure/deployer";
import type { Mock } from "./deploy";

const subscription = "/subscriptions/11111111-2222-3333-4444-555555555555";

/** The kubeconfig that AKS hands out for a cluster with Entra ID, as its documentation shows it; a proxy-url added. */
export const aksKubeconfig = `apiVersion: v1
kind: Config
clusters:
  - name: landfall
    cluster:
      server: https://landfall-abcd1234.hcp.westeurope.azmk8s.io:443
      certificate-authority-data: Y2E=
      proxy-url: http://127.0.0.1:3128
contexts:
  - name: landfall
    context: { cluster: landfall, user: clusterUser_group_landfall }
current-context: landfall
users:
  - name: clusterUser_group_landfall
    user:
      exec:
        apiVersion: client.authentication.k8s.io/v1beta1
        command: kubelogin
        args:
          - get-token
          - --environment
          - AzurePublicCloud
          - --server-id
          - 6dae42f8-4368-4678-94ff-3960e28e3630
          - --client-id
          - 80faf920-1908-4b52-b5ef-a8e7bedfc67a
          - --tenant-id
          - 99999999-8888-7777-6666-555555555555
          - --login
          - devicecode
        env: null
        provideClusterInfo: false
`;

export const issuerUrl = "https://westeurope.oic.prod-aks.azure.com/99999999-8888-7777-6666-555555555555/abc/";

export const deployer: Deployer = {
    subscriptionId: "11111111-2222-3333-4444-555555555555",
    tenantId: "99999999-8888-7777-6666-555555555555",
    objectId: "dddddddd-dddd-dddd-dddd-dddddddddddd",
    principalType: "ServicePrincipal",
};

/** An ARM id in the tests' subscription. */
export function armId(type: string, name: string): string {
    return `${subscription}/resourceGroups/group/providers/${type}/${name}`;
}

/** The client id of the identity of a name. */
export function clientIdOf(identity: string): string {
    return guid(`client ${identity}`);
}

/** The object id of the identity of a name. */
export function principalIdOf(identity: string): string {
    return guid(`principal ${identity}`);
}

/** What Azure computes, by resource type, and the components read. Ids have the form of ARM's. */
export const azureMocks: Record<string, Mock> = {
    "azure-native:resources:ResourceGroup": (args) => ({
        id: `${subscription}/resourceGroups/${input(args, "resourceGroupName")}`,
        name: input(args, "resourceGroupName"),
    }),
    "azure-native:network:VirtualNetwork": named("Microsoft.Network/virtualNetworks", "virtualNetworkName"),
    "azure-native:network:Subnet": named("Microsoft.Network/virtualNetworks/v/subnets", "subnetName"),
    "azure-native:managedidentity:UserAssignedIdentity": (args) => ({
        ...named("Microsoft.ManagedIdentity/userAssignedIdentities", "resourceName")(args),
        clientId: clientIdOf(input(args, "resourceName")),
        principalId: principalIdOf(input(args, "resourceName")),
    }),
    "azure-native:containerservice:ManagedCluster": named("Microsoft.ContainerService/managedClusters", "resourceName"),
    "azure-native:containerservice:getManagedCluster": () => ({
        resourceUID: "0123456789abcdef01234567",
        oidcIssuerProfile: { enabled: true, issuerURL: issuerUrl },
    }),
    "azure-native:authorization:getClientToken": () => ({ token: "token-of-arm" }),
    "azure-native:containerservice:listManagedClusterUserCredentials": () => ({
        kubeconfigs: [{ name: "clusterUser", value: Buffer.from(aksKubeconfig).toString("base64") }],
    }),
    "azure-native:containerregistry:Registry": (args) => ({
        ...named("Microsoft.ContainerRegistry/registries", "registryName")(args),
        loginServer: `${input(args, "registryName")}.azurecr.io`,
    }),
    "azure-native:keyvault:Vault": (args) => ({
        ...named("Microsoft.KeyVault/vaults", "vaultName")(args),
        properties: { vaultUri: `https://${input(args, "vaultName")}.vault.azure.net/` },
    }),
    "azure-native:keyvault:Key": (args) => ({
        id: armId("Microsoft.KeyVault/vaults", `${input(args, "vaultName")}/keys/${input(args, "keyName")}`),
        keyUriWithVersion: `https://${input(args, "vaultName")}.vault.azure.net/keys/${input(args, "keyName")}/1`,
    }),
    "azure-native:keyvault:Secret": (args) => ({
        id: armId("Microsoft.KeyVault/vaults", `${input(args, "vaultName")}/secrets/${input(args, "secretName")}`),
    }),
    "azure-native:storage:StorageAccount": (args) => ({
        ...named("Microsoft.Storage/storageAccounts", "accountName")(args),
        primaryEndpoints: { blob: `https://${input(args, "accountName")}.blob.core.windows.net/` },
    }),
    "azure-native:storage:BlobContainer": named("Microsoft.Storage/blobContainers", "containerName"),
    "azure-native:dns:Zone": (args) => ({
        ...named("Microsoft.Network/dnsZones", "zoneName")(args),
        nameServers: ["ns1-01.azure-dns.com."],
    }),
};

function named(type: string, nameInput: string): Mock {
    return (args) => ({ id: armId(type, input(args, nameInput)), name: input(args, nameInput) });
}

function input(args: pulumi.runtime.MockResourceArgs | pulumi.runtime.MockCallArgs, name: string): string {
    return String((args.inputs as Record<string, unknown>)[name]);
}

function guid(text: string): string {
    const hex = createHash("sha256").update(text).digest("hex");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
}
