import * as assert from "node:assert/strict";
import { DnsZone } from "../../../components/azure/dns-zone";
import { azureMocks } from "../../support/azure";
import { deploy, only, valueOf } from "../../support/deploy";

describe("DnsZone", () => {
    it("is public, protected, and tells the name servers to delegate to", async () => {
        const args = { resourceGroupName: "group", domain: "k8s.example.com", protect: true };
        const { resources, result } = await deploy(() => new DnsZone("zone", args), azureMocks);
        const zone = only(resources, "azure-native:dns:Zone");
        assert.deepEqual([zone.inputs.zoneName, zone.inputs.location], ["k8s.example.com", "global"]);
        assert.equal(zone.inputs.zoneType, "Public");
        assert.deepEqual([zone.protect, zone.retainOnDelete], [true, true]);
        assert.deepEqual(await valueOf(result.nameServers), ["ns1-01.azure-dns.com."]);
    });
});
