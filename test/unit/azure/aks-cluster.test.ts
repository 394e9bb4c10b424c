import * as assert from "node:assert/strict";
import { parse } from "yaml";
import { AksCluster } from "../../../components/azure/aks-cluster";
import { chooseLogin } from "../../../components/azure/kubeconfig";
import { aksRbacClusterAdmin } from "../../../components/azure/roles";
import { armId, azureMocks, deployer, issuerUrl } from "../../support/azure";
import { clusterArgs } from "../../support/cluster-args";
import { all, deploy, isSecretOutput, type Mock, only, valueOf } from "../../support/deploy";

const clusterType = "azure-native:containerservice:ManagedCluster";
const poolType = "azure-native:containerservice:AgentPool";

function cluster(
    stack = "production",
    changes: Record<string, unknown> = {},
    { mocks = {}, preview = false }: { readonly mocks?: Record<string, Mock>; readonly preview?: boolean } = {},
) {
    const args = {
        ...clusterArgs(stack, changes),
        deployer,
        login: chooseLogin({ ARM_CLIENT_SECRET: "s" }),
    };
    return deploy(() => new AksCluster("cluster", args), { ...azureMocks, ...mocks }, { preview });
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

    it("leaves the number of nodes to the autoscaler", async () => {
        const { resources } = await cluster();
        assert.deepEqual(only(resources, clusterType).ignoreChanges, ["agentPoolProfiles[0].count"]);
        for (const pool of all(resources, poolType)) {
            assert.deepEqual(pool.ignoreChanges, ["count"]);
            const { enableAutoScaling, count, minCount, maxCount } = pool.inputs;
            assert.deepEqual([enableAutoScaling, count, minCount, maxCount], [true, 1, 1, 6]);
        }
    });

    it("makes the deployer its administrator, so that Flux can be installed", async () => {
        const { inputs } = only((await cluster()).resources, "azure-native:authorization:RoleAssignment");
        assert.equal(inputs.principalId, deployer.objectId);
        assert.equal(inputs.scope, armId("Microsoft.ContainerService/managedClusters", "landfall"));
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
        const mute: Mock = (args) => ({ ...azureMocks[clusterType]?.(args), oidcIssuerProfile: { enabled: true } });
        await assert.rejects(async () => {
            const { result } = await cluster("staging", {}, { mocks: { [clusterType]: mute } });
            await valueOf(result.issuerUrl);
        }, /without an OIDC issuer/);
    });

    it("are of the same resources in a preview as in an update", async () => {
        const names = async (preview: boolean) =>
            (await cluster("production", {}, { preview })).resources.map(({ type, name }) => `${type} ${name}`).sort();
        assert.deepEqual(await names(true), await names(false));
    });
});
