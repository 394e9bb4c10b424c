import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import type { ClusterHost, ClusterSpec, NodeSpec, RunningCluster } from "../azure/aks/clusters";
import { issuerOf } from "../azure/entra/discovery";
import { aksServerId } from "../azure/entra/entra";
import { type AccessReview, type Cluster, startCluster } from "../cluster/cluster";
import type { Authority } from "../network/authority";
import type { UnknownHosts } from "../network/host-table";
import { startProxy } from "../network/proxy";
import type { Route } from "../network/route";

export interface ClustersOptions {
    readonly directory: string;
    readonly binaries: string;
    readonly fluxDistribution: string;
    readonly authority: Authority;
    /** Environment of the clusters' programs that says whose signatures count. */
    readonly trust: Readonly<Record<string, string>>;
    readonly tenantId: string;
    /** The world outside of the clusters; asked when a cluster starts. */
    readonly routes: () => readonly Route[];
    /** Hears of faults of the stand-ins. */
    readonly report: (message: string) => void;
    /** Hears of hosts that a pod asked for and that are not in the world. */
    readonly unknownHosts: UnknownHosts;
    /** Azure RBAC for Kubernetes. */
    readonly authorize: (clusterId: string, review: AccessReview) => Promise<boolean>;
}

interface Running {
    readonly spec: ClusterSpec;
    readonly cluster: Cluster;
}

/** The clusters of a sandbox: each a control plane of its own, with its own way out and its own folder. */
export class Clusters implements ClusterHost {
    private readonly running = new Map<string, Running>();

    constructor(private readonly options: ClustersOptions) {}

    async start(spec: ClusterSpec): Promise<RunningCluster> {
        const { authority, trust, tenantId, report, unknownHosts } = this.options;
        const cluster = await startCluster({
            ...spec,
            binaries: this.options.binaries,
            fluxDistribution: this.options.fluxDistribution,
            ...{ authority, trust },
            directory: this.folder(spec.id),
            nodes: spec.nodes.map(({ taints, ...node }) => ({
                ...node,
                taints: taints.map(({ key, value = "", effect }) => ({ key, value, effect })),
            })),
            proxy: (own) => startProxy({ authority, report, unknownHosts, routes: [...own, ...this.options.routes()] }),
            entra: { issuer: issuerOf(tenantId), audience: aksServerId },
            authorize: (review) => this.options.authorize(spec.id, review),
            workloadIdentity: { tenantId, authorityHost: "https://login.microsoftonline.com/" },
        });
        this.running.set(spec.id, { spec, cluster });
        return { caPem: cluster.caPem, jwks: () => cluster.jwks() };
    }

    async setNodes(id: string, nodes: readonly NodeSpec[]): Promise<void> {
        const withValues = nodes.map(({ taints, ...node }) => ({
            ...node,
            taints: taints.map(({ key, value = "", effect }) => ({ key, value, effect })),
        }));
        await this.running.get(id)?.cluster.setNodes(withValues);
    }

    async stop(id: string): Promise<void> {
        const found = this.running.get(id);
        this.running.delete(id);
        await found?.cluster.stop();
        fs.rmSync(this.folder(id), { recursive: true, force: true });
    }

    async stopAll(): Promise<void> {
        await Promise.all([...this.running.keys()].map((id) => this.stop(id)));
    }

    /** The API servers at their names: bytes go through untouched, since they end TLS themselves. */
    route(): Route {
        return {
            host: /.+\.hcp\.[a-z0-9]+\.azmk8s\.io/,
            forward: (hostname) => {
                const found = [...this.running.values()].find(({ spec }) => spec.fqdn === hostname);
                return Promise.resolve(found && { host: "127.0.0.1", port: found.cluster.port });
            },
        };
    }

    list() {
        return [...this.running.values()].map(({ spec, cluster }) => ({
            name: spec.name,
            fqdn: spec.fqdn,
            adminKubeconfig: cluster.adminKubeconfig,
            processes: cluster.processes(),
        }));
    }

    private folder(id: string): string {
        const hash = createHash("sha256").update(id.toLowerCase()).digest("hex").slice(0, 8);
        return path.join(this.options.directory, hash);
    }
}
