import type { V1ConfigMap, V1Container, V1Deployment, V1PodSpec, V1Secret } from "@kubernetes/client-node";
import type { KubernetesApi } from "../../kubernetes/api";
import type { Child } from "../children";

/** A Secret or ConfigMap that a Deployment reads. */
export interface Config {
    /** `secret/<name>` or `configmap/<name>`, as Flagger's status has it. */
    readonly name: string;
    readonly data: object | undefined;
    readonly child: Child;
}

/** What a Deployment reads, if it is there: Flagger leaves out what is not. */
export async function trackedConfigs(api: KubernetesApi, { metadata, spec }: V1Deployment): Promise<Config[]> {
    const found: Config[] = [];
    for (const name of [...namesIn(spec!.template.spec!)].sort()) {
        const [kind = "", own = ""] = name.split("/");
        const path = `/api/v1/namespaces/${metadata!.namespace}/${kind}s/${own}`;
        const object = await api.find<V1Secret & V1ConfigMap>(path);
        if (object) {
            const { data, type, metadata: meta } = object;
            const kindOfObject = kind === "secret" ? "Secret" : "ConfigMap";
            const child = { metadata: { name: `${own}-primary`, labels: ownLabels(meta?.labels) }, type, data };
            found.push({ name, data, child: { apiVersion: "v1", kind: kindOfObject, ...child } });
        }
    }
    return found;
}

/** Copies for the primary, with `-primary` after their names. */
export function configChildren(configs: readonly Config[]): Child[] {
    return configs.map(({ child }) => child);
}

/** A pod's spec that reads the copies. */
export function withPrimaryConfigs(spec: V1PodSpec, configs: readonly Config[]): V1PodSpec {
    const copy = structuredClone(spec);
    const known = new Set(configs.map(({ name }) => name));
    for (const { name, set } of referencesIn(copy)) {
        if (known.has(name)) {
            set(`${name.slice(name.indexOf("/") + 1)}-primary`);
        }
    }
    return copy;
}

/** Flux's labels would say that Flux made the copy. */
function ownLabels(labels: Record<string, string> | undefined): Record<string, string> {
    return Object.fromEntries(Object.entries(labels ?? {}).filter(([name]) => !name.includes("toolkit.fluxcd.io/")));
}

function namesIn(spec: V1PodSpec): Set<string> {
    return new Set(referencesIn(spec).map(({ name }) => name));
}

interface Reference {
    readonly name: string;
    readonly set: (name: string) => void;
}

type Named = { name?: string } | { secretName?: string } | undefined;

function referencesIn({ volumes = [], containers }: V1PodSpec): Reference[] {
    const sources = volumes.flatMap((volume) => [volume, ...(volume.projected?.sources ?? [])]);
    return [
        ...sources.flatMap((source) => [
            ...reference("configmap", source.configMap),
            ...reference("secret", source.secret),
        ]),
        ...containers.flatMap(containerReferences),
    ];
}

function containerReferences({ env = [], envFrom = [] }: V1Container): Reference[] {
    return [
        ...env.flatMap(({ valueFrom }) => [
            ...reference("configmap", valueFrom?.configMapKeyRef),
            ...reference("secret", valueFrom?.secretKeyRef),
        ]),
        ...envFrom.flatMap(({ configMapRef, secretRef }) => [
            ...reference("configmap", configMapRef),
            ...reference("secret", secretRef),
        ]),
    ];
}

function reference(kind: "configmap" | "secret", holder: Named): Reference[] {
    const key = holder && "secretName" in holder ? "secretName" : "name";
    const fields = holder as Record<string, string> | undefined;
    const name = fields?.[key];
    return fields && name ? [{ name: `${kind}/${name}`, set: (value) => (fields[key] = value) }] : [];
}
