import * as assert from "node:assert/strict";
import { Network } from "../../../components/azure/network";
import { armId, azureMocks } from "../../support/azure";
import { deploy, only, valueOf } from "../../support/deploy";

const args = {
    resourceGroupName: "group",
    location: "westeurope",
    networkName: "landfall",
    vnetCidr: "10.10.0.0/16",
    nodeSubnetCidr: "10.10.0.0/22",
};

describe("Network", () => {
    it("has one subnet, for the nodes, with the range of the settings", async () => {
        const { resources, result } = await deploy(() => new Network("network", args), azureMocks);
        const vnet = only(resources, "azure-native:network:VirtualNetwork");
        const subnet = only(resources, "azure-native:network:Subnet");
        assert.deepEqual(vnet.inputs.addressSpace, { addressPrefixes: ["10.10.0.0/16"] });
        assert.equal(subnet.inputs.addressPrefix, "10.10.0.0/22");
        assert.equal(subnet.inputs.virtualNetworkName, "landfall");
        const subnetId = armId("Microsoft.Network/virtualNetworks/v/subnets", "nodes");
        assert.equal(await valueOf(result.nodeSubnetId), subnetId);
    });

    it("does not fight Azure over the subnets that it lists in the network", async () => {
        const { resources } = await deploy(() => new Network("network", args), azureMocks);
        const vnet = only(resources, "azure-native:network:VirtualNetwork");
        assert.deepEqual(vnet.ignoreChanges, ["subnets"]);
        assert.ok(!("subnets" in vnet.inputs));
    });
});
