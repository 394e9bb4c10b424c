/** A Kubernetes object as parsed from a manifest. */
export interface KubernetesObject {
    apiVersion: string;
    kind: string;
    metadata: { name: string; namespace?: string; [field: string]: unknown };
    [field: string]: unknown;
}

/** The way to a value in an object: keys, and indexes of lists. Text is split at its dots. */
export type Path = string | readonly (string | number)[];

export function segmentsOf(path: Path): readonly (string | number)[] {
    return typeof path === "string" ? path.split(".") : path;
}

/** The value at a path of an object, or undefined. */
export function field(object: unknown, path: Path): unknown {
    return segmentsOf(path).reduce<unknown>((value, key) => {
        return value !== null && typeof value === "object" ? (value as Record<string, unknown>)[key] : undefined;
    }, object);
}

/** The text at a path of an object, or undefined if there is none or something else. */
export function textAt(object: unknown, path: Path): string | undefined {
    const value = field(object, path);
    return typeof value === "string" ? value : undefined;
}

/** The list at a path of an object; empty if there is none. */
export function list(object: unknown, path: Path): unknown[] {
    const value = field(object, path);
    return Array.isArray(value) ? value : [];
}

/** The map at a path of an object; empty if there is none. */
export function mapAt(object: unknown, path: Path): Readonly<Record<string, unknown>> {
    const value = field(object, path);
    return isMap(value) ? value : {};
}

export function isMap(value: unknown): value is Record<string, unknown> {
    return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** Kind, namespace and name, as people write it: `Deployment podinfo/podinfo`. */
export function label(object: KubernetesObject): string {
    const { namespace, name } = object.metadata;
    return namespace === undefined ? `${object.kind} ${name}` : `${object.kind} ${namespace}/${name}`;
}

/** The API group, empty for the core group, and the version of an object. */
export function groupVersion({ apiVersion }: { readonly apiVersion: string }): { group: string; version: string } {
    const [group = "", version] = apiVersion.split("/");
    return version === undefined ? { group: "", version: group } : { group, version };
}

/** A map or a value within an object, with the way to it. */
export interface Found {
    readonly path: readonly (string | number)[];
    readonly key: string;
    readonly value: unknown;
}

/** Every key of every map within a value, in the order in which they are written. */
export function* entriesWithin(value: unknown, path: readonly (string | number)[] = []): Generator<Found> {
    if (Array.isArray(value)) {
        for (const [index, item] of value.entries()) {
            yield* entriesWithin(item, [...path, index]);
        }
    } else if (isMap(value)) {
        for (const [key, item] of Object.entries(value)) {
            yield { path: [...path, key], key, value: item };
            yield* entriesWithin(item, [...path, key]);
        }
    }
}
