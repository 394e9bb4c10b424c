import * as assert from "node:assert/strict";
import type { LiveCluster } from "../../../components/azure/live-cluster";
import { NodePools, systemPoolProfile } from "../../../components/azure/node-pools";
import { armId } from "../../support/azure";
import { all, dependsOn, deploy, only } from "../../support/deploy";
import { settings } from "../../support/fixtures";

const agentPool = "azure-native:containerservice:AgentPool";
const subnet = armId("Microsoft.Network/virtualNetworks", "v/subnets/nodes");

/** The pools of a committed stack's settings, changed as given. */
function pools(stack = "production", changes: Record<string, unknown> = {}, live?: LiveCluster) {
    const { userPools } = settings(stack, changes);
    const args = { resourceGroupName: "group", clusterName: "landfall", nodeSubnetId: subnet, userPools, live };
    return deploy(() => new NodePools("cluster", args));
}

describe("NodePools", () => {
    it("has one pool a zone, changed one after the other", async () => {
        const made = all((await pools()).resources, agentPool);
        const zones = made.map(({ inputs }) => [inputs.agentPoolName, inputs.availabilityZones]);
        assert.deepEqual(zones, [
            ["apps1", ["1"]],
            ["apps2", ["2"]],
            ["apps3", ["3"]],
        ]);
        const [first, second, third] = made;
        assert.ok(first && second && third && dependsOn(second, first) && dependsOn(third, second));
    });

    it("changes the pools of one setting after those of another, since AKS refuses two writes at a time", async () => {
        const pool = { vmSize: "Standard_D4ds_v5", minCount: 1, maxCount: 2, zones: [], spot: false };
        const userPools = { apps: { ...pool, labels: {}, taints: [] }, batch: { ...pool, labels: {}, taints: [] } };
        const made = all((await pools("staging", { "landfall:userPools": userPools })).resources, agentPool);
        const [first, second] = made;
        assert.ok(made.length === 2 && first && second && dependsOn(second, first));
    });

    it("lets Azure choose the release of its Linux, so that it fits the Kubernetes minor", async () => {
        assert.equal(only((await pools("staging")).resources, agentPool).inputs.osSKU, "AzureLinux");
    });

    it("has one pool without zones where the settings name none", async () => {
        const { inputs } = only((await pools("staging")).resources, agentPool);
        assert.equal(inputs.agentPoolName, "apps");
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
        const { inputs } = only(
            (await pools("staging", { "landfall:userPools": { batch: spot } })).resources,
            agentPool,
        );
        assert.deepEqual([inputs.scaleSetPriority, inputs.scaleSetEvictionPolicy], ["Spot", "Delete"]);
        assert.deepEqual(inputs.nodeTaints, ["kubernetes.azure.com/scalesetpriority=spot:NoSchedule"]);
        assert.deepEqual(inputs.nodeLabels, { team: "a", "kubernetes.azure.com/scalesetpriority": "spot" });
        assert.ok(!("upgradeSettings" in inputs));
    });

    /** The pool of staging as AKS shows it, with this many nodes. */
    const shown = async (count: number) => {
        const { inputs } = only((await pools("staging")).resources, agentPool);
        return { agentPoolProfiles: [{ ...inputs, name: "apps", count, nodeTaints: undefined }] };
    };

    it("leave number and version of the nodes to AKS where a pool is as wanted", async () => {
        const { inputs, ignoreChanges } = only((await pools("staging", {}, await shown(3))).resources, agentPool);
        assert.deepEqual(ignoreChanges, ["count", "orchestratorVersion"]);
        assert.equal(inputs.enableAutoScaling, true);
    });

    it("keep the number of nodes when another setting changes, inside of the bounds", async () => {
        const { userPools } = settings("staging");
        const counts = async (count: number, minCount: number) => {
            const changed = { apps: { ...userPools.apps, minCount, maxCount: 4 } };
            const deployed = await pools("staging", { "landfall:userPools": changed }, await shown(count));
            const { inputs, ignoreChanges } = only(deployed.resources, agentPool);
            assert.deepEqual(ignoreChanges, []);
            return inputs.count;
        };
        assert.deepEqual([await counts(1, 2), await counts(3, 2), await counts(9, 2)], [2, 3, 4]);
    });
});

describe("the system pool", () => {
    it("bears no taint, since Flux runs there before there is another pool, and is on the settings' zones", () => {
        const profile = systemPoolProfile(settings("production").systemPool, subnet, undefined);
        assert.ok(!("nodeTaints" in profile));
        assert.deepEqual([profile.mode, profile.vnetSubnetID], ["System", subnet]);
        assert.deepEqual(profile.availabilityZones, ["1", "2", "3"]);
    });
});
