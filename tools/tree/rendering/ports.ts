import { field, isMap, list, textAt } from "../object";
import { selects } from "../selector";
import { type LiveCluster, liveOfKind, livePods, type LivePods } from "./live";

/** A port that a container listens on. */
export interface LivePort {
    readonly number: number;
    readonly name: string | undefined;
}

/** Pods with the ports that their containers name, or that a probe or a Service leads to. */
export interface ListeningPods {
    readonly namespace: string;
    readonly labels: Readonly<Record<string, unknown>>;
    readonly ports: readonly LivePort[];
}

/** What operators make of objects of a kind: pods that no chart renders. */
const madeByOperators: readonly {
    readonly kinds: readonly string[];
    readonly labels: Readonly<Record<string, string>>;
    readonly ports: readonly LivePort[];
    /** Whether they are in the object's own namespace; else they may be in any. */
    readonly isLocal: boolean;
}[] = [
    {
        kinds: ["Prometheus"],
        labels: { "app.kubernetes.io/name": "prometheus" },
        ports: [{ number: 9090, name: "http-web" }],
        isLocal: true,
    },
    {
        kinds: ["Alertmanager"],
        labels: { "app.kubernetes.io/name": "alertmanager" },
        ports: [{ number: 9093, name: "http-web" }],
        isLocal: true,
    },
    {
        kinds: ["Cluster"],
        labels: { "cnpg.io/podRole": "instance" },
        ports: [
            { number: 5432, name: "postgresql" },
            { number: 9187, name: "metrics" },
            { number: 8000, name: "status" },
        ],
        isLocal: true,
    },
    {
        kinds: ["Issuer", "ClusterIssuer"],
        labels: { "acme.cert-manager.io/http01-solver": "true" },
        ports: [{ number: 8089, name: "http" }],
        isLocal: false,
    },
];

/** Every pod of a cluster with its ports, but for those of hooks. */
export function listeningPods(live: LiveCluster): readonly ListeningPods[] {
    const services = liveOfKind(live, "Service").map(({ object }) => object);
    const made = livePods(live)
        .filter(({ source }) => !source.isHook)
        .map((pods) => ({ ...pods, ports: [...containerPorts(pods), ...servicePorts(pods, services)] }));
    const operated = madeByOperators.flatMap(({ kinds, labels, ports, isLocal }) => {
        const objects = liveOfKind(live, ...kinds);
        const homes = isLocal
            ? objects.map(({ object }) => object.metadata.namespace ?? "")
            : objects.length === 0
              ? []
              : liveOfKind(live, "Namespace").map(({ object }) => object.metadata.name);
        return [...new Set([...homes, ...(isLocal ? [] : ["flux-system"])])].map((namespace) => ({
            namespace,
            labels,
            ports,
        }));
    });
    return [...made, ...operated];
}

function containerPorts({ spec }: LivePods): LivePort[] {
    return ["initContainers", "containers"].flatMap((kind) =>
        list(spec, kind).flatMap((container) => {
            const named = list(container, "ports").map((port) => ({
                number: Number(field(port, "containerPort")),
                name: textAt(port, "name"),
            }));
            const probes = ["readinessProbe", "livenessProbe", "startupProbe"].flatMap((probe) =>
                ["httpGet.port", "tcpSocket.port", "grpc.port"].map((path) => field(container, `${probe}.${path}`)),
            );
            return [...named, ...probes.filter((port) => typeof port === "number").map(unnamed)];
        }),
    );
}

/** A chart need not declare a port for a Service to lead there. */
function servicePorts({ namespace, labels }: LivePods, services: readonly object[]): LivePort[] {
    return services
        .filter((service) => textAt(service, "metadata.namespace") === namespace)
        .filter((service) => {
            const selector = field(service, "spec.selector");
            return isMap(selector) && selects({ matchLabels: selector }, labels);
        })
        .flatMap((service) => list(service, "spec.ports"))
        .map((port) => field(port, "targetPort") ?? field(port, "port"))
        .filter((port) => typeof port === "number")
        .map(unnamed);
}

function unnamed(number: number): LivePort {
    return { number, name: undefined };
}

/** Whether a port, by its number or its name, is one of these. */
export function hasPort(ports: readonly LivePort[], port: unknown): boolean {
    return ports.some(({ number, name }) => port === number || port === name);
}
