import * as fs from "node:fs";
import { ClusterClient } from "../../components/gitops/readiness/cluster-client";
import type { FluxObject } from "../../components/gitops/readiness/flux-object";
import { evaluate, type FluxStatus } from "../../components/gitops/readiness/flux-status";
import { clusterOf } from "./cluster-of";

/** State of everything that Flux reconciles in a stack's cluster, at the commit that it follows now. */
export async function fluxStatus(directory: string, stack: string): Promise<FluxStatus | undefined> {
    const objects = await fluxObjects(directory, stack);
    return objects && statusOf(objects);
}

/** Everything that Flux reconciles in a stack's cluster; undefined without a cluster. */
export async function fluxObjects(directory: string, stack: string): Promise<FluxObject[] | undefined> {
    const cluster = await clusterOf(directory, stack);
    return cluster && new ClusterClient(fs.readFileSync(cluster.adminKubeconfig, "utf8")).fluxObjects();
}

export function statusOf(objects: readonly FluxObject[]): FluxStatus {
    const source = objects.find(({ kind, metadata }) => kind === "GitRepository" && metadata.name === "flux-system");
    return evaluate(objects, source?.status?.artifact?.revision.split(":").at(-1) ?? "");
}
