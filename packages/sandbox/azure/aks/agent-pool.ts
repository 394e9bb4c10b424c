import { UnreachableError } from "../../kubernetes/api-error";
import type { Properties } from "../../plugins/provider";
import { ArmError } from "../arm/arm-error";
import type { OperationPlan } from "../arm/operations";
import { parentOf } from "../arm/resource-id";
import type { Context, PutContext, ResourceProvider } from "../arm/resource-provider";
import { without } from "../arm/without";
import type { Resource } from "../state";
import { checkQuota } from "../subscription/vcpu-quota";
import { checkSubnetAccess } from "./cluster-identity";
import type { ClusterInputs, PoolInputs } from "./cluster-inputs";
import { minorOf, resolveVersion } from "./kubernetes-versions";
import { nodesOf, poolsOf } from "./nodes";
import { checkPool, checkPoolChange, poolDefaults } from "./pool-rules";

/** A node pool of its own; its machines join the cluster when it is written, and leave with it. */
export const agentPool: ResourceProvider = {
    check(put) {
        const cluster = clusterOf(put);
        const owner = cluster.inputs as unknown as ClusterInputs;
        checkPool(put.inputs, owner.location, "");
        checkQuota(put.state, owner.location, put.inputs, Number(put.previous?.properties.count ?? 0));
        checkSubnetAccess(put, (put.inputs as PoolInputs).vnetSubnetID, owner);
        if (put.previous) {
            checkPoolChange(put.previous.properties, put.inputs, "");
        }
        poolVersion(cluster, put.inputs, put.previous);
    },
    writing: ({ previous, inputs }) => poolWriting(previous, inputs),
    deleting: () => ({ seconds: 18, state: "Deleting", follow: "both" }),
    notFound(state, { id, name, parameters: { subscriptionId, resourceGroupName, resourceName } }) {
        const where = `subscription: ${subscriptionId}, resourceGroup: ${resourceGroupName}, resourceName: ${resourceName}`;
        const details = [{ code: "Unspecified", message: "rpc error: code = NotFound desc = Agent Pool not found" }];
        const more = { details, subcode: "GetAgentPool_NotFound_HCPServerError" };
        const message = `Could not find the agentpool: ${name} in ${where}.`;
        const hasCluster = state.get(parentOf(id) ?? "") !== undefined;
        return hasCluster ? new ArmError(404, "NotFound", message, undefined, more).asBare() : undefined;
    },
    /** The answer echoes the count; the autoscaler then sees to its minimum. */
    answer: (shown, { inputs }) => ({ ...shown, properties: { ...(shown.properties as object), count: inputs.count } }),
    properties: (put) => poolProperties(clusterOf(put), put.inputs, put.previous),
    written: ({ state, clusters, address }) => {
        const cluster = state.get(parentOf(address.id) ?? "");
        return cluster ? clusters.setNodes(cluster.address.id, nodesOf(state, cluster)) : Promise.resolve();
    },
    checkRemoval({ state, resource }) {
        const others = poolsOf(state, parentOf(resource.address.id) ?? "").filter((pool) => pool !== resource);
        if (!others.some(({ properties }) => properties.mode === "System")) {
            throw new ArmError(
                400,
                "OperationNotAllowed",
                `There has to be at least one system agent pool: '${resource.address.name}' is the last one.`,
            );
        }
    },
    async removed({ state, clusters, resource }) {
        const cluster = state.get(parentOf(resource.address.id) ?? "");
        if (!cluster) {
            return;
        }
        await clusters.setNodes(cluster.address.id, nodesOf(state, cluster)).catch((error: unknown) => {
            // Azure deletes the machines of a pool, whether or not the API server is there to forget its nodes.
            if (!(error instanceof UnreachableError)) {
                throw error;
            }
        });
    },
};

/** What a GET of the pool shows. */
export function poolProperties(cluster: Resource, inputs: Properties, previous: Resource | undefined): Properties {
    const pool = without(poolDefaults(inputs), "name");
    const { enableAutoScaling, minCount = 0, count = 0 } = inputs as PoolInputs;
    const version = poolVersion(cluster, inputs, previous);
    return {
        ...pool,
        count: enableAutoScaling ? Math.max(count, minCount) : count,
        maxPods: pool.maxPods ?? defaultMaxPods(cluster),
        orchestratorVersion: inputs.orchestratorVersion ?? minorOf(version),
        currentOrchestratorVersion: version,
        nodeImageVersion: imageOf(String(pool.osSKU)),
        powerState: { code: "Running" },
        type: pool.type,
        provisioningState: "Succeeded",
    };
}

/** Clusters of the plugin kubenet have fewer pods a node. */
function defaultMaxPods({ properties }: Resource): number {
    const { networkPlugin } = properties.networkProfile as { networkPlugin?: string };
    return networkPlugin === "kubenet" ? 110 : 250;
}

function imageOf(osSKU: string): string {
    return osSKU === "Ubuntu" ? "AKSUbuntu-2204gen2containerd-202601.07.0" : `AKS${osSKU}-gen2containerd-202601.07.0`;
}

/** How long AKS takes depends on what a write changes. */
function poolWriting(previous: Resource | undefined, inputs: PoolInputs): OperationPlan {
    const plan = {
        follow: "status",
        statuses: ["CreatingAgentPool", "CreatingAgentPool: 0/1 nodes completed"],
    } as const;
    if (!previous) {
        return { ...plan, seconds: 197, state: "Creating" };
    }
    const before = previous.inputs as PoolInputs;
    if (before.orchestratorVersion !== inputs.orchestratorVersion) {
        return { seconds: 447, state: "Upgrading", follow: "status" };
    }
    if (before.count !== inputs.count && !inputs.enableAutoScaling) {
        return { seconds: 78, state: "Scaling", follow: "status" };
    }
    return { seconds: 7, state: "Updating", follow: "status" };
}

/**
 * A pool that is asked for without a version gets that of the control plane when it is made, and keeps its own after.
 * @throws an ArmError when the pool's version is newer than that of the control plane.
 */
function poolVersion(cluster: Resource, { orchestratorVersion }: PoolInputs, previous: Resource | undefined): string {
    const current = String(cluster.properties.currentKubernetesVersion);
    const own = previous?.properties.currentOrchestratorVersion as string | undefined;
    const version = orchestratorVersion === undefined ? (own ?? current) : resolveVersion(orchestratorVersion, own);
    if (version.localeCompare(current, "en", { numeric: true }) > 0) {
        throw new ArmError(
            400,
            "NodePoolMcVersionIncompatible",
            `Node pool version ${version} and control plane version ${current} are incompatible: a node pool may not be newer.`,
            "orchestratorVersion",
        );
    }
    return version;
}

function clusterOf({ state, address }: Pick<PutContext, "address"> & Pick<Context, "state">): Resource {
    const cluster = state.get(parentOf(address.id) ?? "");
    if (!cluster) {
        throw new ArmError(404, "ParentResourceNotFound", `There is no cluster of the node pool '${address.id}'.`);
    }
    return cluster;
}
