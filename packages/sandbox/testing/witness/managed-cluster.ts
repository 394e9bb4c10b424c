import { cassettes } from "./cassettes";
import { type Expected, none, some, type Witness } from "./expectation";
import { filledIn } from "./managed-cluster-defaults";
import { preempted } from "./managed-cluster-preempted";

const { cluster2025, defaultServiceMsi, workloadIdentity, keyvaultAddon, azureRbac, tierSwitch } = cassettes;
const path = "providers/Microsoft.ContainerService/managedClusters/demo";
const apiVersion = "2025-08-01";
const pool = {
    name: "ap1",
    mode: "System",
    count: 1,
    vmSize: "Standard_DS2_v2",
    osType: "Linux",
    nodeTaints: [],
    nodeLabels: {},
};
const body = {
    location: "westus2",
    name: "demo",
    identity: { type: "SystemAssigned", delegatedResources: null },
    properties: { addonProfiles: null, agentPoolProfiles: [pool], dnsPrefix: "aso", identityProfile: null },
    tags: {},
};
const within = (properties: Expected): Expected => ({ properties });
const nodeGroup = "MC_rg_demo_westus2";
const inNodeGroup = (name: string) =>
    new RegExp(`/resourcegroups/${nodeGroup}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}$`);

export const managedCluster: Witness = {
    title: "Managed cluster (AKS)",
    exchanges: [
        {
            send: { method: "PUT", path, apiVersion, body },
            facts: [
                {
                    says: "A PUT of a new cluster is answered with 201, `Azure-AsyncOperation` and `provisioningState` Creating, minutes before it is done",
                    seen: [defaultServiceMsi, 1],
                    status: 201,
                    headers: { "azure-asyncoperation": /\/locations\/westus2\/operations\//, "retry-after": none },
                    body: within({
                        provisioningState: "Creating",
                        agentPoolProfiles: [{ provisioningState: "Creating" }],
                    }),
                },
                {
                    says: "The answer to the PUT lacks `identityProfile` and `effectiveOutboundIPs`",
                    seen: [defaultServiceMsi, 1],
                    body: within({
                        identityProfile: none,
                        networkProfile: { loadBalancerProfile: { effectiveOutboundIPs: none } },
                    }),
                },
                {
                    says: "`id` has `resourcegroups` in lower case, `type` is `Microsoft.ContainerService/ManagedClusters`",
                    seen: [defaultServiceMsi, 1, 12],
                    body: {
                        id: /\/resourcegroups\/rg\/providers\//,
                        type: "Microsoft.ContainerService/ManagedClusters",
                    },
                },
            ],
        },
        {
            after: 10,
            send: { method: "GET", path: "@status" },
            facts: [
                {
                    says: "The operation is always answered with 200 and no `Retry-After`: name, status, startTime",
                    seen: [cluster2025, 4],
                    status: 200,
                    headers: { "retry-after": none },
                    body: { name: some, status: "InProgress", startTime: some, endTime: none },
                },
            ],
        },
        {
            after: 60,
            send: { method: "GET", path: "@status" },
            facts: [
                {
                    says: "`status` says other words than InProgress and Succeeded while it runs",
                    seen: [cluster2025, 5, 6, 8],
                    body: { status: /^(Provisioning|Reconciling|CreatingAgentPool)/ },
                },
            ],
        },
        {
            after: 300,
            send: { method: "GET", path: "@status" },
            facts: [
                {
                    says: "At the end `status` is Succeeded, with `endTime`",
                    seen: [cluster2025, 9],
                    body: { status: "Succeeded", endTime: some },
                },
            ],
        },
        {
            send: { method: "GET", path, apiVersion },
            facts: [
                {
                    says: "Once it is done, the cluster shows its kubelet's identity, in the node group and with `resourcegroups` in lower case",
                    seen: [defaultServiceMsi, 12],
                    status: 200,
                    body: within({
                        provisioningState: "Succeeded",
                        identityProfile: {
                            kubeletidentity: {
                                resourceId: inNodeGroup("demo-agentpool"),
                                clientId: some,
                                objectId: some,
                            },
                        },
                    }),
                },
                {
                    says: "No `kubernetesVersion` is shown as the minor alone, `currentKubernetesVersion` in full; a pool's likewise",
                    seen: [defaultServiceMsi, 12],
                    body: within({
                        kubernetesVersion: /^1\.\d+$/,
                        currentKubernetesVersion: /^1\.\d+\.\d+$/,
                        agentPoolProfiles: [
                            { orchestratorVersion: /^1\.\d+$/, currentOrchestratorVersion: /^1\.\d+\.\d+$/ },
                        ],
                    }),
                },
                {
                    says: "No `oidcIssuerProfile` is shown as `{enabled: false}`, without an address",
                    seen: [cluster2025, 2],
                    body: within({ oidcIssuerProfile: { enabled: false, issuerURL: none } }),
                },
                ...filledIn,
                {
                    says: "There is no `eTag`",
                    seen: [cluster2025, 2],
                    body: { eTag: none, properties: { eTag: none } },
                },
                {
                    says: "Empty labels and taints of a pool are not shown",
                    seen: [cluster2025, 53],
                    body: within({ agentPoolProfiles: [{ nodeTaints: none, nodeLabels: none }] }),
                },
                {
                    says: "A policy of the subscription adds an add-on that nobody asked for, with an identity",
                    seen: [cluster2025, 2, 3],
                    body: within({
                        addonProfiles: {
                            azurepolicy: {
                                enabled: true,
                                config: null,
                                identity: { resourceId: inNodeGroup("azurepolicy-demo") },
                            },
                        },
                    }),
                },
            ],
        },
        {
            send: {
                method: "PUT",
                path,
                apiVersion,
                body: {
                    ...body,
                    properties: {
                        ...body.properties,
                        oidcIssuerProfile: { enabled: true },
                        addonProfiles: { azureKeyvaultSecretsProvider: { enabled: true } },
                    },
                },
            },
            facts: [
                {
                    says: "A PUT of a cluster that is there is answered with 200 and Updating, and its pools are Updating too",
                    seen: [cluster2025, 3],
                    status: 200,
                    headers: { "azure-asyncoperation": some },
                    body: within({
                        provisioningState: "Updating",
                        agentPoolProfiles: [{ provisioningState: "Updating" }],
                    }),
                },
                {
                    says: "Profiles that a later PUT leaves out stay as they are",
                    seen: [cluster2025, 3],
                    body: within({ addonProfiles: { azurepolicy: { enabled: true } } }),
                },
            ],
        },
        {
            after: 140,
            send: { method: "GET", path, apiVersion },
            facts: [
                {
                    says: "An OIDC issuer that was asked for has an address of region, tenant and a GUID",
                    seen: [workloadIdentity, 14],
                    body: within({
                        oidcIssuerProfile: {
                            enabled: true,
                            issuerURL: /^https:\/\/westus2\.oic\.prod-aks\.azure\.com\/[0-9a-f-]{36}\/[0-9a-f-]{36}\/$/,
                        },
                    }),
                },
                {
                    says: "An add-on's identity is `azurekeyvaultsecretsprovider-<cluster>` in the node group",
                    seen: [keyvaultAddon, 16],
                    body: within({
                        addonProfiles: {
                            azureKeyvaultSecretsProvider: {
                                identity: { resourceId: inNodeGroup("azurekeyvaultsecretsprovider-demo") },
                            },
                        },
                    }),
                },
            ],
        },
        {
            send: {
                method: "PUT",
                path,
                apiVersion,
                body: {
                    ...body,
                    properties: { ...body.properties, aadProfile: { managed: true, enableAzureRBAC: true } },
                },
            },
            facts: [
                {
                    says: "An `aadProfile` comes back with `adminUsers: null`",
                    seen: [azureRbac, 29],
                    status: 200,
                    body: within({ aadProfile: { managed: true, enableAzureRBAC: true, adminUsers: null } }),
                },
            ],
        },
        ...preempted(path, apiVersion),
    ],
    addonsByPolicy: ["azurepolicy"],
    notModelled: [
        {
            says: "Version and tier changed in one PUT upgrade the control plane and the inline pools together",
            seen: [tierSwitch, 15],
            why: "Versions of pools are followed one at a time.",
        },
        {
            says: "A `windowsProfile` is filled in with the azure plugin (2023)",
            seen: [workloadIdentity, 1],
            why: "Later recordings do not show it.",
        },
    ],
};
