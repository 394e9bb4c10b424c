/** An AKS cluster made of host processes: a real control plane, real Flux, and kwok for every other pod. */
import { appendFileSync, mkdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { tokenAccess } from "../kubernetes/access";
import { KubernetesApi } from "../kubernetes/api";
import type { KubernetesObject } from "../kubernetes/object";
import type { Authority } from "../network/authority";
import { freePort } from "../network/free-port";
import type { Route } from "../network/route";
import { operators } from "../operators/all";
import { Operators } from "../operators/operators";
import { accessFlags, type AccessReview, type EntraTrust } from "./access";
import { AdmissionsEnforcer, kubeSystemLabels } from "./admissions-enforcer";
import { applyAksKinds } from "./aks-kinds";
import { clearCluster, recordsOf } from "./clear-cluster";
import { startControlPlane, stopControlPlane } from "./control-plane";
import { type Credentials, kubeconfig, prepareCredentials, writePrivate } from "./credentials";
import { Egress } from "./egress";
import type { KeptProcess } from "./kept-process";
import { type KubeletOptions, startKubelet } from "./kubelet";
import { NodeAgent } from "./node-agent";
import { applyNodes, type NodeSpec } from "./nodes";
import { PodAddresses } from "./pod-addresses";
import type { EgressProxy, HostNode } from "./pod-process";
import { serviceRoutes } from "./service-routes";
import { makeShortFolder } from "./short-folder";
import { applyStorageClasses } from "./storage-classes";
import { WebhookTrust } from "./webhook-trust";
import { startWebhooks, type Webhooks } from "./webhooks";
import { mutatePod, registerWorkloadIdentity, type WorkloadIdentity } from "./workload-identity";

export type { AccessReview } from "./access";

const bootstrapTimeoutMs = 30_000;
const kubeSystemPath = "/api/v1/namespaces/kube-system";

export interface ClusterOptions {
    /** AKS cluster name. */
    readonly name: string;
    /** State folder of this cluster, mode 0700. What is in it from an earlier start is used again. */
    readonly directory: string;
    /** Folder with etcd, kube-apiserver, kube-controller-manager, kube-scheduler, kwok and the programs of Flux. */
    readonly binaries: string;
    /** flux-operator's distribution manifests: the folder config/data of its module. */
    readonly fluxDistribution: string;
    /** API server host name, which its certificate is for. */
    readonly fqdn: string;
    /** Service account issuer URL. */
    readonly issuer: string;
    readonly serviceCidr: string;
    readonly nodes: readonly NodeSpec[];
    readonly authority: Authority;
    /** Environment of the host's programs that says whose signatures count. Default: as they have it built in. */
    readonly trust?: Readonly<Record<string, string>>;
    /** Starts an egress proxy with these routes in front of the world's: one for the cluster, and one for each pod. */
    readonly proxy: (clusterRoutes: Route[]) => Promise<EgressProxy>;
    /** The tenant whose access tokens the API server accepts. */
    readonly entra?: EntraTrust;
    /** Asked after RBAC has no opinion, about users that are not `system:` ones. */
    readonly authorize: (review: AccessReview) => Promise<boolean>;
    /** Absent on a cluster without the workload identity add-on. */
    readonly workloadIdentity?: WorkloadIdentity;
}

export interface Cluster {
    /** The API server's port on 127.0.0.1. */
    readonly port: number;
    readonly caPem: string;
    /** Of the namespace kube-system, which is taken for the identity of a cluster. */
    readonly uid: string;
    /** Path of a kubeconfig of a member of system:masters, mode 0600. */
    readonly adminKubeconfig: string;
    /** The keys of the service account issuer, as its OIDC document publishes them. */
    jwks(): Promise<object>;
    setNodes(nodes: readonly NodeSpec[]): Promise<void>;
    processes(): { name: string; pid: number }[];
    /** Ends everything that runs. The state folder stays. */
    stop(): Promise<void>;
}

/**
 * Starts a cluster and waits until its nodes and default service account are there. Processes that an earlier start
 * left behind are ended first. Throws with the log of the program that failed; then nothing is left running.
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
    mkdirSync(options.directory, { recursive: true, mode: 0o700 });
    await clearCluster(options.directory);
    const stops: Stop[] = [];
    try {
        return await start(options, stops);
    } catch (error) {
        await stopAll(stops);
        throw error;
    }
}

type Stop = () => Promise<unknown>;

async function start(options: ClusterOptions, stops: Stop[]): Promise<Cluster> {
    const { authority, directory } = options;
    const report = (message: string) =>
        appendFileSync(join(directory, "cluster.log"), `${new Date().toISOString()} ${message}\n`, { mode: 0o600 });
    const credentials = await prepareCredentials(directory, authority, apiServerNames(options));
    const port = await freePort();
    const server = `https://127.0.0.1:${port}`;
    const api = new KubernetesApi(
        tokenAccess({ server, caPem: authority.certificatePem, token: credentials.adminToken }),
    );
    stops.push(() => Promise.resolve(api.close()));

    const addresses = new PodAddresses();
    const services = serviceRoutes({ api, addresses });
    const proxy = await options.proxy(services);
    stops.push(() => proxy.close());
    const webhooks = await startWebhooks({
        ...{ authority, report, token: credentials.webhookToken, authorize: options.authorize },
        mutatePod: (request) => mutatePod(api, options.workloadIdentity!, request),
    });
    stops.push(() => webhooks.close());

    const running: { agent?: NodeAgent } = {};
    const logOf: KubeletOptions["logOf"] = (...container) => running.agent?.logOf(...container);
    const kubelet = await startKubelet({ authority, directory, report, logOf });
    stops.push(() => kubelet.close());

    const { authorizeUrl } = webhooks;
    const kubeletFlags = kubelet.apiServerFlags;
    const programs = { api, server, port, credentials, proxyUrl: proxy.url, authorizeUrl, kubeletFlags, report };
    const controlPlane = await startPrograms(options, programs, stops);
    const uid = await bootstrap(options, api, webhooks, kubelet.port);
    const egress = new Egress(api);
    const node = hostNode(options, api, server, (pod) => options.proxy([egress.fence(pod), ...services]));
    stops.push(() => rm(node.temporary, { recursive: true, force: true }));
    const agent = new NodeAgent(node, addresses, report);
    running.agent = agent;
    stops.push(() => agent.stop());
    const tenantId = options.workloadIdentity?.tenantId;
    const standIns = new Operators(operators, { admin: api, authority, proxyUrl: proxy.url, tenantId }, report);
    stops.push(() => standIns.stop());
    const trust = new WebhookTrust(api, Buffer.from(authority.certificatePem).toString("base64"), report);
    stops.push(() => trust.stop());
    const enforcer = new AdmissionsEnforcer(api, report);
    stops.push(() => enforcer.stop());
    return {
        ...{ port, uid, adminKubeconfig: adminKubeconfigOf(directory), caPem: authority.certificatePem },
        jwks: () => api.get<object>("/openid/v1/jwks"),
        setNodes: (nodes) => applyNodes(api, nodes, kubelet.port),
        processes: () => [...controlPlane.flatMap((each) => each.running() ?? []), ...agent.processes()],
        stop: () => stopAll(stops),
    };
}

interface Programs {
    readonly api: KubernetesApi;
    readonly server: string;
    readonly port: number;
    readonly credentials: Credentials;
    readonly proxyUrl: string;
    readonly authorizeUrl: string;
    readonly kubeletFlags: readonly string[];
    readonly report: (message: string) => void;
}

/** The control plane's processes, with the configuration files that they read. */
async function startPrograms(
    options: ClusterOptions,
    programs: Programs,
    stops: Stop[],
): Promise<readonly KeptProcess[]> {
    const { authority, directory, entra } = options;
    const { server, credentials, authorizeUrl } = programs;
    const adminKubeconfig = adminKubeconfigOf(directory);
    const admin = { server, caPem: authority.certificatePem, user: { token: credentials.adminToken } };
    writePrivate(adminKubeconfig, kubeconfig(options.name, admin));
    const webhook = { url: authorizeUrl, token: credentials.webhookToken };
    const access = accessFlags({ authority, directory, webhook, entra });
    const processes: KeptProcess[] = [];
    stops.push(() => stopControlPlane(processes));
    await startControlPlane(
        { ...options, ...programs, adminKubeconfig, accessFlags: access, caFile: authority.certificateFile },
        (process) => processes.push(process),
    );
    return processes;
}

function adminKubeconfigOf(directory: string): string {
    return join(directory, "admin.kubeconfig");
}

/** What has to be there before a workload: nodes, storage, the webhook, and what the controller manager makes. */
async function bootstrap(
    options: ClusterOptions,
    api: KubernetesApi,
    webhooks: Webhooks,
    kubeletPort: number,
): Promise<string> {
    await Promise.all([
        applyNodes(api, options.nodes, kubeletPort),
        applyStorageClasses(api),
        applyAksKinds(api),
        options.workloadIdentity && registerWorkloadIdentity(api, options.authority, webhooks.mutateUrl),
    ]);
    await appears(api, "/api/v1/namespaces/default/serviceaccounts/default");
    const kubeSystem = await appears(api, kubeSystemPath);
    await api.merge(kubeSystemPath, { metadata: { labels: kubeSystemLabels } });
    return kubeSystem.metadata.uid;
}

async function appears(api: KubernetesApi, path: string): Promise<KubernetesObject> {
    for (const deadline = Date.now() + bootstrapTimeoutMs; Date.now() < deadline; await sleep(50)) {
        const object = await api.find<KubernetesObject>(path);
        if (object) {
            return object;
        }
    }
    throw new Error(`${path} does not appear: see kube-controller-manager.log and kube-apiserver.log.`);
}

function apiServerNames({ fqdn }: ClusterOptions): string[] {
    const service = [
        "kubernetes",
        "kubernetes.default",
        "kubernetes.default.svc",
        "kubernetes.default.svc.cluster.local",
    ];
    return [fqdn, "localhost", "127.0.0.1", ...service];
}

function hostNode(options: ClusterOptions, api: KubernetesApi, server: string, proxy: HostNode["proxy"]): HostNode {
    const { directory, binaries, fluxDistribution, authority, trust } = options;
    return {
        ...{ api, server, binaries, fluxDistribution, proxy, caPem: authority.certificatePem },
        pods: join(directory, "pods"),
        temporary: makeShortFolder(directory),
        records: recordsOf(directory),
        environment: {
            NO_PROXY: "127.0.0.0/8,localhost",
            SSL_CERT_FILE: authority.certificateFile,
            GIT_SSL_CAINFO: authority.certificateFile,
            ...trust,
        },
    };
}

async function stopAll(stops: Stop[]): Promise<void> {
    const failures: unknown[] = [];
    for (const stop of stops.splice(0).reverse()) {
        await stop().catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) {
        throw new AggregateError(failures, `The cluster did not stop cleanly: ${failures.map(String).join("; ")}`);
    }
}
