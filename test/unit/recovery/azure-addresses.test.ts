import * as assert from "node:assert/strict";
import { azureAddress } from "../../../components/recovery/azure-addresses";
import { FakeCluster } from "../../support/platform";
import { findType, subscriptionId, TestSubscription } from "@landfall/sandbox/testing";

describe("the addresses of what the program makes in Azure", () => {
    const cluster = new FakeCluster();

    before(() => cluster.start());
    after(() => cluster.stop());

    it("are there for every type that the provider refuses to make twice, as the stand-in for Azure knows them", async () => {
        const subscription = new TestSubscription();
        const { resources } = await cluster.deploy("staging");
        const own = resources.filter(({ type }) => type.startsWith("azure-native:"));
        const made = new Map(own.map(({ type, inputs }) => [type, inputs]));
        assert.ok(made.size > 10);
        for (const [type, inputs] of made) {
            const known = findType(type.replace("azure-native:", "")) ?? assert.fail(type);
            if (known.singleton) {
                continue;
            }
            const named = { roleAssignmentName: "a", managementPolicyName: "default", ...inputs, subscriptionId };
            const { id, apiVersion } = azureAddress(type, named) ?? assert.fail(`${type} has no address`);
            assert.equal(apiVersion, known.apiVersion, type);
            const here = id.replace(/^\/?subscriptions\/[^/]+/, `/subscriptions/${subscriptionId}`);
            const { status, code } = await subscription.arm("GET", here, undefined, apiVersion);
            assert.equal(status, 404, `${type}: ${code}`);
            assert.match(code, /NotFound$/, type);
        }
    });
});
