import * as assert from "node:assert/strict";
import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { field, textAt } from "../../tools/tree/object";
import { renderTree } from "../../tools/tree/render";
import { type LiveCluster, liveClusters, livePods } from "../../tools/tree/rendering/live";
import { sampleVariables } from "../../tools/tree/variables";
import { kubectl } from "../support/kubectl";
import { treeRoot } from "../support/tree";
import {
    type AzureProxy,
    startAzureProxy,
    subscriptionId,
    tenantId,
    TestApiServer,
    TestSubscription,
} from "@landfall/sandbox/testing";
import { ensureToolchain } from "@landfall/toolchain";

const { domain, cluster_name: owner } = sampleVariables;
const issuer = "https://issuer.example/";
/** As the program grants them: docs/permissions.md. */
const roles = {
    zoneContributor: "befefa01-2a29-4197-83a8-272ff33ce314",
    reader: "acdd72a7-3385-48ef-bd42-f606fba81ae7",
};
const account = { name: "external-dns", namespace: "external-dns" };

interface RecordSet {
    readonly name: string;
    readonly type: string;
    readonly properties: {
        readonly ARecords?: readonly { readonly ipv4Address: string }[];
        readonly TXTRecords?: readonly { readonly value: readonly string[] }[];
    };
}

/**
 * external-dns itself, one round at a time: with the arguments and rights that its chart makes of staging's values, as
 * its service account, by workload identity at the stand-in for Azure. The test does what an ingress controller does:
 * it writes addresses into Ingresses and Gateways, and accepts routes.
 */
describe("external-dns", function () {
    this.timeout(15 * 60_000);
    const server = new TestApiServer();
    const subscription = new TestSubscription({ issuerKeys: (asked) => issuerKeys(asked) });
    let live: LiveCluster;
    let program: string;
    let proxy: AzureProxy;
    let identity: { readonly id: string; readonly clientId: string };
    let zone: string;
    let assignment: string;

    before("makes identity and zones, and applies what the tree has of external-dns", async () => {
        const { binaries } = await ensureToolchain({ log: (line) => console.error(line), only: ["external-dns"] });
        program = path.join(binaries, "external-dns");
        const variables = { ...sampleVariables, tenant_id: tenantId, subscription_id: subscriptionId };
        const options = { environments: ["staging"], meshes: [sampleVariables.service_mesh], variables };
        [live] = (await liveClusters(await renderTree(treeRoot, options))) as [LiveCluster];
        await server.start();
        proxy = await startAzureProxy(subscription, server.directory);
        await makeAzure();
        const own = live.objects.map(({ object }) => object);
        await apply(
            ...[...["external-dns", "traefik", "shop", "team-example"].map(namespaceCalled), ...definitions],
            ...own.filter(
                ({ kind, metadata }) => kind.startsWith("ClusterRole") && metadata.name.startsWith("external-dns"),
            ),
            { apiVersion: "v1", kind: "ServiceAccount", metadata: account },
            // As the tree gives it to each team, for routes of the team's namespace.
            ...own.filter(({ kind, metadata }) => kind === "Gateway" && metadata.name === "team-example"),
        );
    });
    after(async () => {
        await proxy.close();
        server.stop();
    });

    it("writes a record for an Ingress with a note of whose it is, and takes both away with it", async () => {
        await ingress("docs", `docs.${domain}`, "198.18.0.2");
        assert.deepEqual(await synchronized(), ["A docs 198.18.0.2", `TXT a-docs ${owner}`]);
        await run("delete", "ingress", "docs", "-n", "shop");
        assert.deepEqual(await synchronized(), []);
    });

    it("leaves a record that somebody else made, and other zones", async () => {
        const properties = { TTL: 300, ARecords: [{ ipv4Address: "198.18.0.1" }] };
        assert.equal((await subscription.arm("PUT", `${zone}/A/mail`, { properties }, "2018-05-01")).status, 201);
        await ingress("mail", `mail.${domain}`, "198.18.0.3");
        await ingress("other", "www.other.example", "198.18.0.3");
        assert.deepEqual(await synchronized(), ["A mail 198.18.0.1"]);
        assert.deepEqual(await records(zone.replace(domain, "other.example")), []);
        await run("delete", "ingress", "mail", "other", "-n", "shop");
    });

    it("writes a host below a team's part of the domain for routes of that team alone", async () => {
        const addresses = [{ type: "IPAddress", value: "198.18.0.4" }];
        await setStatus("gateway", "traefik", "team-example", { addresses });
        await route("team-example", "own", `www.team-example.${domain}`);
        await route("team-example", "outside", `www.${domain}`);
        await route("shop", "stranger", `pay.team-example.${domain}`);
        const added = (await synchronized()).filter((record) => record.endsWith(" 198.18.0.4"));
        assert.deepEqual(added, ["A www.team-example 198.18.0.4"]);
    });

    it("logs what Azure refuses to write, and ends well all the same", async () => {
        assert.equal((await subscription.arm("DELETE", assignment, undefined, "2022-04-01")).status, 200);
        await ingress("docs", `docs.${domain}`, "198.18.0.2");
        const { code, log } = await synchronize();
        assert.equal(code, 0, log);
        assert.match(log, /"level":"error".*Failed to update A record named 'docs'.*AuthorizationFailed/);
    });

    it("fails when another account is trusted in the place of its own", async () => {
        await trust("system:serviceaccount:external-dns:somebody");
        const { code, log } = await synchronize();
        assert.equal(code, 1, log);
        assert.match(log, /"level":"fatal".*AADSTS700213/);
    });

    /** The records of the zone after a round without an error. */
    async function synchronized(): Promise<string[]> {
        const { code, log } = await synchronize();
        assert.equal(code, 0, log);
        assert.doesNotMatch(log, /"level":"(error|fatal)"/);
        return records(zone);
    }

    async function synchronize(): Promise<{ code: number; log: string }> {
        const [pods] = livePods(live).filter(({ source }) => source.object.metadata.name === account.name);
        const args = field(pods?.spec, "containers.0.args") as string[];
        const [settings] = live.objects.filter(({ object }) => object.metadata.name === "external-dns-azure");
        const token = await tokenOf("api://AzureADTokenExchange");
        const files = {
            azure: file("azure.json", textAt(settings?.object, ["data", "azure.json"]) ?? ""),
            kubeconfig: file("external-dns.json", server.kubeconfig({ user: { token: await tokenOf() } })),
        };
        // After the pod's own: the last one counts.
        const places = [`--azure-config-file=${files.azure}`, `--kubeconfig=${files.kubeconfig}`];
        const env = {
            ...{ PATH: process.env.PATH, HOME: server.directory, ...proxy.environment },
            ...{ AZURE_CLIENT_ID: identity.clientId, AZURE_TENANT_ID: tenantId },
            AZURE_AUTHORITY_HOST: "https://login.microsoftonline.com/",
            AZURE_FEDERATED_TOKEN_FILE: file("token", token),
        };
        return new Promise((resolve) => {
            const all = [...args, ...places, "--metrics-address=127.0.0.1:0", "--once"];
            execFile(program, all, { env }, (error, _, log) => resolve({ code: error ? Number(error.code) : 0, log }));
        });
    }

    /** `A www 198.18.0.2`; of a text whose record it says that its namesake is. */
    async function records(of: string): Promise<string[]> {
        const { body } = await subscription.arm("GET", `${of}/recordsets`, undefined, "2018-05-01");
        return (body.value as RecordSet[])
            .map(({ type, name, properties: { ARecords = [], TXTRecords = [] } }) => {
                const addresses = ARecords.map(({ ipv4Address }) => ipv4Address);
                const owners = TXTRecords.map((text) => /external-dns\/owner=([^,"]+)/.exec(text.value.join())?.[1]);
                return [type.slice(type.lastIndexOf("/") + 1), name, ...addresses, ...owners].join(" ");
            })
            .sort();
    }

    async function makeAzure(): Promise<void> {
        // The tree's own sample of the group that holds the zone.
        const resourceGroupName = sampleVariables.resource_group;
        const location = "westeurope";
        const group = await subscription.make("resources:ResourceGroup", { resourceGroupName }, { location });
        const place = { resourceGroupName, resourceName: "id-external-dns" };
        const made = await subscription.make("managedidentity:UserAssignedIdentity", place, { location });
        identity = { id: String(made.id), clientId: String(made.clientId) };
        await trust(`system:serviceaccount:${account.namespace}:${account.name}`);
        const [own] = await Promise.all(
            [domain, "other.example"].map((zoneName) =>
                subscription.make("dns:Zone", { resourceGroupName, zoneName }, { location: "global" }),
            ),
        );
        zone = String(own?.id);
        assignment = String((await subscription.assign(made.principalId, roles.zoneContributor, zone)).body.id);
        await subscription.assign(made.principalId, roles.reader, group.id);
    }

    async function trust(subject: string): Promise<void> {
        const names = { resourceName: "id-external-dns", federatedIdentityCredentialResourceName: "external-dns" };
        await subscription.make(
            "managedidentity:FederatedIdentityCredential",
            { resourceGroupName: sampleVariables.resource_group, ...names },
            { issuer, subject, audiences: ["api://AzureADTokenExchange"] },
        );
    }

    async function issuerKeys(asked: string) {
        return asked === issuer
            ? (JSON.parse(await run("get", "--raw", "/openid/v1/jwks")) as { keys: Record<string, string>[] })
            : undefined;
    }

    async function tokenOf(audience?: string): Promise<string> {
        const args = audience === undefined ? [] : [`--audience=${audience}`];
        return (await run("create", "token", account.name, "-n", account.namespace, ...args)).trim();
    }

    async function ingress(name: string, host: string, ip: string): Promise<void> {
        const backend = { service: { name: "shop", port: { number: 80 } } };
        await apply({
            ...{ apiVersion: "networking.k8s.io/v1", kind: "Ingress", metadata: { name, namespace: "shop" } },
            spec: { rules: [{ host, http: { paths: [{ path: "/", pathType: "Prefix", backend }] } }] },
        });
        await setStatus("ingress", "shop", name, { loadBalancer: { ingress: [{ ip }] } });
    }

    async function route(namespace: string, name: string, hostname: string): Promise<void> {
        const parentRef = { name: "team-example", namespace: "traefik" };
        await apply({
            ...{ apiVersion: "gateway.networking.k8s.io/v1", kind: "HTTPRoute", metadata: { name, namespace } },
            spec: { parentRefs: [parentRef], hostnames: [hostname] },
        });
        const lastTransitionTime = new Date().toISOString();
        const accepted = { type: "Accepted", status: "True", reason: "Accepted", message: "", lastTransitionTime };
        const parents = [{ controllerName: "traefik.io/gateway-controller", parentRef, conditions: [accepted] }];
        await setStatus("httproute", namespace, name, { parents });
    }

    const setStatus = (kind: string, namespace: string, name: string, status: object) => {
        const patch = ["patch", kind, name, "-n", namespace, "--subresource=status", "--type=merge"];
        return run(...patch, "-p", JSON.stringify({ status }));
    };

    async function apply(...objects: object[]): Promise<void> {
        // A definition takes a moment to be served.
        for (let attempt = 0; ; attempt++) {
            const { failed, stderr } = await kubectl(server, ["apply", "--validate=false"], objects);
            if (!failed) {
                return;
            }
            assert.ok(attempt < 20, stderr);
        }
    }

    async function run(...args: string[]): Promise<string> {
        const { failed, stdout, stderr } = await kubectl(server, args);
        assert.equal(failed, false, stderr);
        return stdout;
    }

    function file(name: string, content: string): string {
        const to = path.join(server.directory, name);
        fs.writeFileSync(to, content, { mode: 0o600 });
        return to;
    }
});

const namespaceCalled = (name: string) => ({
    ...{ apiVersion: "v1", kind: "Namespace" },
    metadata: { name, labels: { "kubernetes.io/metadata.name": name } },
});

/** The Gateway API's, without their schemas. */
const definitions = [
    ["gateways", "Gateway"],
    ["httproutes", "HTTPRoute"],
].map(([plural, kind]) => ({
    ...{ apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition" },
    metadata: {
        name: `${plural}.gateway.networking.k8s.io`,
        annotations: { "api-approved.kubernetes.io": "unapproved, for a test" },
    },
    spec: {
        ...{ group: "gateway.networking.k8s.io", scope: "Namespaced", names: { plural, kind } },
        versions: [
            {
                ...{ name: "v1", served: true, storage: true, subresources: { status: {} } },
                schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
            },
        ],
    },
}));
