import * as assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "node:tls";
import { ensureToolchain, type Toolchain } from "@landfall/toolchain";
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from "jose";
import { parse } from "yaml";
import { type AccessReview, type Cluster, startCluster } from "../../cluster/cluster";
import { tokenAccess } from "../../kubernetes/access";
import { KubernetesApi } from "../../kubernetes/api";
import { type Authority, loadOrCreateAuthority } from "../../network/authority";
import { startProxy } from "../../network/proxy";
import { through } from "../support/through-proxy";

const fqdn = "aks-test-0a1b2c3d.hcp.westeurope.azmk8s.io";
const issuer = "https://westeurope.oic.prod-aks.azure.com/tenant/cluster/";
const clientId = "33333333-3333-3333-3333-333333333333";

/** An API object as it is read here: any path, every leaf optional. */
interface Found {
    readonly status?: Readonly<Record<string, unknown>>;
    readonly spec?: Readonly<Record<string, unknown>>;
}

describe("a sandbox cluster", function () {
    this.timeout(60_000);
    let toolchain: Toolchain;
    let directory: string;
    let authority: Authority;
    let cluster: Cluster;
    let api: KubernetesApi;
    let proxyUrl: string;
    const reviews: AccessReview[] = [];

    async function start(): Promise<void> {
        const { binaries, fluxDistribution } = toolchain;
        cluster = await startCluster({
            ...{ name: "aks-test", binaries, fluxDistribution, fqdn, issuer, authority },
            directory: join(directory, "cluster"),
            serviceCidr: "10.0.0.0/16",
            nodes: [{ name: "aks-system-1", labels: { agentpool: "system" }, zone: "westeurope-1" }],
            proxy: async (routes) => {
                const proxy = await startProxy({ routes, authority, report: console.error });
                proxyUrl = proxy.url;
                return proxy;
            },
            authorize: (review) => {
                reviews.push(review);
                return Promise.resolve(review.verb === "list");
            },
            workloadIdentity: { tenantId: "tenant", authorityHost: "https://login.microsoftonline.com/" },
        });
        api = await adminApi(cluster);
    }

    before(async () => {
        toolchain = await ensureToolchain({ log: (line) => console.error(line) });
        directory = await mkdtemp(join(tmpdir(), "landfall-cluster-"));
        authority = await loadOrCreateAuthority(directory);
        await start();
        await runFluxOperator(api, toolchain.fluxOperatorSource);
    });

    after(async () => {
        api.close();
        await cluster.stop();
        await rm(directory, { recursive: true });
    });

    it("serves a certificate of the sandbox's authority for the cluster's host name", async () => {
        const socket = connect({
            host: "127.0.0.1",
            port: cluster.port,
            servername: fqdn,
            ca: authority.certificatePem,
        });
        await new Promise<void>((resolve, reject) => socket.once("secureConnect", resolve).once("error", reject));
        assert.equal(socket.authorized, true);
        socket.destroy();
    });

    it("keeps the admin's credentials to their owner", async () => {
        assert.equal((await stat(cluster.adminKubeconfig)).mode & 0o777, 0o600);
    });

    it("signs service account tokens with the keys that it publishes", async () => {
        const path = "/api/v1/namespaces/default/serviceaccounts/default/token";
        const spec = { audiences: ["api://AzureADTokenExchange"] };
        const { status } = await api.create<{ status: { token: string } }>(path, { spec });
        const keys = createLocalJWKSet((await cluster.jwks()) as JSONWebKeySet);
        const { payload } = await jwtVerify(status.token, keys, { issuer, audience: "api://AzureADTokenExchange" });
        assert.equal(payload.sub, "system:serviceaccount:default:default");
    });

    it("asks Azure when RBAC has no opinion on a user of the tenant, and never on service accounts", async () => {
        reviews.length = 0;
        assert.equal(await allowed(api, clientId, "list"), true);
        assert.equal(await allowed(api, clientId, "delete"), false);
        assert.equal(await allowed(api, "system:serviceaccount:default:default", "list"), false);
        assert.deepEqual(
            reviews.map(({ user, verb, resource, namespace }) => [user, verb, resource, namespace]),
            [
                [clientId, "list", "secrets", "default"],
                [clientId, "delete", "secrets", "default"],
            ],
        );
    });

    it("makes Deployments available, completes Jobs, gives addresses and binds volumes", async () => {
        await api.create("/apis/apps/v1/namespaces/default/deployments", deployment("web", "nginx"));
        const template = { spec: { restartPolicy: "Never", containers: [{ name: "main", image: "busybox" }] } };
        await api.create("/apis/batch/v1/namespaces/default/jobs", { metadata: { name: "job" }, spec: { template } });
        const ports = [{ port: 80 }];
        const service = { metadata: { name: "web" }, spec: { type: "LoadBalancer", ports, selector: { app: "web" } } };
        await api.create("/api/v1/namespaces/default/services", service);
        const claim = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } };
        const claims = "/api/v1/namespaces/default/persistentvolumeclaims";
        await api.create(claims, { metadata: { name: "data" }, spec: claim });

        await until(
            "Deployment",
            async () => (await find("apps/v1", "deployments/web"))?.status?.availableReplicas === 1,
        );
        await until("Job", async () => (await find("batch/v1", "jobs/job"))?.status?.succeeded === 1);
        await until("Service", async () =>
            JSON.stringify((await find("v1", "services/web"))?.status).includes('"ip":"198.18.'),
        );
        await until("claim", async () => (await find("v1", "persistentvolumeclaims/data"))?.status?.phase === "Bound");
    });

    it("runs pods of known images as processes under their own service account", async () => {
        await until("flux-operator", ready);
        const pod = operator();
        assert.match(await readFile(`/proc/${pod.pid}/cmdline`, "utf8"), /^[^\0]*flux-operator\0/);
        const environment = await environmentOf(pod.pid);
        const config = parse(await readFile(environment.KUBECONFIG!, "utf8")) as {
            users: { user: { tokenFile: string } }[];
        };
        const claims = claimsOf(await readFile(config.users[0]!.user.tokenFile, "utf8"));
        assert.equal(claims.sub, "system:serviceaccount:flux-system:flux-operator");
    });

    it("gives pods that ask for it the workload identity of their service account", async () => {
        const environment = await environmentOf(operator().pid);
        assert.equal(environment.AZURE_CLIENT_ID, clientId);
        assert.equal(environment.AZURE_TENANT_ID, "tenant");
        const file = environment.AZURE_FEDERATED_TOKEN_FILE!;
        assert.equal((await stat(file)).mode & 0o777, 0o600);
        const claims = claimsOf(await readFile(file, "utf8"));
        assert.deepEqual([claims.iss, claims.aud], [issuer, ["api://AzureADTokenExchange"]]);
    });

    it("gives the logs of processes to kubectl, by name or selector, and says why other pods have none", async () => {
        const log = await readFile(join(directory, "cluster", "pods", `flux-system_${operator().name}`, "log"), "utf8");
        const [first = ""] = log.split("\n");
        assert.match(first, /"ts":/);
        const shown = await kubectl("logs", "--namespace=flux-system", operator().name);
        assert.equal(shown.output.split("\n")[0], first);
        const selected = await kubectl("logs", "--namespace=flux-system", "--selector=app=flux-operator", "--tail=1");
        assert.equal(selected.output.trim().split("\n").length, 1, selected.output);
        const { code, output } = await kubectl("logs", "deployment/web");
        assert.equal(code, 1);
        assert.match(output, /container main of pod default\/web-\S+ does not run, so it has no log: .*kwok/);
    });

    it("says what is behind a Service that does not answer", async () => {
        const missing = await through(proxyUrl, "http://missing.default.svc.cluster.local/");
        assert.match(missing, /^503 there is no Service default\/missing/);
        await until("endpoints", async () =>
            (await through(proxyUrl, "http://web.default.svc.cluster.local./")).includes("simulated by kwok"),
        );
    });

    it("restarts a process that ends, and counts it", async () => {
        process.kill(operator().pid, "SIGKILL");
        await until("a restart", async () => JSON.stringify(await operatorPods()).includes('"restartCount":1'));
        await until("flux-operator", ready);
    });

    it("ends the process of a deleted pod and leaves none of its secrets", async () => {
        const { name, pid } = operator();
        await api.delete(`/api/v1/namespaces/flux-system/pods/${name}`);
        await until("the end", async () => !(await operatorPods()).items.some((pod) => pod.metadata.name === name));
        assert.equal(isRunning(pid), false);
        assert.deepEqual(await readdir(join(directory, "cluster", "pods", `flux-system_${name}`)), ["log"]);
    });

    it("stops without leaving a process, and starts again from its folder", async () => {
        const before = cluster.processes();
        const { uid } = cluster;
        api.close();
        await cluster.stop();
        assert.deepEqual(
            before.filter(({ pid }) => isRunning(pid)),
            [],
        );
        await start();
        assert.equal(cluster.uid, uid);
        await until("flux-operator", ready);
    });

    function kubectl(...args: string[]): Promise<{ code: number; output: string }> {
        const program = join(toolchain.binaries, "kubectl");
        return new Promise((resolve) => {
            execFile(program, [`--kubeconfig=${cluster.adminKubeconfig}`, ...args], (error, stdout, stderr) =>
                resolve({ code: error ? 1 : 0, output: stdout + stderr }),
            );
        });
    }

    const find = (group: string, path: string) =>
        api.find<Found>(`/${group === "v1" ? "api" : "apis"}/${group}/namespaces/default/${path}`);
    const operatorPods = () =>
        api.get<{ items: { metadata: { name: string } }[] }>("/api/v1/namespaces/flux-system/pods");
    const ready = async () => {
        const found = await api.find<Found>("/apis/apps/v1/namespaces/flux-system/deployments/flux-operator");
        return found?.status?.readyReplicas === 1 && cluster.processes().length === 6;
    };
    const operator = () => cluster.processes().find(({ name }) => name.startsWith("flux-operator-"))!;
});

async function adminApi(cluster: Cluster): Promise<KubernetesApi> {
    const config = parse(await readFile(cluster.adminKubeconfig, "utf8")) as {
        clusters: { cluster: { server: string } }[];
        users: { user: { token: string } }[];
    };
    const { server } = config.clusters[0]!.cluster;
    return new KubernetesApi(tokenAccess({ server, caPem: cluster.caPem, token: config.users[0]!.user.token }));
}

function deployment(name: string, image: string, pod: object = {}, labels: object = {}): object {
    const template = {
        metadata: { labels: { app: name, ...labels } },
        spec: { containers: [{ name: "main", image }], ...pod },
    };
    const selector = { matchLabels: { app: name } };
    return { apiVersion: "apps/v1", kind: "Deployment", metadata: { name }, spec: { selector, template } };
}

async function runFluxOperator(api: KubernetesApi, source: string): Promise<void> {
    const bases = join(source, "config", "crd", "bases");
    for (const file of await readdir(bases)) {
        const definition = parse(await readFile(join(bases, file), "utf8")) as { metadata: { name: string } };
        await api.apply(
            `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${definition.metadata.name}`,
            definition,
        );
    }
    const [name, namespace] = ["flux-operator", "flux-system"];
    await api.create("/api/v1/namespaces", { metadata: { name: namespace } });
    const annotations = { "azure.workload.identity/client-id": clientId };
    await api.create(`/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name, annotations } });
    await api.create("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", {
        metadata: { name },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
        subjects: [{ kind: "ServiceAccount", name, namespace }],
    });
    const image = "ghcr.io/controlplaneio-fluxcd/flux-operator:v0.59.0";
    const readinessProbe = { httpGet: { path: "/readyz", port: 8081 } };
    const pod = { serviceAccountName: name, containers: [{ name: "manager", image, readinessProbe }] };
    const labelled = deployment(name, image, pod, { "azure.workload.identity/use": "true" });
    await api.create(`/apis/apps/v1/namespaces/${namespace}/deployments`, labelled);
}

async function allowed(api: KubernetesApi, user: string, verb: string): Promise<boolean> {
    const resourceAttributes = { namespace: "default", verb, resource: "secrets" };
    const review = await api.create<{ status: { allowed: boolean } }>(
        "/apis/authorization.k8s.io/v1/subjectaccessreviews",
        { spec: { user, resourceAttributes } },
    );
    return review.status.allowed;
}

async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
    for (const deadline = Date.now() + 20_000; !(await condition()); await sleep(100)) {
        assert.ok(Date.now() < deadline, `${what} after 20 s`);
    }
}

async function environmentOf(pid: number): Promise<Record<string, string>> {
    const entries = (await readFile(`/proc/${pid}/environ`, "utf8")).split("\0").filter(Boolean);
    return Object.fromEntries(entries.map((entry) => entry.split(/=(.*)/s).slice(0, 2) as [string, string]));
}

function claimsOf(token: string): { iss: string; sub: string; aud: string[] } {
    const payload = Buffer.from(token.split(".")[1]!, "base64url").toString("utf8");
    return JSON.parse(payload) as { iss: string; sub: string; aud: string[] };
}

function isRunning(pid: number): boolean {
    try {
        return process.kill(pid, 0);
    } catch {
        return false;
    }
}
