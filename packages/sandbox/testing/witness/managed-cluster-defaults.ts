import { cassettes } from "./cassettes";
import type { Expected, Fact } from "./expectation";

const { cluster2025, defaultServiceMsi } = cassettes;
const within = (properties: Expected): Expected => ({ properties });
const nodeGroup = "MC_rg_demo_westus2";

/** What AKS fills in where a PUT asks for little. */
export const filledIn: readonly Fact[] = [
    {
        says: "No network profile is azure in overlay mode with dataplane azure, and 250 pods a node",
        seen: [cluster2025, 2],
        body: within({
            networkProfile: {
                networkPlugin: "azure",
                networkPluginMode: "overlay",
                networkDataplane: "azure",
            },
            agentPoolProfiles: [{ maxPods: 250 }],
        }),
    },
    {
        says: "Filled into the network profile: policy none, ranges and their lists, IPv4, outbound type, load balancer with one address",
        seen: [defaultServiceMsi, 12],
        body: within({
            networkProfile: {
                networkPolicy: "none",
                podCidrs: ["10.244.0.0/16"],
                serviceCidrs: ["10.0.0.0/16"],
                dnsServiceIP: "10.0.0.10",
                ipFamilies: ["IPv4"],
                outboundType: "loadBalancer",
                loadBalancerSku: "standard",
                loadBalancerProfile: {
                    managedOutboundIPs: { count: 1 },
                    effectiveOutboundIPs: [{ id: new RegExp(`/resourceGroups/${nodeGroup}/.*/publicIPAddresses/`) }],
                    backendPoolType: "nodeIPConfiguration",
                },
            },
        }),
    },
    {
        says: "Filled in: node group, support plan, SKU, kind, limit of pools, profiles of security, storage, upgrades, provisioning",
        seen: [cluster2025, 2],
        body: {
            kind: "Base",
            sku: { name: "Base", tier: "Free" },
            properties: {
                nodeResourceGroup: nodeGroup,
                supportPlan: "KubernetesOfficial",
                enableRBAC: true,
                maxAgentPools: 100,
                securityProfile: {},
                workloadAutoScalerProfile: {},
                storageProfile: {
                    diskCSIDriver: { enabled: true },
                    fileCSIDriver: { enabled: true },
                    snapshotController: { enabled: true },
                },
                metricsProfile: { costAnalysis: { enabled: false } },
                autoUpgradeProfile: { nodeOSUpgradeChannel: "NodeImage" },
                nodeProvisioningProfile: { mode: "Manual", defaultNodePools: "Auto" },
                bootstrapProfile: { artifactSource: "Direct" },
                servicePrincipalProfile: { clientId: "msi" },
                powerState: { code: "Running" },
                resourceUID: /^[0-9a-f]{24}$/,
            },
        },
    },
    {
        says: "`fqdn` is `<dnsPrefix>-<8>.hcp.<region>.azmk8s.io`, `azurePortalFQDN` the same with `.portal.hcp.`",
        seen: [cluster2025, 2],
        body: within({
            fqdn: /^aso-[a-z0-9]{8}\.hcp\.westus2\.azmk8s\.io$/,
            azurePortalFQDN: /^aso-[a-z0-9]{8}\.portal\.hcp\.westus2\.azmk8s\.io$/,
        }),
    },
];
