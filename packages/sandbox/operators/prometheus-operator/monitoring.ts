import type { V1StatefulSet } from "@kubernetes/client-node";
import { applyChildren, type Child, createMissing } from "../children";
import { type CustomObject, defineKind, type Kind } from "../operator";
import { type Condition, conditionsOf, setStatus } from "../status";

/** https://prometheus-operator.dev/docs/api-reference/api/, as far as both kinds have it. */
interface Monitoring extends CustomObject {
    readonly spec: {
        readonly replicas?: number;
        readonly image?: string;
        readonly version?: string;
        readonly paused?: boolean;
        readonly serviceAccountName?: string;
        readonly priorityClassName?: string;
        readonly resources?: object;
        readonly securityContext?: object;
        readonly portName?: string;
        readonly storage?: { readonly volumeClaimTemplate?: { readonly metadata?: object; readonly spec?: object } };
    };
}

/**
 * Prometheus and Alertmanager of the Prometheus Operator: a StatefulSet with its volume, the governing Service (of one
 * object in a namespace), and the status. Left out: every configuration, so no rule, monitor or receiver has an effect;
 * shards, and the container that reloads.
 */
export const monitoringKinds: readonly Kind[] = [
    { plural: "prometheuses", name: "prometheus", port: 9090 },
    { plural: "alertmanagers", name: "alertmanager", port: 9093 },
].map((program) => {
    const kind = { group: "monitoring.coreos.com", version: "v1", plural: program.plural } as const;
    return defineKind<Monitoring>({
        ...kind,
        async reconcile(object, installed) {
            const workload = statefulSet(object, program);
            await applyChildren(installed.api, object, workload);
            await createMissing(installed.api, object, governing(program));
            const path = `/apis/apps/v1/namespaces/${object.metadata.namespace}/statefulsets/${workload.metadata.name}`;
            const status = statusOf(object, await installed.api.get<V1StatefulSet>(path));
            await setStatus(installed.api, kind, object, status);
            return status.unavailableReplicas === 0 ? 10_000 : 500;
        },
    });
});

interface Program {
    readonly name: string;
    readonly port: number;
}

function labelsOf({ metadata }: Monitoring, { name }: Program): Record<string, string> {
    const instance = { "app.kubernetes.io/name": name, "app.kubernetes.io/instance": metadata.name };
    return { ...instance, "app.kubernetes.io/managed-by": "prometheus-operator", [name]: metadata.name };
}

function governing({ name, port }: Program): Child {
    return {
        ...{ apiVersion: "v1", kind: "Service", metadata: { name: `${name}-operated` } },
        spec: {
            clusterIP: "None",
            selector: { "app.kubernetes.io/name": name },
            ports: [{ name: "http-web", port, targetPort: port, protocol: "TCP" }],
        },
    };
}

function statefulSet(object: Monitoring, program: Program): Child {
    const { spec, metadata } = object;
    const labels = labelsOf(object, program);
    const { volumeClaimTemplate } = spec.storage ?? {};
    const volume = `${program.name}-${metadata.name}-db`;
    return {
        ...{ apiVersion: "apps/v1", kind: "StatefulSet" },
        metadata: { name: `${program.name}-${metadata.name}`, labels },
        spec: {
            replicas: spec.replicas ?? 1,
            serviceName: `${program.name}-operated`,
            podManagementPolicy: "Parallel",
            selector: { matchLabels: labels },
            template: { metadata: { labels }, spec: podSpec(object, program, volume) },
            ...(volumeClaimTemplate?.spec && {
                volumeClaimTemplates: [{ metadata: { name: volume }, spec: volumeClaimTemplate.spec }],
            }),
        },
    };
}

function podSpec({ spec }: Monitoring, { name, port }: Program, volume: string): object {
    const { image, version, portName = "web", resources, serviceAccountName, priorityClassName } = spec;
    const isStored = spec.storage?.volumeClaimTemplate?.spec !== undefined;
    return {
        ...{ serviceAccountName, priorityClassName, securityContext: spec.securityContext },
        containers: [
            {
                ...{ name, resources, image: image ?? `quay.io/prometheus/${name}:${version ?? "latest"}` },
                ports: [{ name: portName, containerPort: port }],
                securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
                volumeMounts: [{ name: volume, mountPath: `/${name}` }],
            },
        ],
        volumes: isStored ? [] : [{ name: volume, emptyDir: {} }],
    };
}

function statusOf(object: Monitoring, { spec, status }: V1StatefulSet): Record<string, unknown> {
    const replicas = spec?.replicas ?? 1;
    const available = status?.availableReplicas ?? 0;
    const observedGeneration = object.metadata.generation;
    const isAvailable = available === replicas;
    const notYet = {
        status: "False",
        reason: "NoPodReady",
        message: `${available} of ${replicas} pods are ready`,
    } as const;
    const fine = { status: "True", reason: "", message: "" } as const;
    const conditions: Condition[] = [
        { type: "Available", observedGeneration, ...(isAvailable ? fine : notYet) },
        { type: "Reconciled", observedGeneration, ...fine },
    ];
    return {
        ...{ replicas, availableReplicas: available, updatedReplicas: status?.updatedReplicas ?? 0 },
        ...{ unavailableReplicas: replicas - available, paused: object.spec.paused ?? false },
        conditions: conditionsOf(object, ...conditions),
    };
}
