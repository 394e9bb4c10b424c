import * as assert from "node:assert/strict";
import { parse } from "yaml";
import { AksCluster } from "../../../components/azure/aks-cluster";
import { chooseLogin } from "../../../components/azure/kubeconfig";
import { AKS_RBAC_CLUSTER_ADMIN } from "../../../components/azure/roles";
import { armId, AZURE_MOCKS, DEPLOYER, ISSUER_URL } from "../../support/azure";
import { all, deploy, dependsOn, isSecretOutput, type Mock, only, valueOf } from "../../support/deploy";
import { settings } from "../../support/fixtures";

const CLUSTER = "azure-native:containerservice:ManagedCluster";
const POOL = "azure-native:containerservice:AgentPool";
const WINDOW = "azure-native:containerservice:MaintenanceConfiguration";

function cluster(
    stack = "production",
    changes: Record<string, unknown> = {},
    { mocks = {}, preview = false }: { readonly mocks?: Record<string, Mock>; readonly preview?: boolean } = {},
) {
    const args = {
        ...settings(stack, changes),
        resourceGroupName: "group",
        location: "westeurope",
        clusterName: "landfall",
        dnsPrefix: "landfall",
        nodeResourceGroupName: "landfall-nodes",
        tenantId: DEPLOYER.tenantId,
        nodeSubnetId: armId("Microsoft.Network/virtualNetworks", "v/subnets/nodes"),
        controlPlaneId: armId("Microsoft.ManagedIdentity/userAssignedIdentities", "control-plane"),
        kubeletId: armId("Microsoft.ManagedIdentity/userAssignedIdentities", "kubelet"),
        kubeletClientId: "kubelet-client",
        kubeletPrincipalId: "kubelet-principal",
        deployer: DEPLOYER,
        login: chooseLogin({ ARM_CLIENT_SECRET: "s" }),
    };
    return deploy(() => new AksCluster("cluster", args), { ...AZURE_MOCKS, ...mocks }, { preview });
}

async function inputs(stack?: string, changes?: Record<string, unknown>): Promise<Record<string, unknown>> {
    return only((await cluster(stack, changes)).resources, CLUSTER).inputs;
}

describe("AksCluster", () => {
    it("is entered with Entra ID only, and Azure RBAC decides", async () => {
        const { disableLocalAccounts, enableRBAC, aadProfile } = await inputs();
        assert.deepEqual([disableLocalAccounts, enableRBAC], [true, true]);
        const { managed, enableAzureRBAC, tenantID } = aadProfile as Record<string, unknown>;
        assert.deepEqual([managed, enableAzureRBAC, tenantID], [true, true, DEPLOYER.tenantId]);
    });

    it("lets the settings' groups administer it, and the settings' addresses reach it", async () => {
        const group = "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa";
        const { aadProfile, apiServerAccessProfile } = await inputs("staging", {
            "landfall:adminGroupObjectIds": [group],
            "landfall:authorizedIpRanges": ["203.0.113.0/24"],
        });
        assert.deepEqual((aadProfile as { adminGroupObjectIDs: unknown }).adminGroupObjectIDs, [group]);
        assert.deepEqual(apiServerAccessProfile, {
            authorizedIPRanges: ["203.0.113.0/24"],
            disableRunCommand: true,
            enablePrivateCluster: false,
        });
    });

    it("issues tokens that Azure can trust", async () => {
        const { oidcIssuerProfile, securityProfile } = await inputs();
        assert.deepEqual(oidcIssuerProfile, { enabled: true });
        assert.deepEqual((securityProfile as { workloadIdentity: unknown }).workloadIdentity, { enabled: true });
    });

    it("brings the Secrets Store driver, with rotation, and the workload identity webhook, so that the tree need not", async () => {
        const { addonProfiles, securityProfile } = await inputs();
        const { azureKeyvaultSecretsProvider } = addonProfiles as Record<string, { enabled: boolean; config: object }>;
        assert.equal(azureKeyvaultSecretsProvider?.enabled, true);
        assert.deepEqual(azureKeyvaultSecretsProvider?.config, {
            enableSecretRotation: "true",
            rotationPollInterval: "2m",
        });
        assert.deepEqual((securityProfile as { workloadIdentity: object }).workloadIdentity, { enabled: true });
    });

    it("states its network in full, since a change of it is a new cluster", async () => {
        const { networkProfile } = await inputs("staging");
        assert.deepEqual(networkProfile, {
            networkPlugin: "azure",
            networkPluginMode: "overlay",
            networkDataplane: "cilium",
            networkPolicy: "cilium",
            podCidr: "10.244.0.0/16",
            serviceCidr: "172.20.0.0/16",
            dnsServiceIP: "172.20.0.10",
            outboundType: "loadBalancer",
            loadBalancerSku: "standard",
            loadBalancerProfile: {
                backendPoolType: "NodeIPConfiguration",
                managedOutboundIPs: { count: 1, countIPv6: 0 },
                allocatedOutboundPorts: 0,
                idleTimeoutInMinutes: 30,
            },
        });
    });

    it("runs as the identities that were made for it", async () => {
        const { identity, identityProfile } = await inputs();
        assert.deepEqual(identity, {
            type: "UserAssigned",
            userAssignedIdentities: [armId("Microsoft.ManagedIdentity/userAssignedIdentities", "control-plane")],
        });
        assert.deepEqual((identityProfile as { kubeletidentity: unknown }).kubeletidentity, {
            resourceId: armId("Microsoft.ManagedIdentity/userAssignedIdentities", "kubelet"),
            clientId: "kubelet-client",
            objectId: "kubelet-principal",
        });
    });

    it("names the minor only and lets AKS patch it, and never pins the pools", async () => {
        const { resources } = await cluster();
        const { kubernetesVersion, autoUpgradeProfile } = only(resources, CLUSTER).inputs;
        assert.equal(kubernetesVersion, "1.36");
        assert.deepEqual(autoUpgradeProfile, { upgradeChannel: "patch", nodeOSUpgradeChannel: "NodeImage" });
        for (const { inputs } of all(resources, POOL)) assert.ok(!("orchestratorVersion" in inputs));
    });

    it("has exactly one inline pool, a system pool over all zones", async () => {
        const pools = (await inputs())["agentPoolProfiles"] as Record<string, unknown>[];
        assert.equal(pools.length, 1);
        const [pool] = pools;
        assert.deepEqual([pool?.["mode"], pool?.["availabilityZones"]], ["System", ["1", "2", "3"]]);
    });

    it("leaves the number of nodes to the autoscaler", async () => {
        const { resources } = await cluster();
        assert.deepEqual(only(resources, CLUSTER).ignoreChanges, ["agentPoolProfiles[0].count"]);
        for (const pool of all(resources, POOL)) {
            assert.deepEqual(pool.ignoreChanges, ["count"]);
            const { enableAutoScaling, count, minCount, maxCount } = pool.inputs;
            assert.deepEqual([enableAutoScaling, count, minCount, maxCount], [true, 1, 1, 6]);
        }
    });

    it("has one pool a zone, changed one after the other", async () => {
        const pools = all((await cluster()).resources, POOL);
        const zones = pools.map(({ inputs }) => [inputs["agentPoolName"], inputs["availabilityZones"]]);
        assert.deepEqual(zones, [
            ["apps1", ["1"]],
            ["apps2", ["2"]],
            ["apps3", ["3"]],
        ]);
        const [first, second, third] = pools;
        assert.ok(first && second && third && dependsOn(second, first) && dependsOn(third, second));
    });

    it("has one pool without zones where the settings name none", async () => {
        const { inputs } = only((await cluster("staging")).resources, POOL);
        assert.equal(inputs["agentPoolName"], "apps");
        assert.ok(!("availabilityZones" in inputs));
    });

    it("marks spot nodes as Azure does, and does not ask for surge that spot cannot have", async () => {
        const spot = {
            vmSize: "Standard_D4ds_v5",
            minCount: 0,
            maxCount: 4,
            zones: [],
            spot: true,
            labels: { team: "a" },
        };
        const { inputs } = only((await cluster("staging", { "landfall:userPools": { batch: spot } })).resources, POOL);
        assert.deepEqual([inputs["scaleSetPriority"], inputs["scaleSetEvictionPolicy"]], ["Spot", "Delete"]);
        assert.deepEqual(inputs["nodeTaints"], ["kubernetes.azure.com/scalesetpriority=spot:NoSchedule"]);
        assert.deepEqual(inputs["nodeLabels"], { team: "a", "kubernetes.azure.com/scalesetpriority": "spot" });
        assert.ok(!("upgradeSettings" in inputs));
    });

    it("upgrades Kubernetes and node images in the settings' window only", async () => {
        const windows = all((await cluster()).resources, WINDOW);
        const names = windows.map(({ inputs }) => inputs["configName"]);
        assert.deepEqual(names, ["aksManagedAutoUpgradeSchedule", "aksManagedNodeOSUpgradeSchedule"]);
        for (const { inputs } of windows) {
            assert.deepEqual(inputs["maintenanceWindow"], {
                schedule: { weekly: { dayOfWeek: "Thursday", intervalWeeks: 1 } },
                startTime: "01:00",
                durationHours: 4,
                utcOffset: "+00:00",
            });
        }
    });

    it("makes the deployer its administrator, so that Flux can be installed", async () => {
        const { inputs } = only((await cluster()).resources, "azure-native:authorization:RoleAssignment");
        assert.equal(inputs["principalId"], DEPLOYER.objectId);
        assert.equal(inputs["scope"], armId("Microsoft.ContainerService/managedClusters", "landfall"));
        assert.ok(String(inputs["roleDefinitionId"]).endsWith(AKS_RBAC_CLUSTER_ADMIN.guid));
    });

    it("is neither protected nor retained: it can be made again", async () => {
        for (const { protect, retainOnDelete, name } of (await cluster()).resources) {
            assert.deepEqual([protect, retainOnDelete], [false, false], name);
        }
    });
});

describe("AksCluster's outputs", () => {
    it("give the issuer and what tells a cluster from its successor", async () => {
        const { result } = await cluster();
        assert.equal(await valueOf(result.issuerUrl), ISSUER_URL);
        assert.equal(await valueOf(result.clusterUid), "0123456789abcdef01234567");
    });

    it("hold a kubeconfig that is secret and logs in without a device code", async () => {
        const { result } = await cluster();
        assert.equal(await isSecretOutput(result.kubeconfig), true);
        const config = parse(await valueOf(result.kubeconfig)) as { users: { user: { exec: { args: string[] } } }[] };
        assert.deepEqual(config.users[0]?.user.exec.args.slice(0, 3), ["get-token", "--login", "spn"]);
    });

    it("fail, and name the cluster, when it has no issuer", async () => {
        const mute: Mock = (args) => ({ ...AZURE_MOCKS[CLUSTER]?.(args), oidcIssuerProfile: { enabled: true } });
        await assert.rejects(async () => {
            const { result } = await cluster("staging", {}, { mocks: { [CLUSTER]: mute } });
            await valueOf(result.issuerUrl);
        }, /without an OIDC issuer/);
    });

    it("are of the same resources in a preview as in an update", async () => {
        const names = async (preview: boolean) =>
            (await cluster("production", {}, { preview })).resources.map(({ type, name }) => `${type} ${name}`).sort();
        assert.deepEqual(await names(true), await names(false));
    });
});
