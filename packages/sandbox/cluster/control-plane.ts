/**
 * etcd, the API server, the controller manager, the scheduler and kwok as host processes. What this does not prove:
 * durability (etcd does not sync), node failures (the node lifecycle controller is off), capacity (a node holds
 * whatever is asked of it), network policies (`egress.ts` has what is) and volumes (a claim is bound without a disk).
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { KubernetesApi } from "../kubernetes/api";
import { type Credentials, writePrivate } from "./credentials";
import { hostProgramImage } from "./host-programs";
import { keepProcess, type KeptProcess } from "./kept-process";

/** Pods that kwok plays have addresses in this half of AKS's default pod range; the node agent gives out the other. */
const kwokPodCidr = "10.244.128.0/17";

export interface ControlPlaneOptions {
    readonly api: KubernetesApi;
    /** Where the admin kubeconfig is; every program of the control plane uses it. */
    readonly adminKubeconfig: string;
    readonly directory: string;
    readonly binaries: string;
    readonly issuer: string;
    readonly serviceCidr: string;
    readonly caFile: string;
    readonly credentials: Credentials;
    /** Authentication and authorization flags of the API server. */
    readonly accessFlags: readonly string[];
    /** Flags that let the API server ask the nodes' kubelet. */
    readonly kubeletFlags: readonly string[];
    readonly port: number;
    readonly proxyUrl: string;
    /** Hears of programs that ended by themselves and are started again. */
    readonly report: (message: string) => void;
}

/**
 * Starts everything and waits until the API server is ready; the others follow within a second. `started` hears of each
 * program at once, so that a failed start can end those that run. Throws with the log of the program that failed.
 */
export async function startControlPlane(
    options: ControlPlaneOptions,
    started: (process: KeptProcess) => void,
): Promise<void> {
    const { directory, adminKubeconfig } = options;
    writePrivate(join(directory, "stages.yaml"), kwokStages());
    const run = async (name: string, args: string[], env: Record<string, string> = {}) => {
        const program = {
            ...{ name, args, env, cwd: directory },
            command: join(options.binaries, name),
            logFile: join(directory, `${name}.log`),
            records: join(directory, "processes"),
        };
        const process = await keepProcess(program, options.report);
        started(process);
        return process;
    };
    await run("etcd", etcdFlags);
    const apiServer = await run("kube-apiserver", apiServerFlags(options), proxyEnvironment(options.proxyUrl));
    await apiServer.ready(() => options.api.ready());
    await Promise.all([
        run("kube-controller-manager", controllerManagerFlags(options)),
        run("kube-scheduler", [...clientFlags(adminKubeconfig), "--leader-elect=false", "--secure-port=0"]),
        run("kwok", kwokFlags(adminKubeconfig)),
    ]);
}

/**
 * Ends the processes of a control plane: etcd last, the others at once, because they keep nothing that a slow end would
 * save.
 */
export async function stopControlPlane(processes: readonly KeptProcess[]): Promise<void> {
    const etcd = processes.filter(({ name }) => name === "etcd");
    const clients = processes.filter(({ name }) => name !== "etcd");
    await Promise.all(clients.map((process) => process.stop(300)));
    await Promise.all(etcd.map((process) => process.stop(3000)));
}

/** Sockets in the state folder instead of ports: etcd has no authentication of its own, and holds every Secret. */
const etcdFlags = [
    "--data-dir=etcd",
    "--unsafe-no-fsync",
    "--listen-client-urls=unix://etcd.sock",
    "--advertise-client-urls=unix://etcd.sock",
    "--listen-peer-urls=unix://etcd-peer.sock",
    "--initial-advertise-peer-urls=unix://etcd-peer.sock",
    "--initial-cluster=default=unix://etcd-peer.sock",
    "--log-level=warn",
];

function apiServerFlags(options: ControlPlaneOptions): string[] {
    const { credentials } = options;
    return [
        "--etcd-servers=unix://etcd.sock",
        "--bind-address=127.0.0.1",
        // Otherwise it looks for one of the machine's own, and ends on a machine without a network.
        "--advertise-address=127.0.0.1",
        `--secure-port=${options.port}`,
        "--cert-dir=.",
        `--tls-cert-file=${credentials.servingCertificateFile}`,
        `--tls-private-key-file=${credentials.servingKeyFile}`,
        `--token-auth-file=${credentials.tokenFile}`,
        `--service-cluster-ip-range=${options.serviceCidr}`,
        `--service-account-issuer=${options.issuer}`,
        `--service-account-jwks-uri=${options.issuer.replace(/\/$/, "")}/openid/v1/jwks`,
        `--service-account-key-file=${credentials.serviceAccountKeyFile}`,
        `--service-account-signing-key-file=${credentials.serviceAccountKeyFile}`,
        // As on AKS: pod security decides, not the API server's validation.
        "--allow-privileged=true",
        // The taint it puts on a new node is the node lifecycle controller's to take away.
        "--disable-admission-plugins=TaintNodesByCondition",
        "--endpoint-reconciler-type=none",
        ...options.accessFlags,
        ...options.kubeletFlags,
    ];
}

function controllerManagerFlags(options: ControlPlaneOptions): string[] {
    const without = ["node-lifecycle-controller", "persistentvolume-attach-detach-controller"];
    return [
        ...clientFlags(options.adminKubeconfig),
        "--leader-elect=false",
        "--secure-port=0",
        // A quota begins to count a new kind at the next look at all quotas, and until then refuses what is of it. By
        // default that is every five minutes.
        "--resource-quota-sync-period=20s",
        `--controllers=*,${without.map((name) => `-${name}`).join(",")}`,
        `--root-ca-file=${options.caFile}`,
        `--service-account-private-key-file=${options.credentials.serviceAccountKeyFile}`,
    ];
}

function clientFlags(adminKubeconfig: string): string[] {
    return [`--kubeconfig=${adminKubeconfig}`, "--kube-api-qps=500", "--kube-api-burst=1000"];
}

function kwokFlags(adminKubeconfig: string): string[] {
    return [
        `--kubeconfig=${adminKubeconfig}`,
        "--config=stages.yaml",
        "--manage-all-nodes=true",
        `--cidr=${kwokPodCidr}`,
        "--node-lease-duration-seconds=0",
    ];
}

function kwokStages(): string {
    return readFileSync(join(__dirname, "stages.yaml"), "utf8").replaceAll("HOST_PROGRAMS", hostProgramImage);
}

/** Sends the API server's own requests (discovery of the token issuer, webhooks of charts) through the proxy. */
function proxyEnvironment(proxyUrl: string): Record<string, string> {
    return { HTTPS_PROXY: proxyUrl, HTTP_PROXY: proxyUrl, NO_PROXY: "127.0.0.1,localhost" };
}
