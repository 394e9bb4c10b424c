import * as assert from "node:assert/strict";
import * as path from "node:path";
import { ArmClient } from "../../components/azure/arm-client";
import { clusterRecords, deleteRecord } from "../../tools/destroy/cluster-records";
import { minimalRoles, readDeployerRole } from "@landfall/sandbox";
import { deployer, subscription as scope, TestSubscription } from "@landfall/sandbox/testing";

const zone = `${scope}/resourceGroups/rg/providers/Microsoft.Network/dnsZones/example.com`;
/** Of external-dns. */
const version = "2018-05-01";

describe("the records that a cluster made", () => {
    const customRole = readDeployerRole(path.join(__dirname, "../.."));
    const subscription = new TestSubscription({ deployer: { ...deployer, customRole } });
    let arm: ArmClient;

    const owned = (owner: string) => ({
        TTL: 300,
        TXTRecords: [
            {
                value: [
                    `"heritage=external-dns,external-dns/owner=${owner},external-dns/resource=service/traefik/traefik"`,
                ],
            },
        ],
    });
    const put = async (record: string, properties: object) => {
        const { status, message } = await subscription.arm("PUT", `${zone}/${record}`, { properties }, version);
        assert.equal(status, 201, `${record}: ${message}`);
    };

    before(async () => {
        await subscription.make("resources:ResourceGroup", {}, { location: "westeurope" });
        await subscription.make("dns:Zone", { zoneName: "example.com" }, { location: "global", zoneType: "Public" });
        const address = { TTL: 300, ARecords: [{ ipv4Address: "192.0.2.1" }] };
        await put("A/www", address);
        await put("TXT/a-www", owned("landfall-staging"));
        await put("A/shop.teams", address);
        await put("TXT/a-shop.teams", owned("landfall-staging"));
        await put("A/mail", address);
        await put("A/api", address);
        await put("TXT/a-api", owned("landfall-staging-2"));
        await put("TXT/note", { TTL: 300, TXTRecords: [{ value: ["external-dns/owner=landfall-staging"] }] });
        subscription.azure.setDeployerRoles(minimalRoles(customRole));
        arm = new ArmClient(await subscription.deployerToken("https://management.azure.com"), subscription.fetch);
    });

    it("are those with external-dns' mark and the cluster's name, and the marks", async () => {
        const found = await clusterRecords(arm, zone, "landfall-staging");
        assert.deepEqual(found.map(({ title }) => title).sort(), [
            "A shop.teams.example.com",
            "A www.example.com",
            "TXT a-shop.teams.example.com",
            "TXT a-www.example.com",
        ]);
    });

    it("can be deleted by the deployer, and others stay", async () => {
        for (const record of await clusterRecords(arm, zone, "landfall-staging")) {
            assert.equal(await deleteRecord(arm, record), undefined);
        }
        const { body } = await subscription.arm("GET", `${zone}/recordsets`, undefined, version);
        const left = (body.value as { name: string }[]).map(({ name }) => name);
        assert.deepEqual(left.sort(), ["a-api", "api", "mail", "note"]);
    });
});
