import * as assert from "node:assert/strict";
import { SandboxClock } from "../../../azure/arm/clock";
import { without } from "../../../azure/arm/without";
import { clusterInputs, grant, ground, pool, roles } from "../../../testing/azure-cluster";
import { type Answer, subscription as scope, TestSubscription } from "../../../testing/azure-subscription";
import { ManualClock } from "../../../testing/manual-clock";

const account = `${scope}/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/acc`;
const accountBody = { location: "westus2", kind: "StorageV2", sku: { name: "Standard_LRS" } };

describe("operations of the Azure stand-in", () => {
    describe("on a clock that is moved by hand", () => {
        const clock = new ManualClock();
        const subscription = new TestSubscription({}, clock);
        const pools = `${scope}/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/aks/agentPools`;
        let apps: Record<string, unknown>;

        before(async () => {
            const base = await ground(subscription);
            await grant(subscription, base);
            await subscription.make("containerservice:ManagedCluster", { resourceName: "aks" }, clusterInputs(base));
            apps = { properties: without(pool(base.subnet, { mode: "User", count: 1 }), "name") };
        });

        const put = (name: string, body: object): Promise<Answer> =>
            subscription.arm("PUT", `${pools}/${name}`, body, "2025-09-01");

        it("refuse a second pool of a cluster while one is under way, and take it afterwards", async () => {
            assert.equal((await put("one", apps)).status, 201);
            const refused = await put("two", apps);
            assert.deepEqual([refused.status, refused.code], [409, "OperationNotAllowed"]);
            assert.match(refused.message, /in progress put agent pool operation/);
            const cluster = pools.replace("/agentPools", "");
            assert.equal((await subscription.arm("DELETE", cluster, undefined, "2025-09-01")).status, 409);
            await clock.pass(200);
            assert.equal((await put("two", apps)).status, 201);
            await clock.pass(200);
        });

        it("say what failed, and leave nothing behind of what was new", async () => {
            const { clusters } = subscription;
            const setNodes = clusters.setNodes.bind(clusters);
            clusters.setNodes = () => Promise.reject(new Error("no machines"));
            const accepted = await put("bad", apps);
            await clock.pass(200);
            clusters.setNodes = setNodes;
            const url = accepted.headers["azure-asyncoperation"] ?? "";
            const { body } = await subscription.request("GET", url, {}, "");
            assert.equal(body.status, "Failed");
            assert.match(JSON.stringify(body.error), /no machines/);
            assert.equal((await subscription.arm("GET", `${pools}/bad`, undefined, "2025-09-01")).status, 404);
        });
    });

    describe("that give a role", () => {
        it("have an effect a minute later, and a denial from before is kept for five", async () => {
            const clock = new ManualClock();
            const subscription = new TestSubscription({}, clock);
            const base = await ground(subscription);
            const create = () =>
                subscription.put("containerservice:ManagedCluster", { resourceName: "aks" }, clusterInputs(base));
            const { controlPlane, kubelet, subnet } = base;
            await subscription.assign(controlPlane.principalId, roles.networkContributor, subnet.id);
            await clock.pass(60);
            await subscription.assign(controlPlane.principalId, roles.managedIdentityOperator, kubelet.id);
            assert.equal((await create()).code, "CustomKubeletIdentityMissingPermissionError");
            await clock.pass(60);
            const { body } = await create();
            const id = String(body.id).replace("/resourcegroups/", "/resourceGroups/");
            const user = String(kubelet.principalId);
            const review = { user, groups: [], verb: "get", resource: "pods" };
            assert.equal(await subscription.azure.authorize(id, review), false);
            await subscription.assign(user, roles.aksClusterAdmin, id);
            await clock.pass(100);
            assert.equal(await subscription.azure.authorize(id, review), false);
            assert.equal(await subscription.azure.authorize(id, { ...review, verb: "list", resource: "nodes" }), true);
            await clock.pass(250);
            assert.equal(await subscription.azure.authorize(id, review), true);
        });
    });

    describe("on the clock of a sandbox", () => {
        const make = async (clock: SandboxClock) => {
            const subscription = new TestSubscription({ clock });
            await subscription.make("resources:ResourceGroup", {}, { location: "westus2" });
            const begin = performance.now();
            const accepted = await subscription.arm("PUT", account, accountBody, "2024-01-01");
            const first = await subscription.request("GET", accepted.headers.location ?? "", {}, "");
            return { accepted, first, milliseconds: performance.now() - begin, subscription };
        };

        it("are done at the first look when nothing takes time", async () => {
            const { accepted, first } = await make(new SandboxClock());
            assert.deepEqual([accepted.status, accepted.headers["retry-after"]], [202, "0"]);
            assert.equal(first.status, 200);
        });

        it("take what was recorded, divided by the speed", async () => {
            const clock = new SandboxClock();
            clock.setSpeed(60);
            const { accepted, milliseconds, subscription } = await make(clock);
            assert.equal(accepted.headers["retry-after-ms"], String(Math.ceil(17_000 / 60)));
            // 27 s for an account; one answer is held back for as long as ten seconds are here.
            assert.ok(milliseconds >= 10_000 / 60 - 5, `${milliseconds} ms`);
            const url = accepted.headers.location ?? "";
            while ((await subscription.request("GET", url, {}, "")).status === 202) {}
            const [operation] = subscription.azure.operations().slice(-1);
            const took = (operation?.endedAt ?? 0) - (operation?.startedAt ?? 0);
            assert.ok(took >= 26.5, `${took} s of Azure`);
        });
    });
});
