/** A container's environment and arguments, worked out as the kubelet does. */
import type { V1EnvVar, V1EnvVarSource } from "@kubernetes/client-node";
import type { KubernetesApi } from "../kubernetes/api";
import { mainContainer, type Pod } from "./pod";

interface Keyed {
    readonly data?: Readonly<Record<string, string>>;
}

/** A reference that cannot be resolved now, and for which the container has to wait. */
export class ConfigurationError extends Error {}

/** The value of a key of a ConfigMap (as text) or Secret (decoded), or undefined when it is optional and missing. */
export type Lookup = (kind: "configmaps" | "secrets", name: string, optional: boolean) => Promise<Map<string, Buffer>>;

/**
 * The container's `envFrom` and `env`, in order, with `$(NAME)` expanded.
 * Throws ConfigurationError when a ConfigMap, Secret or key that is not optional is missing.
 */
export async function containerEnvironment(pod: Pod, podIp: string, lookup: Lookup): Promise<Record<string, string>> {
    const container = mainContainer(pod);
    const values: Record<string, string> = {};
    for (const { prefix = "", configMapRef, secretRef } of container.envFrom ?? []) {
        const source = configMapRef ?? secretRef;
        if (source?.name) {
            const kind = configMapRef ? "configmaps" : "secrets";
            for (const [key, value] of await lookup(kind, source.name, source.optional ?? false)) {
                values[prefix + key] = value.toString("utf8");
            }
        }
    }
    for (const variable of container.env ?? []) {
        const value = await valueOf(variable, pod, podIp, lookup);
        if (value !== undefined) {
            values[variable.name] = variable.valueFrom ? value : expand(value, values);
        }
    }
    return values;
}

/** Replaces `$(NAME)` by the variable's value; unknown names stay, and `$$(NAME)` becomes `$(NAME)`. */
export function expand(text: string, values: Readonly<Record<string, string>>): string {
    return text.replace(/\$(\$|\(([A-Za-z_][A-Za-z0-9_.-]*)\))/g, (all, first: string, name?: string) => {
        return first === "$" ? "$" : (values[name!] ?? all);
    });
}

async function valueOf(variable: V1EnvVar, pod: Pod, podIp: string, lookup: Lookup): Promise<string | undefined> {
    const source = variable.valueFrom;
    if (!source) {
        return variable.value ?? "";
    }
    if (source.fieldRef) {
        return fieldOf(pod, podIp, source.fieldRef.fieldPath);
    }
    if (source.resourceFieldRef) {
        return resourceOf(pod, source.resourceFieldRef);
    }
    const reference = source.configMapKeyRef ?? source.secretKeyRef;
    if (!reference?.name) {
        throw new ConfigurationError(`Variable ${variable.name} has a source that the node agent does not know.`);
    }
    const kind = source.configMapKeyRef ? "configmaps" : "secrets";
    const value = (await lookup(kind, reference.name, reference.optional ?? false)).get(reference.key);
    if (value === undefined && !reference.optional) {
        throw new ConfigurationError(`couldn't find key ${reference.key} in ${kind} ${reference.name}`);
    }
    return value?.toString("utf8");
}

/** A downward API field of the pod. Throws ConfigurationError on a path that it does not know. */
export function fieldOf(pod: Pod, podIp: string, path: string): string {
    const { metadata, spec } = pod;
    const keyed = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path);
    if (keyed) {
        return metadata[keyed[1] as "labels" | "annotations"]?.[keyed[2]!] ?? "";
    }
    const fields: Record<string, string | undefined> = {
        "metadata.name": metadata.name,
        "metadata.namespace": metadata.namespace,
        "metadata.uid": metadata.uid,
        "spec.nodeName": spec.nodeName,
        "spec.serviceAccountName": spec.serviceAccountName,
        "status.podIP": podIp,
        "status.podIPs": podIp,
    };
    const value = fields[path];
    if (value === undefined) {
        throw new ConfigurationError(`The node agent does not know the field ${path}.`);
    }
    return value;
}

function resourceOf(pod: Pod, reference: NonNullable<V1EnvVarSource["resourceFieldRef"]>): string {
    const name = reference.containerName;
    const container = pod.spec.containers.find((one) => one.name === name) ?? mainContainer(pod);
    const [list, resource] = reference.resource.split(".") as ["limits" | "requests", string];
    const quantity = container.resources?.[list]?.[resource];
    const divisor = quantityOf(reference.divisor && reference.divisor !== "0" ? reference.divisor : "1");
    return String(Math.ceil(quantityOf(quantity ?? "0") / divisor));
}

const suffixes: Record<string, number> = {
    ...{ "": 1, m: 1e-3, k: 1e3, M: 1e6, G: 1e9, T: 1e12 },
    ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 },
};

/** A Kubernetes quantity as a number: `1Gi` is 1073741824. Throws ConfigurationError when it is not one. */
function quantityOf(text: string): number {
    const match = /^([0-9.]+)([a-zA-Z]*)$/.exec(text);
    const factor = suffixes[match?.[2] ?? ""];
    if (!match || factor === undefined) {
        throw new ConfigurationError(`"${text}" is not a quantity.`);
    }
    return Number(match[1]) * factor;
}

/** Reads ConfigMaps and Secrets of a namespace. */
export function lookupIn(api: KubernetesApi, namespace: string): Lookup {
    return async (kind, name, optional) => {
        const object = await api.find<Keyed & { binaryData?: Record<string, string> }>(
            `/api/v1/namespaces/${namespace}/${kind}/${name}`,
        );
        if (!object && !optional) {
            throw new ConfigurationError(`${kind === "secrets" ? "secret" : "configmap"} "${name}" not found`);
        }
        const encoding = kind === "secrets" ? "base64" : "utf8";
        return new Map([
            ...Object.entries(object?.data ?? {}).map(([key, value]) => [key, Buffer.from(value, encoding)] as const),
            ...Object.entries(object?.binaryData ?? {}).map(
                ([key, value]) => [key, Buffer.from(value, "base64")] as const,
            ),
        ]);
    };
}
