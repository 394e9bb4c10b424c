import type { Fact } from "../rendered";

type Fields = Readonly<Record<string, unknown>>;

/**
 * The object that a fact is about: the inverse of `factOf`. What facts do not keep is empty, or does nothing: a key of
 * a ConfigMap or Secret has no value, an alert never fires, a command is `true`. A field that is a text where it should
 * be a list or a map is an expression of Helm, and goes to the object as it is.
 */
export function manifestOf(fact: Fact): Fields {
    const { kind, apiVersion = "apiextensions.k8s.io/v1", name, namespace, hook } = fact;
    const hookAnnotations = hook !== undefined && {
        "helm.sh/hook": hook,
        "helm.sh/hook-delete-policy": "before-hook-creation,hook-succeeded",
    };
    const own = fact.annotations;
    // An expression for all of them is a text here.
    const annotations = typeof own === "string" ? own : { ...hookAnnotations, ...(own as Fields | undefined) };
    const metadata = defined({
        ...{ name, namespace },
        labels: fact.labels,
        annotations: Object.keys(annotations).length > 0 ? annotations : undefined,
    });
    return { apiVersion, kind, metadata, ...fieldsOfKind[kind]?.(fact) };
}

const role = ({ rules }: Fields) => ({ rules });
const binding = ({ roleRef, subjects }: Fields) => {
    const [kind, name] = split(String(roleRef), 2);
    return {
        roleRef: { apiGroup: rbac, kind, name },
        subjects: list(subjects).map((subject) => {
            const [subjectKind, namespace, subjectName] = split(String(subject), 3);
            return subjectKind === "ServiceAccount"
                ? { kind: subjectKind, namespace, name: subjectName }
                : { apiGroup: rbac, kind: subjectKind, name: subjectName };
        }),
    };
};
const workload = (fact: Fields) => ({
    spec: defined({
        replicas: fact.replicas,
        selector: { matchLabels: fact.selector },
        serviceName: fact.kind === "StatefulSet" ? fact.name : undefined,
        template: podTemplate(fact.pod as Fields),
        volumeClaimTemplates: volumeClaims(fact.volumeClaims),
    }),
});
const webhooks = ({ webhooks: all }: Fields) => ({
    webhooks: list(all).map((each) => {
        const { name, service, ...others } = each as Fields;
        const given = Object.entries(others).filter(([, value]) => value !== null);
        return {
            ...{ name, clientConfig: { service }, admissionReviewVersions: ["v1"] },
            ...Object.fromEntries(given),
        };
    }),
});
const monitor = (endpoints: string) => (fact: Fields) => ({
    spec: { selector: fact.selector, [endpoints]: fact.endpoints },
});
const spec = (fact: Fields) => ({ spec: fact.spec });
const keys = (field: string) => (fact: Fields) => ({
    [field]: Object.fromEntries(list(fact.keys).map((key) => [String(key), ""])),
});

const rbac = "rbac.authorization.k8s.io";
const fieldsOfKind: Readonly<Record<string, (fact: Fields) => Fields>> = {
    Role: role,
    ClusterRole: role,
    RoleBinding: binding,
    ClusterRoleBinding: binding,
    Deployment: workload,
    StatefulSet: workload,
    DaemonSet: workload,
    Job: ({ pod }) => {
        const template = podTemplate(pod as Fields);
        return { spec: { template: { ...template, spec: { ...template.spec, restartPolicy: "Never" } } } };
    },
    Service: ({ selector, type, ports, clusterIP }) => ({
        spec: defined({
            ...{ selector: selector ?? undefined, type, clusterIP },
            ports: list(ports).map((port, index, all) =>
                defined({
                    ...(port as Fields),
                    protocol: protocolOf(
                        all.map((each) => (each as Fields).port),
                        index,
                    ),
                }),
            ),
        }),
    }),
    ConfigMap: keys("data"),
    Secret: keys("stringData"),
    MutatingWebhookConfiguration: webhooks,
    ValidatingWebhookConfiguration: webhooks,
    PodDisruptionBudget: ({ selector, minAvailable, maxUnavailable }) => ({
        spec: defined({ selector, minAvailable, maxUnavailable }),
    }),
    HorizontalPodAutoscaler: ({ target, min, max }) => ({
        spec: {
            scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: target },
            ...{ minReplicas: min, maxReplicas: max },
        },
    }),
    ServiceMonitor: monitor("endpoints"),
    PodMonitor: monitor("podMetricsEndpoints"),
    PrometheusRule: ({ name, alerts }) => ({
        spec: {
            groups: [{ name, rules: list(alerts).map((alert) => ({ alert, expr: "vector(0) > 0" })) }],
        },
    }),
    IngressClass: spec,
    GatewayClass: spec,
};

function volumeClaims(fact: unknown): unknown {
    if (typeof fact === "string") {
        return fact;
    }
    return maybe(list(fact), (claims) =>
        claims.flatMap((claim) =>
            Object.entries(claim as Fields).map(([name, storage]) => ({
                metadata: { name },
                spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage } } },
            })),
        ),
    );
}

function podTemplate(pod: Fields): { metadata: Fields; spec: Fields } {
    const { labels, annotationKeys, containers, initContainers, volumes, ...others } = pod;
    const annotations = maybe(list(annotationKeys), (all) => Object.fromEntries(all.map((key) => [String(key), ""])));
    return {
        metadata: defined({ labels, annotations }),
        spec: defined({
            ...others,
            containers: list(containers).map(container),
            initContainers: maybe(list(initContainers), (all) => all.map(container)),
            volumes: maybe(Object.entries((volumes ?? {}) as Fields), (all) => all.map(volume)),
        }),
    };
}

function container(fact: unknown): Fields {
    const { ports = {}, livenessProbe, readinessProbe, startupProbe, ...others } = fact as Fields;
    return defined({
        ...others,
        imagePullPolicy: "IfNotPresent",
        ports: maybe(Object.entries(ports as Fields), (all) =>
            all.map(([name, port], index) =>
                defined({
                    ...{ name: name === String(port) ? undefined : name, containerPort: port },
                    protocol: protocolOf(
                        all.map(([, number]) => number),
                        index,
                    ),
                }),
            ),
        ),
        ...{ livenessProbe: probe(livenessProbe), readinessProbe: probe(readinessProbe) },
        startupProbe: probe(startupProbe),
    });
}

/** Facts have no protocols, but two ports of one number have two. */
function protocolOf(numbers: readonly unknown[], index: number): "UDP" | undefined {
    return numbers.indexOf(numbers[index]) < index ? "UDP" : undefined;
}

function probe(fact: unknown): unknown {
    return (fact as Fields | undefined)?.exec === true ? { exec: { command: ["true"] } } : fact;
}

function volume([name, kept]: [string, unknown]): Fields {
    if (typeof kept === "string") {
        return { name, [kept]: kept === "projected" ? { sources: [] } : {} };
    }
    const { configMap, secret, hostPath, persistentVolumeClaim } = kept as Fields;
    return defined({
        name,
        configMap: configMap && { name: configMap },
        secret: secret && { secretName: secret },
        hostPath: hostPath && { path: hostPath },
        persistentVolumeClaim: persistentVolumeClaim && { claimName: persistentVolumeClaim },
    });
}

/** Parts of a text that slashes divide, the last of which may have slashes of its own. */
function split(text: string, parts: number): string[] {
    const all = text.split("/");
    return [...all.slice(0, parts - 1), all.slice(parts - 1).join("/")];
}

function list(value: unknown): readonly unknown[] {
    return Array.isArray(value) ? value : [];
}

function defined(fields: Fields): Fields {
    return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function maybe<Item, Result>(items: readonly Item[], make: (items: readonly Item[]) => Result): Result | undefined {
    return items.length === 0 ? undefined : make(items);
}
