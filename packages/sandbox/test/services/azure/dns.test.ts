import * as assert from "node:assert/strict";
import { IdentitySubscription, type TestIdentity } from "../../../testing/azure-identity";
import { type Json, subscription as subscriptionId } from "../../../testing/azure-subscription";

const zoneContributor = "befefa01-2a29-4197-83a8-272ff33ce314";
const readerRole = "acdd72a7-3385-48ef-bd42-f606fba81ae7";
const group = `${subscriptionId}/resourceGroups/rg`;
const zones = `${group}/providers/Microsoft.Network/dnsZones`;

/** The calls of external-dns and cert-manager: armdns 1.2.0, API version 2018-05-01. */
describe("the DNS stand-in in Azure's wire format", () => {
    const subscription = new IdentitySubscription();
    let identity: TestIdentity;

    before(async () => {
        identity = await subscription.makeIdentity("id-external-dns");
        for (const zoneName of ["one.example", "two.example"]) {
            await subscription.make("dns:Zone", { zoneName }, { location: "global" });
        }
        await subscription.assign(identity.principalId, zoneContributor, `${zones}/one.example`);
    });

    const send = async (method: string, path: string, body?: object, conditions: Record<string, string> = {}) => {
        const headers = {
            authorization: `Bearer ${await identity.token("https://management.azure.com")}`,
            ...conditions,
        };
        const url = `https://management.azure.com${path}?api-version=2018-05-01`;
        const answer = await subscription.send(method, url, headers, body ? JSON.stringify(body) : "");
        const parsed = (answer.body ?? {}) as Json;
        return {
            status: answer.status,
            body: parsed,
            code: (parsed.error as { code?: string } | undefined)?.code ?? parsed.code,
        };
    };
    const names = async (path: string) =>
        ((await send("GET", path)).body.value as { name: string }[]).map(({ name }) => name);
    const a = { properties: { TTL: 300, ARecords: [{ ipv4Address: "198.18.0.1" }] } };

    it("lists the zones of the group for whoever may read the group", async () => {
        assert.equal((await send("GET", zones)).code, "AuthorizationFailed");
        await subscription.assign(identity.principalId, readerRole, group);
        const { body } = await send("GET", zones);
        const [zone] = body.value as { name: string; type: string; properties: Json }[];
        assert.equal(zone?.type, "Microsoft.Network/dnszones");
        assert.equal((zone?.properties.nameServers as string[]).length, 4);
        assert.deepEqual(await names(zones), ["one.example", "two.example"]);
    });

    it("writes, reads, lists and deletes a record set of the zone", async () => {
        const www = `${zones}/one.example/A/www`;
        const made = await send("PUT", www, a);
        assert.equal(made.status, 201);
        assert.equal(made.body.type, "Microsoft.Network/dnszones/A");
        assert.deepEqual((await send("GET", www)).body.properties, {
            ...a.properties,
            fqdn: "www.one.example.",
            targetResource: {},
            trafficManagementProfile: {},
            provisioningState: "Succeeded",
        });
        await send("PUT", `${zones}/one.example/TXT/owner-www`, {
            properties: { TTL: 300, TXTRecords: [{ value: ["x"] }] },
        });
        assert.deepEqual(await names(`${zones}/one.example/all`), ["www", "owner-www"]);
        assert.deepEqual(await names(`${zones}/one.example/recordsets`), ["www", "owner-www"]);
        assert.deepEqual(await names(`${zones}/one.example/TXT`), ["owner-www"]);
        assert.equal((await send("DELETE", www)).status, 200);
        assert.equal((await send("DELETE", www)).status, 204);
        assert.equal((await send("GET", www)).status, 404);
    });

    it("refuses the zone beside it", async () => {
        const refused = await send("PUT", `${zones}/two.example/A/www`, a);
        assert.deepEqual([refused.status, refused.code], [403, "AuthorizationFailed"]);
        const { message } = refused.body.error as { message: string };
        assert.match(message, /'Microsoft\.Network\/dnsZones\/A\/write' over scope '.*two\.example\/A\/www'/);
    });

    it("holds back a write whose condition fails", async () => {
        const challenge = `${zones}/one.example/TXT/_acme-challenge`;
        const txt = { properties: { TTL: 60, TXTRecords: [{ value: ["a"] }] } };
        const { body } = await send("PUT", challenge, txt, { "if-none-match": "*" });
        assert.equal((await send("PUT", challenge, txt, { "if-none-match": "*" })).code, "PreconditionFailed");
        const etag = { "if-match": String(body.etag) };
        assert.equal((await send("PUT", challenge, txt, etag)).status, 200);
        assert.equal((await send("DELETE", challenge, undefined, etag)).status, 412);
    });

    it("refuses a record set without records, and a CNAME beside other records", async () => {
        const empty = await send("PUT", `${zones}/one.example/A/empty`, { properties: { TTL: 300 } });
        assert.deepEqual([empty.status, empty.code], [400, "BadRequest"]);
        const cname = { properties: { TTL: 300, CNAMERecord: { cname: "example.com" } } };
        assert.equal((await send("PUT", `${zones}/one.example/CNAME/owner-www`, cname)).status, 400);
    });
});
