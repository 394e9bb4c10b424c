/**
 * The cluster's nodes: API objects with the labels that AKS sets. Their capacity is a fixed, ample one, whatever the VM
 * size: that a workload fits is not proved here.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { KubernetesApi } from "../kubernetes/api";
import type { KubernetesObject } from "../kubernetes/object";
import { kubeletHost } from "./kubelet";

export interface NodeSpec {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly taints?: readonly { readonly key: string; readonly value: string; readonly effect: string }[];
    /** As AKS labels it, region and number: `westeurope-1`. */
    readonly zone?: string;
    readonly vmSize?: string;
    /** Of its kubelet. @default - that of the API server */
    readonly version?: string;
}

const capacity = { cpu: "64", memory: "256Gi", "ephemeral-storage": "1Ti", pods: "250" };

/**
 * Sets the nodes of the cluster: missing ones are created, and present ones get the labels and taints given. Others
 * are deleted, after their pods.
 *
 * @param kubeletPort where the kubelet of all of them answers.
 */
export async function applyNodes(api: KubernetesApi, nodes: readonly NodeSpec[], kubeletPort: number): Promise<void> {
    const wanted = new Set(nodes.map(({ name }) => name));
    const present = await api.get<{ items: KubernetesObject[] }>("/api/v1/nodes");
    const { gitVersion } = await api.get<{ gitVersion: string }>("/version");
    const kubelet = { kubeletEndpoint: { Port: kubeletPort } };
    await Promise.all(nodes.map((node, index) => applyNode(api, node, index, { gitVersion, kubelet })));
    const surplus = present.items.map((node) => node.metadata.name).filter((name) => !wanted.has(name));
    await Promise.all(surplus.map((name) => removeNode(api, name)));
}

async function applyNode(
    api: KubernetesApi,
    node: NodeSpec,
    index: number,
    { gitVersion, kubelet }: { readonly gitVersion: string; readonly kubelet: object },
): Promise<void> {
    const labels = {
        "kubernetes.io/hostname": node.name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        ...(node.zone && { "topology.kubernetes.io/zone": node.zone }),
        ...(node.zone && { "topology.kubernetes.io/region": node.zone.replace(/-\d+$/, "") }),
        ...(node.vmSize && { "node.kubernetes.io/instance-type": node.vmSize }),
        ...node.labels,
    };
    await api.apply(`/api/v1/nodes/${node.name}`, {
        apiVersion: "v1",
        kind: "Node",
        metadata: { name: node.name, labels },
        spec: { taints: node.taints ?? [], providerID: `azure:///landfall-sandbox/${node.name}` },
    });
    await api.patch(`/api/v1/nodes/${node.name}/status`, {
        status: {
            capacity,
            allocatable: capacity,
            addresses: [
                { type: "InternalIP", address: `10.224.0.${4 + (index % 250)}` },
                { type: "Hostname", address: node.name },
                { type: "InternalDNS", address: kubeletHost },
            ],
            daemonEndpoints: kubelet,
            nodeInfo: {
                operatingSystem: "linux",
                architecture: "amd64",
                osImage: "Landfall sandbox",
                kubeletVersion: node.version ? `v${node.version}` : gitVersion,
            },
        },
    });
}

async function removeNode(api: KubernetesApi, name: string): Promise<void> {
    const pods = `/api/v1/pods?fieldSelector=spec.nodeName%3D${name}`;
    await api.patch(`/api/v1/nodes/${name}`, { spec: { unschedulable: true } });
    for (const deadline = Date.now() + 30_000; ; await sleep(200)) {
        const { items } = await api.get<{ items: KubernetesObject[] }>(pods);
        if (items.length === 0 || Date.now() > deadline) {
            break;
        }
        const leaving = items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
        await Promise.all(
            leaving.map(({ metadata }) => api.delete(`/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`)),
        );
    }
    await api.delete(`/api/v1/nodes/${name}`);
}
