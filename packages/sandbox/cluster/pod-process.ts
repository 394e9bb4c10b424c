/**
 * One pod as a process of the host, from its start to its deletion: volumes, environment, readiness and restarts.
 * Not done: liveness probes, init and side containers, resource limits, security contexts.
 */
import { mkdirSync, rmSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { KubernetesApi } from "../kubernetes/api";
import { ApiError } from "../kubernetes/api-error";
import { describeExit, startProcess, type SupervisedProcess } from "../processes";
import { kubeconfig, writePrivate } from "./credentials";
import { type HostProgram, hostProgramOf } from "./host-programs";
import { mainContainer, type Pod } from "./pod";
import type { PodAddress } from "./pod-addresses";
import { ConfigurationError, containerEnvironment, expand, lookupIn } from "./pod-environment";
import type { PodLog } from "./pod-log";
import { now, PodStatus } from "./pod-status";
import { PodVolumes } from "./pod-volumes";

/** What the pods of a cluster have in common. */
export interface HostNode {
    readonly api: KubernetesApi;
    readonly server: string;
    readonly caPem: string;
    readonly binaries: string;
    readonly fluxDistribution: string;
    /** Folder of the pods' folders. */
    readonly pods: string;
    /** A folder with a short path, for TMPDIR: gpg's sockets have to fit in 108 characters. */
    readonly temporary: string;
    /** Folder of pid files. */
    readonly records: string;
    /** The way out of one pod. */
    readonly proxy: (pod: Pod) => Promise<EgressProxy>;
    /** Environment of every process, after the container's own: the certificate authority. */
    readonly environment: Readonly<Record<string, string>>;
}

/** A proxy that only those use who have its address. */
export interface EgressProxy {
    readonly url: string;
    readonly socksUrl: string;
    close(): Promise<void>;
}

const serviceAccountPath = "/var/run/secrets/kubernetes.io/serviceaccount";
const syncIntervalMs = 60_000;
const backOffMs = { first: 1000, most: 30_000, resetAfter: 60_000 };

export class PodProcess {
    private readonly aborted = new AbortController();
    private readonly program: HostProgram;
    private readonly folder: string;
    private readonly logFile: string;
    private readonly temporary: string;
    private readonly volumes: PodVolumes;
    private readonly status: PodStatus;
    private readonly lifetime: Promise<void>;
    private readonly proxy: Promise<EgressProxy>;
    private process: SupervisedProcess | undefined;
    private graceMs = 5000;

    constructor(
        private readonly node: HostNode,
        private readonly pod: Pod,
        readonly address: PodAddress,
        private readonly report: (message: string) => void,
    ) {
        this.program = hostProgramOf(mainContainer(pod).image)!;
        const { namespace, name, uid } = pod.metadata;
        this.folder = join(node.pods, `${namespace}_${name}`);
        this.logFile = join(this.folder, "log");
        this.temporary = join(node.temporary, uid.slice(0, 8));
        for (const folder of [this.folder, this.temporary, join(this.folder, "volumes")]) {
            mkdirSync(folder, { recursive: true, mode: 0o700 });
        }
        this.volumes = new PodVolumes(node.api, pod, address.podIp, this.folder, this.temporary);
        this.status = new PodStatus(node.api, pod, address.podIp);
        this.proxy = node.proxy(pod);
        this.lifetime = this.live();
    }

    /** The log of this container of this pod, if it is the one that runs. */
    logOf(namespace: string, name: string, container: string): PodLog | undefined {
        const { metadata } = this.pod;
        const isThis = metadata.namespace === namespace && metadata.name === name;
        return isThis && mainContainer(this.pod).name === container
            ? { file: this.logFile, ended: this.aborted.signal }
            : undefined;
    }

    running(): { name: string; pid: number } | undefined {
        return this.process?.running() ? { name: this.pod.metadata.name, pid: this.process.pid } : undefined;
    }

    /** Ends the process and removes all that it left except its log. */
    async stop(graceMs: number): Promise<void> {
        this.graceMs = graceMs;
        this.aborted.abort();
        await this.lifetime;
        await this.proxy.then((proxy) => proxy.close());
        rmSync(this.temporary, { recursive: true, force: true });
        rmSync(join(this.folder, "volumes"), { recursive: true, force: true });
        rmSync(join(this.folder, "kubeconfig"), { force: true });
    }

    private async live(): Promise<void> {
        for (let delay = backOffMs.first; !this.aborted.signal.aborted; delay = Math.min(delay * 2, backOffMs.most)) {
            const began = Date.now();
            try {
                await this.runOnce();
            } catch (error) {
                await this.explain(error);
            }
            if (Date.now() - began > backOffMs.resetAfter) {
                delay = backOffMs.first;
            }
            await this.pause(delay);
        }
    }

    /** From the start of the process to its end. */
    private async runOnce(): Promise<void> {
        await this.volumes.sync();
        const startedAt = now();
        const process = await this.start();
        this.process = process;
        try {
            await this.status.running(startedAt, false);
            await Promise.all([this.followReadiness(process, startedAt), this.followVolumes(process)]);
        } finally {
            await process.stop(this.graceMs);
        }
        if (!this.aborted.signal.aborted) {
            const exit = await process.exited;
            this.report(`${this.pod.metadata.name} ended with ${describeExit(exit)}; its log is in ${this.logFile}`);
            this.status.ended(startedAt, exit);
            await this.status.waiting("CrashLoopBackOff", "back-off restarting the container that ended");
        }
    }

    private async start(): Promise<SupervisedProcess> {
        const { namespace, name, uid } = this.pod.metadata;
        const container = mainContainer(this.pod);
        const lookup = lookupIn(this.node.api, namespace!);
        const own = await containerEnvironment(this.pod, this.address.podIp, lookup);
        const proxy = await this.proxy;
        const mapped = Object.entries(own).map(([key, value]) => [key, this.volumes.mapPath(value)]);
        const env = {
            PATH: process.env.PATH ?? "",
            ...(Object.fromEntries(mapped) as Record<string, string>),
            RUNTIME_NAMESPACE: own.RUNTIME_NAMESPACE ?? namespace!,
            ...this.program.env,
            ...this.node.environment,
            HTTP_PROXY: proxy.url,
            HTTPS_PROXY: proxy.url,
            ALL_PROXY: proxy.socksUrl,
            HOME: this.temporary,
            TMPDIR: this.temporary,
            KUBECONFIG: this.writeKubeconfig(),
        };
        const { loopback } = this.address;
        const { fluxDistribution } = this.node;
        const args = [...(container.command?.slice(1) ?? []), ...(container.args ?? [])].map((arg) =>
            this.volumes.mapPath(expand(arg, own)),
        );
        return startProcess({
            name: `pod-${namespace}-${name}-${uid.slice(0, 8)}`,
            command: join(this.node.binaries, this.program.name),
            args: [...args, ...this.program.flags({ address: loopback, folder: this.folder, fluxDistribution })],
            env,
            cwd: this.temporary,
            logFile: this.logFile,
            records: this.node.records,
        });
    }

    /** The pod acts as its own service account, so that its rights are those that RBAC gives it. */
    private writeKubeconfig(): string {
        const file = join(this.folder, "kubeconfig");
        const tokenFile = this.volumes.mapPath(`${serviceAccountPath}/token`);
        if (tokenFile.startsWith(serviceAccountPath)) {
            throw new ConfigurationError("The pod mounts no service account token: set automountServiceAccountToken.");
        }
        const { server, caPem } = this.node;
        const namespace = this.pod.metadata.namespace!;
        writePrivate(file, kubeconfig("in-cluster", { server, caPem, namespace, user: { tokenFile } }));
        return file;
    }

    private async followReadiness(process: SupervisedProcess, startedAt: string): Promise<void> {
        let reported = false;
        while (this.lasts(process)) {
            const ready = await this.probe();
            if (ready !== reported && this.lasts(process)) {
                await this.status
                    .running(startedAt, ready)
                    .then(() => (reported = ready))
                    .catch((error: unknown) => this.report(`${this.pod.metadata.name}: ${String(error)}`));
            }
            await Promise.race([process.exited, this.pause(reported ? 5000 : 200)]);
        }
    }

    private async followVolumes(process: SupervisedProcess): Promise<void> {
        while (this.lasts(process)) {
            await Promise.race([process.exited, this.pause(syncIntervalMs)]);
            if (this.lasts(process)) {
                await this.volumes
                    .sync()
                    .catch((error: unknown) => this.report(`${this.pod.metadata.name}: ${String(error)}`));
            }
        }
    }

    private lasts(process: SupervisedProcess): boolean {
        return process.running() && !this.aborted.signal.aborted;
    }

    private probe(): Promise<boolean> {
        const container = mainContainer(this.pod);
        const http = container.readinessProbe?.httpGet;
        if (!http) {
            return Promise.resolve(true);
        }
        const named = container.ports?.find(({ name }) => name === http.port)?.containerPort;
        const url = `http://${this.address.loopback}:${named ?? http.port}${http.path ?? "/"}`;
        return new Promise((resolve) => {
            const request = get(url, { timeout: 1000 }, (response) => {
                response.resume();
                resolve((response.statusCode ?? 500) < 400);
            });
            request.on("timeout", () => request.destroy());
            request.on("error", () => resolve(false));
        });
    }

    private async explain(error: unknown): Promise<void> {
        const message = error instanceof Error ? error.message : String(error);
        if (this.aborted.signal.aborted || (error instanceof ApiError && error.status === 404)) {
            return;
        }
        this.report(`${this.pod.metadata.name}: ${message}`);
        const reason = error instanceof ConfigurationError ? "CreateContainerConfigError" : "RunContainerError";
        await this.status.waiting(reason, message).catch((failure: unknown) => this.report(String(failure)));
    }

    private async pause(ms: number): Promise<void> {
        await sleep(ms, undefined, { signal: this.aborted.signal }).catch(() => undefined);
    }
}
