/**
 * NetworkPolicies, as far as the processes of pods ask for something through the proxy: names of services, addresses of
 * pods, and hosts of the outside world. Not seen: the API server, which a process reaches on loopback, SOCKS
 * connections without a name of the cluster, cluster DNS, and what a policy says of incoming traffic.
 */
import { BlockList, isIPv4 } from "node:net";
import type {
    V1LabelSelector,
    V1Namespace,
    V1NetworkPolicy,
    V1NetworkPolicyPeer,
    V1NetworkPolicyPort,
    V1Service,
} from "@kubernetes/client-node";
import type { KubernetesApi } from "../kubernetes/api";
import type { Route } from "../network/route";
import type { Pod } from "./pod";

/** A host of the outside world counts as this one (RFC 5737): public, and in nobody's network. */
const outside = "203.0.113.1";

const cacheMs = 1000;
const serviceHost = /^([a-z0-9-]+)\.([a-z0-9-]+)\.svc(\.cluster\.local)?$/;

interface Destination {
    readonly port: number;
    /** Pods that answer, or undefined outside of the cluster. */
    readonly pods: readonly Pod[] | undefined;
    readonly address: string;
}

export class Egress {
    private readonly cache = new Map<string, { readonly value: Promise<unknown>; readonly until: number }>();

    constructor(private readonly api: Pick<KubernetesApi, "find" | "get">) {}

    /** Goes in front of the routes of a pod's proxy. */
    fence(pod: Pod): Route {
        return { host: /.*/, refusal: (host, port) => this.refusal(pod, host, port) };
    }

    /** Why a pod may not reach a host and port, or undefined if it may. */
    async refusal(pod: Pod, host: string, port: number): Promise<string | undefined> {
        const { namespace, labels, name } = pod.metadata;
        const all = await this.list<V1NetworkPolicy>(
            `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`,
        );
        const policies = all.filter(
            ({ spec }) => spec?.policyTypes?.includes("Egress") === true && selects(spec.podSelector, labels),
        );
        // Most pods are under a policy that lets everything through.
        if (policies.length === 0 || policies.some(({ spec }) => spec?.egress?.some(letsAllThrough))) {
            return undefined;
        }
        for (const destination of await this.destinations(host, port)) {
            for (const rule of policies.flatMap(({ spec }) => spec?.egress ?? [])) {
                const peers = rule.to ?? [];
                const reached = await Promise.all(peers.map((peer) => this.isPeer(peer, namespace ?? "", destination)));
                if ((peers.length === 0 || reached.includes(true)) && isPort(rule.ports, destination)) {
                    return undefined;
                }
            }
        }
        const names = policies.map(({ metadata }) => metadata?.name).join(", ");
        return `NetworkPolicies ${names} do not let pod ${namespace}/${name} reach ${host}:${port}`;
    }

    /** The pods behind a host of the cluster, each with the port that it is reached at; one for a host outside. */
    private async destinations(host: string, port: number): Promise<Destination[]> {
        const [, name, namespace] = serviceHost.exec(host) ?? [];
        if (name !== undefined) {
            const service = await this.api.find<V1Service>(`/api/v1/namespaces/${namespace}/services/${name}`);
            const selector = { matchLabels: service?.spec?.selector ?? {} };
            const pods = (await this.list<Pod>(`/api/v1/namespaces/${namespace}/pods`)).filter(({ metadata }) =>
                selects(selector, metadata.labels),
            );
            const target = service?.spec?.ports?.find((one) => one.port === port)?.targetPort ?? port;
            return pods.map((pod) => ({ address: "", pods: [pod], port: portOf(pod, target) ?? port }));
        }
        const pods = (await this.list<Pod>("/api/v1/pods")).filter(({ status }) => status?.podIP === host);
        return [{ address: isIPv4(host) ? host : outside, pods: pods.length > 0 ? pods : undefined, port }];
    }

    private async isPeer(peer: V1NetworkPolicyPeer, own: string, { pods, address }: Destination): Promise<boolean> {
        if (peer.ipBlock) {
            const { cidr, except = [] } = peer.ipBlock;
            return pods === undefined && contains(cidr, address) && !except.some((part) => contains(part, address));
        }
        const namespaces = peer.namespaceSelector ? await this.list<V1Namespace>("/api/v1/namespaces") : [];
        return (pods ?? []).some(({ metadata }) => {
            const labels = namespaces.find((each) => each.metadata?.name === metadata.namespace)?.metadata?.labels;
            const isThere = peer.namespaceSelector
                ? selects(peer.namespaceSelector, labels)
                : metadata.namespace === own;
            return isThere && selects(peer.podSelector ?? {}, metadata.labels);
        });
    }

    private list<Item>(path: string): Promise<readonly Item[]> {
        const cached = this.cache.get(path);
        if (cached && Date.now() < cached.until) {
            return cached.value as Promise<readonly Item[]>;
        }
        const value = this.api.get<{ items: Item[] }>(path).then(({ items }) => items);
        this.cache.set(path, { value, until: Date.now() + cacheMs });
        return value;
    }
}

function letsAllThrough({ to, ports }: { readonly to?: readonly unknown[]; readonly ports?: readonly unknown[] }) {
    return to === undefined && ports === undefined;
}

function isPort(ports: readonly V1NetworkPolicyPort[] | undefined, { pods, port }: Destination): boolean {
    return (
        ports === undefined ||
        ports.some(({ port: allowed, protocol = "TCP", endPort }) => {
            const first = typeof allowed === "string" ? portOf(pods?.[0], allowed) : allowed;
            return protocol === "TCP" && (first === undefined || (port >= first && port <= (endPort ?? first)));
        })
    );
}

/** The number of a port of a pod's containers. */
function portOf(pod: Pod | undefined, port: number | string): number | undefined {
    const ports = pod?.spec.containers.flatMap((container) => container.ports ?? []) ?? [];
    return typeof port === "number" ? port : ports.find(({ name }) => name === port)?.containerPort;
}

function contains(cidr: string, address: string): boolean {
    const [network = "", prefix = ""] = cidr.split("/");
    const list = new BlockList();
    list.addSubnet(network, Number(prefix), isIPv4(network) ? "ipv4" : "ipv6");
    return list.check(address, "ipv4");
}

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors */
function selects(selector: V1LabelSelector | undefined, labels: Readonly<Record<string, string>> = {}): boolean {
    const { matchLabels = {}, matchExpressions = [] } = selector ?? {};
    return (
        Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
        matchExpressions.every(({ key, operator, values = [] }) => {
            const value = labels[key];
            switch (operator) {
                case "In":
                    return value !== undefined && values.includes(value);
                case "NotIn":
                    return value === undefined || !values.includes(value);
                case "Exists":
                    return value !== undefined;
                case "DoesNotExist":
                    return value === undefined;
                default:
                    throw new Error(`A label selector has operator ${operator}, which Kubernetes does not have.`);
            }
        })
    );
}
