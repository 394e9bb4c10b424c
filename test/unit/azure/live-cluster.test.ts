import * as assert from "node:assert/strict";
import { ArmClient } from "../../../components/azure/arm-client";
import { isOfMinor, livePool, readCluster } from "../../../components/azure/live-cluster";

const args = { subscriptionId: "s", resourceGroupName: "g", clusterName: "c" };

function answering(status: number, body: object) {
    const asked: string[] = [];
    const arm = new ArmClient("token-of-arm", (target) => {
        asked.push(target as string);
        return Promise.resolve(new Response(JSON.stringify(body), { status }));
    });
    return { asked, read: () => readCluster(arm, args) };
}

describe("readCluster", () => {
    it("gives the properties beside what is around them, and finds pools by name", async () => {
        const agentPoolProfiles = [{ name: "apps", count: 2 }, { name: "system" }];
        const { read, asked } = answering(200, { sku: { tier: "Free" }, properties: { agentPoolProfiles } });
        const live = await read();
        assert.deepEqual(live, {
            sku: { tier: "Free" },
            properties: { agentPoolProfiles },
            agentPoolProfiles,
        });
        assert.equal(livePool(live, "apps")?.count, 2);
        assert.equal(livePool(live, "batch"), undefined);
        assert.match(asked[0] ?? "", /resourceGroups\/g\/providers\/Microsoft.ContainerService\/managedClusters\/c\?/);
    });

    it("gives nothing where there is no cluster, or no group for one", async () => {
        assert.equal(await answering(404, { code: "NotFound" }).read(), undefined);
    });

    it("fails, and names the cluster, when Azure does not say", async () => {
        await assert.rejects(answering(500, { error: { code: "InternalServerError", message: "later" } }).read(), {
            message: "Azure did not say how cluster c is: HTTP 500 InternalServerError later",
        });
    });
});

describe("isOfMinor", () => {
    it("compares whole numbers", () => {
        assert.deepEqual(
            ["1.36", "1.36.4", "1.360.1", "1.35.7", undefined].map((version) => isOfMinor(version, "1.36")),
            [true, true, false, false, false],
        );
    });
});
