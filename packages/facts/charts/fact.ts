import type { Fact } from "./rendered";

/** An object as Kubernetes has it. */
export interface ManifestObject {
    readonly apiVersion: string;
    readonly kind: string;
    readonly metadata: {
        readonly name: string;
        readonly namespace?: string;
        readonly labels?: Readonly<Record<string, string>>;
        readonly annotations?: Readonly<Record<string, string>>;
    };
    readonly [field: string]: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * What is kept of an object that a chart makes. A definition has its size as JSON, and no apiVersion. A pod template's
 * annotations, ConfigMaps and Secrets have their keys alone, and custom resources of other systems their names.
 */
export function factOf(object: ManifestObject): Fact {
    const { kind, apiVersion, metadata } = object;
    if (kind === "CustomResourceDefinition") {
        return definitionFact(object);
    }
    const hook = metadata.annotations?.["helm.sh/hook"];
    return defined({
        ...{ kind, apiVersion, name: metadata.name, namespace: metadata.namespace, hook },
        ...factsOfKind[kind]?.(object),
    }) as Fact;
}

const roleFacts = ({ rules }: Fields) => ({ rules: rules ?? [] });
const bindingFacts = ({ roleRef, subjects }: Fields) => ({
    roleRef: joined(roleRef, "kind", "name"),
    subjects: list(subjects).map((subject) => joined(subject, "kind", "namespace", "name")),
});
const workloadFacts = ({ spec }: Fields) => ({
    replicas: at(spec, "replicas"),
    selector: at(spec, "selector.matchLabels"),
    pod: podFacts(at(spec, "template")),
    volumeClaims: maybe(list(at(spec, "volumeClaimTemplates")), (claims) =>
        claims.map((claim) => ({
            [String(at(claim, "metadata.name"))]: at(claim, "spec.resources.requests.storage"),
        })),
    ),
});
const webhookFacts = ({ webhooks }: Fields) => ({
    webhooks: list(webhooks).map((webhook) => ({
        ...{ name: at(webhook, "name"), service: at(webhook, "clientConfig.service") },
        failurePolicy: at(webhook, "failurePolicy"),
        namespaceSelector: at(webhook, "namespaceSelector") ?? null,
        objectSelector: at(webhook, "objectSelector") ?? null,
        ...{ rules: at(webhook, "rules"), sideEffects: at(webhook, "sideEffects") },
        timeoutSeconds: at(webhook, "timeoutSeconds") ?? null,
    })),
});
const keyFacts = (object: Fields) => ({
    keys: ["data", "stringData", "binaryData"].flatMap((field) => Object.keys(object[field] ?? {})).sort(),
});
const monitorFacts = ({ spec }: Fields) => ({
    selector: at(spec, "selector"),
    endpoints: list(at(spec, "endpoints") ?? at(spec, "podMetricsEndpoints")).map((endpoint) =>
        defined(pick(endpoint, "port", "targetPort", "path", "interval")),
    ),
});
const specFacts = ({ spec }: Fields) => ({ spec });

const factsOfKind: Readonly<Record<string, (object: ManifestObject) => Fields>> = {
    Role: roleFacts,
    ClusterRole: ({ metadata, rules }) => ({
        labels: maybeFields(labelsOf(metadata, "rbac.authorization.k8s.io/")),
        ...roleFacts({ rules }),
    }),
    RoleBinding: bindingFacts,
    ClusterRoleBinding: bindingFacts,
    Deployment: workloadFacts,
    StatefulSet: workloadFacts,
    DaemonSet: workloadFacts,
    Job: ({ spec }) => ({ pod: podFacts(at(spec, "template")) }),
    Service: ({ spec }) => ({
        selector: at(spec, "selector") ?? null,
        type: at(spec, "type") ?? "ClusterIP",
        ports: list(at(spec, "ports")).map((port) =>
            defined(pick(port, "name", "port", "targetPort", "nodePort", "appProtocol")),
        ),
        clusterIP: at(spec, "clusterIP"),
    }),
    // Other labels say who made an object, and everything has them.
    ServiceAccount: ({ metadata }) => ({
        annotations: metadata.annotations,
        labels: labelsOf(metadata, "azure.workload.identity/"),
    }),
    ConfigMap: keyFacts,
    Secret: keyFacts,
    MutatingWebhookConfiguration: webhookFacts,
    ValidatingWebhookConfiguration: webhookFacts,
    PodDisruptionBudget: ({ spec }) => pick(spec, "selector", "minAvailable", "maxUnavailable"),
    HorizontalPodAutoscaler: ({ spec }) => ({
        target: at(spec, "scaleTargetRef.name"),
        min: at(spec, "minReplicas"),
        max: at(spec, "maxReplicas"),
    }),
    ServiceMonitor: monitorFacts,
    PodMonitor: monitorFacts,
    PrometheusRule: ({ spec }) => ({
        alerts: list(at(spec, "groups"))
            .flatMap((group) => list(at(group, "rules")))
            .map((rule) => at(rule, "alert"))
            .filter((alert) => alert !== undefined)
            .filter((alert, index, all) => all.indexOf(alert) === index)
            .sort(),
    }),
    IngressClass: specFacts,
    GatewayClass: specFacts,
};

function definitionFact(object: ManifestObject): Fact {
    const { kind, metadata, spec } = object;
    return {
        ...{ kind, name: metadata.name },
        versions: list(at(spec, "versions")).map((version) => at(version, "name")),
        conversion: at(spec, "conversion.strategy") ?? "None",
        bytes: Buffer.byteLength(JSON.stringify(object)),
    };
}

function podFacts(template: unknown): Fields {
    const { spec, metadata } = template as { spec: Fields; metadata?: ManifestObject["metadata"] };
    const annotationKeys = Object.keys(metadata?.annotations ?? {}).sort();
    return defined({
        labels: metadata?.labels,
        annotationKeys: maybe(annotationKeys, (keys) => keys),
        ...pick(
            spec,
            "serviceAccountName",
            "priorityClassName",
            "hostNetwork",
            "hostPID",
            "automountServiceAccountToken",
        ),
        securityContext: spec.securityContext,
        containers: list(spec.containers).map(containerFacts),
        initContainers: maybe(list(spec.initContainers), (containers) => containers.map(containerFacts)),
        volumes: maybe(list(spec.volumes), (volumes) => Object.fromEntries(volumes.map(volumeFact))),
    });
}

function containerFacts(container: unknown): Fields {
    const probes = ["livenessProbe", "readinessProbe", "startupProbe"];
    const ports = list(at(container, "ports"));
    // Others are scripts.
    const isFlag = (arg: unknown) => String(arg).startsWith("-");
    return defined({
        ...pick(container, "name", "image", "restartPolicy"),
        args: maybe(list(at(container, "args")), (args) => (args.every(isFlag) ? args : undefined)),
        ports: maybe(ports, () =>
            Object.fromEntries(
                ports.map((port) => [String(at(port, "name") ?? at(port, "containerPort")), at(port, "containerPort")]),
            ),
        ),
        ...Object.fromEntries(probes.map((probe) => [probe, probeFact(at(container, probe))])),
        securityContext: at(container, "securityContext"),
        resources: at(container, "resources") ?? {},
    });
}

function probeFact(probe: unknown): Fields | undefined {
    const { httpGet, tcpSocket, exec, grpc } = (probe ?? {}) as Fields;
    const kept = {
        httpGet: httpGet && defined(pick(httpGet, "path", "port", "scheme")),
        tcpSocket: tcpSocket && pick(tcpSocket, "port"),
        exec: exec && true,
        grpc: grpc && pick(grpc, "port"),
    };
    return probe === undefined || probe === null ? undefined : defined(kept);
}

function volumeFact(volume: unknown): [string, unknown] {
    const { name, configMap, secret, hostPath, persistentVolumeClaim, ...others } = volume as Fields;
    const kept = configMap
        ? { configMap: at(configMap, "name") }
        : secret
          ? { secret: at(secret, "secretName") }
          : hostPath
            ? { hostPath: at(hostPath, "path") }
            : persistentVolumeClaim
              ? { persistentVolumeClaim: at(persistentVolumeClaim, "claimName") }
              : Object.keys(others)[0];
    return [String(name), kept];
}

function labelsOf({ labels = {} }: ManifestObject["metadata"], prefix: string): Fields {
    return Object.fromEntries(Object.entries(labels).filter(([name]) => name.startsWith(prefix)));
}

function maybeFields(fields: Fields): Fields | undefined {
    return Object.keys(fields).length === 0 ? undefined : fields;
}

function at(value: unknown, path: string): unknown {
    return path.split(".").reduce<unknown>((inner, key) => (inner as Fields | null | undefined)?.[key], value);
}

function list(value: unknown): readonly unknown[] {
    return Array.isArray(value) ? value : [];
}

function joined(value: unknown, ...keys: string[]): string {
    return keys.map((key) => (at(value, key) as string | undefined) ?? "").join("/");
}

function pick(value: unknown, ...keys: string[]): Fields {
    return Object.fromEntries(keys.map((key) => [key, at(value, key)]));
}

function defined(fields: Fields): Fields {
    return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** Nothing of a list that is empty. */
function maybe<Item, Result>(items: readonly Item[], make: (items: readonly Item[]) => Result): Result | undefined {
    return items.length === 0 ? undefined : make(items);
}
