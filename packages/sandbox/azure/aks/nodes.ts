import { createHash } from "node:crypto";
import { parentOf } from "../arm/resource-id";
import type { AzureState, Resource } from "../state";
import type { ClusterInputs, PoolInputs } from "./cluster-inputs";
import type { NodeSpec, Taint } from "./clusters";

/** The node pools of a cluster, the first made first. */
export function poolsOf(state: AzureState, clusterId: string): Resource[] {
    return state
        .ofType("containerservice:AgentPool")
        .filter(({ address }) => parentOf(address.id)?.toLowerCase() === clusterId.toLowerCase());
}

/** The machines of all the cluster's pools, with the labels and taints that AKS gives them. */
export function nodesOf(state: AzureState, cluster: Resource): NodeSpec[] {
    const { location } = cluster.inputs as unknown as ClusterInputs;
    const nodeResourceGroup = String(cluster.properties.nodeResourceGroup);
    return poolsOf(state, cluster.address.id).flatMap((pool) => {
        const properties = pool.properties as PoolInputs;
        const digits = scaleSetNumber(cluster.address.id);
        return Array.from({ length: properties.count ?? 0 }, (_, index) => {
            const name = `aks-${pool.address.name}-${digits}-vmss${index.toString(36).padStart(6, "0")}`;
            const zones = properties.availabilityZones ?? [];
            const zone = zones.length === 0 ? "0" : `${location}-${zones[index % zones.length]}`;
            return {
                name,
                zone,
                vmSize: properties.vmSize ?? "",
                version: String(pool.properties.currentOrchestratorVersion),
                labels: {
                    ...labels(pool, location, nodeResourceGroup),
                    "kubernetes.io/hostname": name,
                    "topology.kubernetes.io/zone": zone,
                },
                taints: (properties.nodeTaints ?? []).map(parseTaint),
            };
        });
    });
}

function labels(pool: Resource, region: string, nodeResourceGroup: string): Record<string, string> {
    const { mode = "User", vmSize = "", osSKU = "Ubuntu", nodeLabels } = pool.properties as PoolInputs;
    return {
        agentpool: pool.address.name,
        "kubernetes.azure.com/agentpool": pool.address.name,
        "kubernetes.azure.com/cluster": nodeResourceGroup.slice(0, 63),
        "kubernetes.azure.com/mode": mode.toLowerCase(),
        "kubernetes.azure.com/os-sku": osSKU,
        "kubernetes.azure.com/role": "agent",
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/os": "linux",
        "node.kubernetes.io/instance-type": vmSize,
        "topology.kubernetes.io/region": region,
        ...nodeLabels,
    };
}

function parseTaint(text: string): Taint {
    const [, key = "", value, effect = ""] = /^([^=:]+)(?:=([^:]*))?:(.+)$/.exec(text) ?? [];
    return { key, ...(value === undefined ? {} : { value }), effect };
}

function scaleSetNumber(clusterId: string): string {
    const number = createHash("sha256").update(clusterId.toLowerCase()).digest().readUInt32BE(0) % 100_000_000;
    return String(number).padStart(8, "0");
}
