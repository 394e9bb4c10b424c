import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { AzureDeployer } from "../../tools/drill/azure-deployer";
import { useCheckout } from "../support/checkout";
import { keepLayers } from "../support/checkout-tree";
import { Cluster } from "../support/cluster";
import { ExternalDns } from "../support/external-dns";
import { stackResources } from "../support/stack-resources";

const domain = "staging.landfall.example";
const dnsVersion = "2018-05-01";
/** DNS Zone Contributor. */
const zoneContributor = "befefa01-2a29-4197-83a8-272ff33ce314";
const layers = ["canary", "namespaces", "crds", "identities", "security", "dns"];

/** A record set as Azure lists it. */
interface RecordSet {
    readonly name: string;
    readonly type: string;
    readonly properties: {
        readonly ARecords?: readonly { readonly ipv4Address: string }[];
        readonly TXTRecords?: readonly { readonly value: readonly string[] }[];
    };
}

/**
 * external-dns itself, with the arguments that its chart gives it, as the accounts that the program and the chart give
 * it, in the zone of the stack.
 */
describe("external-dns", function () {
    const checkout = useCheckout(this, { systems: ["external-dns", "prometheus-operator-crds"] });
    const cluster = new Cluster(checkout);
    let azure: AzureDeployer;
    let zone: string;
    let externalDns: ExternalDns;

    before("starts staging with a zone beside its own, and builds the program", async () => {
        keepLayers(checkout, layers);
        await checkout.up();
        azure = new AzureDeployer(checkout.session());
        const resource = await stackResources(checkout);
        zone = resource("Zone", "landfall-zone").id;
        await azure.arm("PUT", elsewhere(), "2023-07-01-preview", { location: "global" });
        const { principalId = "" } = resource("RoleAssignment", "landfall-vault-deployer").inputs;
        await azure.grant(principalId, zoneContributor, zone);
        await cluster.kubectl("create", "namespace", "shop");
        await cluster.kubectl("create", "namespace", "edge");
        externalDns = await ExternalDns.of(checkout, cluster);
    });

    const elsewhere = () => zone.replace(/[^/]+$/, "other.example");

    /** The records of the stack's zone after a round without an error. */
    async function synchronized(): Promise<string[]> {
        const { code, log } = await externalDns.synchronize();
        assert.equal(code, 0, log);
        assert.doesNotMatch(log, /"level":"(error|fatal)"/);
        return records(zone);
    }

    /** `A www 198.18.0.2`; of a text whose record it says that its namesake is. */
    async function records(of: string): Promise<string[]> {
        const { value } = await azure.arm<{ value: RecordSet[] }>("GET", `${of}/recordsets`, dnsVersion);
        return value
            .map(({ type, name, properties: { ARecords = [], TXTRecords = [] } }) => {
                const addresses = ARecords.map(({ ipv4Address }) => ipv4Address);
                const owners = TXTRecords.map((text) => /external-dns\/owner=([^,"]+)/.exec(text.value.join())?.[1]);
                return [type.slice(type.lastIndexOf("/") + 1), name, ...addresses, ...owners].join(" ");
            })
            .sort();
    }

    async function apply(object: object): Promise<void> {
        const file = path.join(checkout.directory, "object.json");
        fs.writeFileSync(file, JSON.stringify(object));
        await cluster.kubectl("apply", "-f", file);
    }

    /** What an ingress controller writes. */
    const setStatus = (kind: string, namespace: string, name: string, status: object) =>
        cluster.kubectl(
            ...["patch", kind, name, "-n", namespace, "--subresource=status", "--type=merge"],
            ...["-p", JSON.stringify({ status })],
        );

    async function ingress(name: string, host: string, ip: string): Promise<void> {
        const backend = { service: { name: "shop", port: { number: 80 } } };
        await apply({
            ...{ apiVersion: "networking.k8s.io/v1", kind: "Ingress", metadata: { name, namespace: "shop" } },
            spec: { rules: [{ host, http: { paths: [{ path: "/", pathType: "Prefix", backend }] } }] },
        });
        await setStatus("ingress", "shop", name, { loadBalancer: { ingress: [{ ip }] } });
    }

    /** A route that the ingress controller has accepted. */
    async function route(namespace: string, name: string, hostname: string): Promise<void> {
        const parentRef = { name: "shop", namespace: "edge" };
        await apply({
            ...{ apiVersion: "gateway.networking.k8s.io/v1", kind: "HTTPRoute", metadata: { name, namespace } },
            spec: { parentRefs: [parentRef], hostnames: [hostname] },
        });
        const accepted = { type: "Accepted", status: "True", reason: "Accepted", message: "", observedGeneration: 1 };
        const conditions = [{ ...accepted, lastTransitionTime: new Date().toISOString() }];
        const parents = [{ controllerName: "traefik.io/gateway-controller", parentRef, conditions }];
        await setStatus("httproute", namespace, name, { parents });
    }

    it("writes a record for an Ingress with a note of whose it is, and takes both away with it", async () => {
        const { data } = await cluster.get<{ data: Record<string, string> }>({
            ...{ kind: "configmap", name: "cluster-vars" },
        });
        const before = await synchronized();
        await ingress("docs", `docs.${domain}`, "198.18.0.2");
        const added = ["A docs 198.18.0.2", `TXT a-docs ${data.cluster_name}`];
        assert.deepEqual(await synchronized(), [...before, ...added].sort());
        await cluster.kubectl("delete", "ingress", "docs", "-n", "shop");
        assert.deepEqual(await synchronized(), before);
    });

    it("leaves a record that somebody else made, and other zones", async () => {
        const properties = { TTL: 300, ARecords: [{ ipv4Address: "198.18.0.1" }] };
        await azure.arm("PUT", `${zone}/A/mail`, dnsVersion, { properties });
        const before = await synchronized();
        assert.ok(before.includes("A mail 198.18.0.1"));
        await ingress("mail", `mail.${domain}`, "198.18.0.3");
        await ingress("other", "www.other.example", "198.18.0.3");
        assert.deepEqual(await synchronized(), before);
        assert.deepEqual(await records(elsewhere()), []);
        await cluster.kubectl("delete", "ingress", "mail", "other", "-n", "shop");
    });

    it("writes a host below a team's part of the domain for routes of that team alone", async () => {
        await apply(gatewayOf("shop"));
        await setStatus("gateway", "edge", "shop", { addresses: [{ type: "IPAddress", value: "198.18.0.4" }] });
        const before = await synchronized();
        await route("shop", "own", `www.shop.${domain}`);
        await route("shop", "outside", `www.${domain}`);
        await route("edge", "stranger", `pay.shop.${domain}`);
        const added = (await synchronized()).filter((record) => !before.includes(record));
        assert.deepEqual(
            added.filter((record) => record.startsWith("A ")),
            ["A www.shop 198.18.0.4"],
        );
    });

    it("logs what Azure refuses to write, and ends well all the same", async () => {
        const resource = await stackResources(checkout);
        await azure.revoke(resource("RoleAssignment", "landfall-external-dns-dns-zone-contributor"));
        await ingress("docs", `docs.${domain}`, "198.18.0.2");
        const { code, log } = await externalDns.synchronize();
        assert.equal(code, 0, log);
        assert.match(log, /"level":"error".*Failed to update A record named 'docs'.*AuthorizationFailed/);
    });

    it("fails when another account is trusted in the place of its own", async () => {
        const resource = await stackResources(checkout);
        const credential = resource("FederatedIdentityCredential", "landfall-external-dns-");
        await azure.setCredential(credential, { subject: "system:serviceaccount:external-dns:somebody" });
        const { code, log } = await externalDns.synchronize();
        assert.equal(code, 1, log);
        assert.match(log, /"level":"fatal".*AADSTS700213/);
    });
});

/** A Gateway as each team has one: for names below its part of the domain, and routes of its namespace. */
function gatewayOf(team: string): object {
    const selector = { matchLabels: { "kubernetes.io/metadata.name": team } };
    return {
        ...{ apiVersion: "gateway.networking.k8s.io/v1", kind: "Gateway", metadata: { name: team, namespace: "edge" } },
        spec: {
            gatewayClassName: "traefik",
            listeners: [
                {
                    ...{ name: "websecure", port: 8443, protocol: "HTTPS", hostname: `*.${team}.${domain}` },
                    tls: { certificateRefs: [{ name: "shop-tls" }] },
                    allowedRoutes: { namespaces: { from: "Selector", selector } },
                },
            ],
        },
    };
}
