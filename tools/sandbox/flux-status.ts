import * as fs from "node:fs";
import { ClusterClient } from "../../components/gitops/readiness/cluster-client";
import type { FluxObject } from "../../components/gitops/readiness/flux-object";
import { evaluate, type FluxStatus } from "../../components/gitops/readiness/flux-status";
import { firstCluster, physicalNames } from "../../components/settings/naming";
import { control, type WorldStatus } from "@landfall/sandbox";

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

/** The cluster of a stack that has a name, or the first of its clusters that there is. */
export async function clusterOf(
    directory: string,
    stack: string,
    cluster?: string,
): Promise<WorldStatus["clusters"][number] | undefined> {
    const { clusters } = await control<WorldStatus>(directory, "GET", "/status");
    const named = (text: string) => {
        const names = physicalNames({ project: "landfall", stack, subscriptionId: "" });
        return clusters.find(({ name }) => name === names.ofCluster(text).cluster);
    };
    return cluster === undefined
        ? (named(firstCluster) ?? clusters.find(({ name }) => name.includes(stack)))
        : named(cluster);
}
