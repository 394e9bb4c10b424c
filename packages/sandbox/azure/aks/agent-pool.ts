import { randomUUID } from "node:crypto";
import { UnreachableError } from "../../kubernetes/api-error";
import type { Properties } from "../../plugins/provider";
import { ArmError } from "../arm/arm-error";
import { parentOf } from "../arm/resource-id";
import type { Context, PutContext, ResourceProvider } from "../arm/resource-provider";
import { without } from "../arm/without";
import type { Resource } from "../state";
import { checkQuota } from "../subscription/vcpu-quota";
import { checkSubnetAccess } from "./cluster-identity";
import type { ClusterInputs, PoolInputs } from "./cluster-inputs";
import { resolveVersion } from "./kubernetes-versions";
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
    view: (_, { properties }) => ({ properties }),
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
    const version = poolVersion(cluster, inputs, previous);
    return {
        ...pool,
        orchestratorVersion: inputs.orchestratorVersion ?? version,
        currentOrchestratorVersion: version,
        nodeImageVersion: `AKS${String(pool.osSKU)}-gen2containerd`,
        powerState: { code: "Running" },
        eTag: randomUUID(),
        type: pool.type,
        provisioningState: "Succeeded",
    };
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
