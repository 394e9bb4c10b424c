import type { TypedObject } from "../../kubernetes/object";

/** The parts of an object that this provider reads, in a resource's inputs and in the cluster. */
export interface ResourceObject extends TypedObject {
    readonly spec?: Readonly<Record<string, unknown>>;
    readonly status?: ObjectStatus;
    readonly [key: string]: unknown;
}

interface ObjectStatus {
    readonly observedGeneration?: number;
    readonly conditions?: readonly Condition[];
    readonly [key: string]: unknown;
}

export interface Condition {
    readonly type: string;
    readonly status: string;
    readonly reason?: string;
    readonly message?: string;
    readonly observedGeneration?: number;
}

export interface ObjectReference {
    readonly apiVersion: string;
    readonly kind: string;
    readonly name: string;
    readonly namespace?: string;
}

/** How an object is named to the user: `Deployment flux-system/source-controller`. */
export function describe({ kind, name, namespace }: Omit<ObjectReference, "apiVersion">): string {
    return `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}

export function referenceTo({ apiVersion, kind, metadata }: ResourceObject): ObjectReference {
    return { apiVersion, kind, name: metadata.name, namespace: metadata.namespace };
}

/** A Pulumi id, `namespace/name` or `name`, with the type's API version and kind. */
export function parseReference(type: string, id: string): ObjectReference {
    const [, version = "", kind = ""] = type.split(":");
    const [name = "", namespace] = id.split("/").reverse();
    return { apiVersion: version.replace(/^core\//, ""), kind, name, namespace };
}

export function idOf({ name, namespace }: ObjectReference): string {
    return namespace === undefined ? name : `${namespace}/${name}`;
}
