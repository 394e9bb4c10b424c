import * as assert from "node:assert/strict";
import { parse } from "yaml";
import { AksCluster } from "../../../components/azure/aks-cluster";
import { chooseLogin } from "../../../components/azure/kubeconfig";
import type { LiveCluster } from "../../../components/azure/live-cluster";
import { buildCluster } from "../../../components/azure/managed-cluster";
import { aksRbacClusterAdmin } from "../../../components/azure/roles";
import { azureMocks, deployer, issuerUrl } from "../../support/azure";
import { clusterArgs } from "../../support/cluster-args";
import { all, deploy, isSecretOutput, type Mock, only, valueOf } from "../../support/deploy";

const clusterType = "azure-native:containerservice:ManagedCluster";
const clusterRead = "azure-native:containerservice:getManagedCluster";
const credentials = "azure-native:containerservice:listManagedClusterUserCredentials";
const poolType = "azure-native:containerservice:AgentPool";

interface Options {
    readonly mocks?: Record<string, Mock>;
    readonly preview?: boolean;
    readonly isEntered?: boolean;
}

function cluster(
    stack = "production",
    changes: Record<string, unknown> = {},
    { mocks = {}, preview = false, isEntered = true }: Options = {},
) {
    const { live, ...settings } = changes;
    const args = {
        ...clusterArgs(stack, settings),
        live: live as LiveCluster | undefined,
        deployer,
        login: isEntered ? chooseLogin({ ARM_CLIENT_SECRET: "s" }) : undefined,
    };
    return deploy(() => new AksCluster("cluster", args), { ...azureMocks, ...mocks }, { preview });
}

/** A cluster of staging as AKS shows it after a while: patched, scaled, its pools by name, an add-on by policy. */
function asAksShows(changes: Record<string, unknown> = {}) {
    const args = clusterArgs("staging", changes);
    const inputs = buildCluster(args, undefined);
    const patched = { orchestratorVersion: "1.36.6", currentOrchestratorVersion: "1.36.6", count: 3 };
    const [system] = inputs.agentPoolProfiles as object[];
    return {
        ...inputs,
        kubernetesVersion: "1.36.6",
        currentKubernetesVersion: "1.36.6",
        addonProfiles: { ...(inputs.addonProfiles as object), azurepolicy: { enabled: true } },
        agentPoolProfiles: [
            { ...system, ...patched, name: "apps" },
            { ...system, ...patched, name: "system" },
        ],
    };
}

describe("AksCluster", () => {
    it("names the minor only and lets AKS patch it, and never pins the pools", async () => {
        const { resources } = await cluster();
        const { kubernetesVersion, autoUpgradeProfile } = only(resources, clusterType).inputs;
        assert.equal(kubernetesVersion, "1.36");
        assert.deepEqual(autoUpgradeProfile, { upgradeChannel: "patch", nodeOSUpgradeChannel: "NodeImage" });
        for (const { inputs } of all(resources, poolType)) {
            assert.ok(!("orchestratorVersion" in inputs));
        }
    });

    it("leaves to AKS what AKS changes in a cluster that is as wanted, and nothing once it is to be written", async () => {
        const ignored = async (changes: Record<string, unknown>, live = asAksShows(changes)) =>
            only((await cluster("staging", { ...changes, live })).resources, clusterType).ignoreChanges;
        assert.deepEqual(await ignored({}), ["agentPoolProfiles", "kubernetesVersion", "addonProfiles"]);
        assert.deepEqual(await ignored({ "landfall:clusterTier": "Standard" }, asAksShows()), []);
        assert.deepEqual(await ignored({ "landfall:kubernetesVersion": "1.35" }, asAksShows()), []);
        const systemPool = { vmSize: "Standard_D4ds_v5", minCount: 2, maxCount: 9, zones: [] };
        assert.deepEqual(await ignored({ "landfall:systemPool": systemPool }, asAksShows()), []);
    });

    it("names the pools that run another minor, the system pool first", async () => {
        const behind = async (version: string) => {
            const live = { ...asAksShows(), currentKubernetesVersion: version };
            const pools = live.agentPoolProfiles.map((pool) => ({ ...pool, currentOrchestratorVersion: version }));
            const { resources } = await cluster("staging", { live: { ...live, agentPoolProfiles: pools } });
            return only(resources, "pulumi-nodejs:dynamic/azure:NodeUpgrade").inputs.behind;
        };
        assert.deepEqual(await behind("1.35.7"), ["system", "apps"]);
        assert.deepEqual(await behind("1.36.9"), []);
    });

    it("leaves the number of nodes to the autoscaler", async () => {
        const { resources } = await cluster();
        for (const pool of all(resources, poolType)) {
            const { enableAutoScaling, count, minCount, maxCount } = pool.inputs;
            assert.deepEqual([enableAutoScaling, count, minCount, maxCount], [true, 1, 1, 6]);
        }
    });

    it("makes the deployer its administrator, so that Flux can be installed", async () => {
        const { inputs } = only((await cluster()).resources, "azure-native:authorization:RoleAssignment");
        assert.equal(inputs.principalId, deployer.objectId);
        // On the group, so that Azure has spread it before the cluster is asked.
        assert.equal(inputs.scope, clusterArgs("staging", {}).resourceGroupId);
        assert.ok(String(inputs.roleDefinitionId).endsWith(aksRbacClusterAdmin.guid));
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
        assert.equal(await valueOf(result.issuerUrl), issuerUrl);
        assert.equal(await valueOf(result.clusterUid), "0123456789abcdef01234567");
    });

    it("hold a kubeconfig that is secret and logs in without a device code", async () => {
        const { result } = await cluster();
        assert.equal(await isSecretOutput(result.kubeconfig), true);
        const config = parse(await valueOf(result.kubeconfig)) as { users: { user: { exec: { args: string[] } } }[] };
        assert.deepEqual(config.users[0]?.user.exec.args.slice(0, 3), ["get-token", "--login", "spn"]);
    });

    it("fail, and name the cluster, when it has no issuer", async () => {
        const mute: Mock = (args) => ({ ...azureMocks[clusterRead]?.(args), oidcIssuerProfile: { enabled: true } });
        await assert.rejects(async () => {
            const { result } = await cluster("staging", {}, { mocks: { [clusterRead]: mute } });
            await valueOf(result.issuerUrl);
        }, /without an OIDC issuer/);
    });

    it("have no kubeconfig for whoever does not enter the cluster, and Azure is not asked for one", async () => {
        const mocks = { [credentials]: () => assert.fail("asked for credentials") };
        const { result } = await cluster("staging", {}, { mocks, preview: true, isEntered: false });
        await assert.rejects(valueOf(result.kubeconfig), /the output is unknown/);
    });

    it("are of the same resources in a preview as in an update", async () => {
        const names = async (preview: boolean) =>
            (await cluster("production", {}, { preview })).resources.map(({ type, name }) => `${type} ${name}`).sort();
        assert.deepEqual(await names(true), await names(false));
    });
});
