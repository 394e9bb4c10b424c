import * as assert from "node:assert/strict";
import { ResourceGroups } from "../../../components/azure/resource-groups";
import { azureMocks } from "../../support/azure";
import { deploy, only } from "../../support/deploy";

const group = "azure-native:resources:ResourceGroup";

function groups(protect: boolean) {
    const args = { location: "westeurope", durableName: "durable", clusterName: "cluster", protect };
    return deploy(() => new ResourceGroups("groups", args), azureMocks);
}

describe("ResourceGroups", () => {
    it("protects the durable group and keeps it in Azure, and never the cluster's", async () => {
        const { resources } = await groups(true);
        const durable = only(resources, group, "-durable");
        const cluster = only(resources, group, "-cluster");
        assert.deepEqual([durable.protect, durable.retainOnDelete], [true, true]);
        assert.deepEqual([cluster.protect, cluster.retainOnDelete], [false, false]);
    });

    it("lets the durable group go once protection is off", async () => {
        const durable = only((await groups(false)).resources, group, "-durable");
        assert.deepEqual([durable.protect, durable.retainOnDelete], [false, false]);
    });
});
