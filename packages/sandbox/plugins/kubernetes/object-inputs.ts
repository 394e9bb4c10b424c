import { randomBytes } from "node:crypto";
import { differingPaths } from "../compare";
import { type CheckFailure, type Difference, type Properties, unknown } from "../provider";
import { clusterScopedKinds, replacingPaths } from "./kinds";
import type { KubernetesSettings } from "./settings";

const autonamed = "pulumi.com/autonamed";

/** The inputs with a name and a namespace, as the real provider completes them. */
export function checkObject(
    type: string,
    name: string,
    olds: Properties | undefined,
    news: Properties,
    defaultNamespace: string,
): { inputs: Properties; failures: CheckFailure[] } {
    const { metadata = {} } = news;
    if (type.split(":")[2] !== news.kind) {
        const reason = `the sandbox's kubernetes provider has no ${type}: it manages whole objects, not patches or lists`;
        return { inputs: news, failures: [{ property: "kind", reason }] };
    }
    if (metadata === unknown) {
        return { inputs: news, failures: [] };
    }
    const named = withName(name, asProperties(olds?.metadata), asProperties(metadata));
    const completed = named.namespace ?? namespaceFor(news, defaultNamespace);
    const inputs = { ...news, metadata: { ...named, ...(completed === undefined ? {} : { namespace: completed }) } };
    return { inputs, failures: [] };
}

function withName(name: string, olds: Properties, metadata: Properties): Properties {
    if (metadata.name !== undefined && metadata.name !== "") {
        return metadata;
    }
    const isSame = asProperties(olds.annotations)[autonamed] === "true";
    return {
        ...metadata,
        name: isSame ? olds.name : `${name}-${randomBytes(4).toString("hex")}`,
        annotations: { ...asProperties(metadata.annotations), [autonamed]: "true" },
    };
}

/** Of a custom resource only the cluster can say whether it has a namespace, and a preview does not ask it. */
function namespaceFor({ apiVersion, kind }: Properties, defaultNamespace: string): string | undefined {
    const group = String(apiVersion).includes("/") ? String(apiVersion).split("/")[0] : "";
    const isBuiltIn = group === "" || !group?.includes(".") || group.endsWith(".k8s.io");
    return isBuiltIn && !clusterScopedKinds.has(String(kind)) ? defaultNamespace : undefined;
}

/** Another identity needs another object, and so do the fields that the API server will not change. */
export function diffObject(olds: Properties, news: Properties, settings: KubernetesSettings): Difference {
    const paths = differingPaths(olds, news);
    const fixed = replacingPaths(news, settings);
    const replaces = paths.filter((path) => fixed.some((prefix) => isWithin(path, prefix)));
    const [old, current] = [asProperties(olds.metadata), asProperties(news.metadata)];
    return {
        updates: paths.filter((path) => !replaces.includes(path)),
        replaces,
        // A new object under the same name cannot be there beside the old one.
        deleteBeforeReplace: replaces.length > 0 && old.name === current.name && old.namespace === current.namespace,
    };
}

function isWithin(path: string, prefix: string): boolean {
    return path === prefix || path.startsWith(`${prefix}.`) || path.startsWith(`${prefix}[`);
}

/** The live object reduced to what `inputs` say something about, so that a refresh shows drift and nothing else. */
export function pruneToInputs(inputs: unknown, live: unknown): unknown {
    if (Array.isArray(inputs) && Array.isArray(live)) {
        return inputs.length === live.length ? live.map((item, index) => pruneToInputs(inputs[index], item)) : live;
    }
    if (isObject(inputs) && isObject(live)) {
        const kept = Object.keys(inputs).filter((key) => live[key] !== undefined || isZero(inputs[key]));
        return Object.fromEntries(kept.map((key) => [key, pruneToInputs(inputs[key], live[key] ?? inputs[key])]));
    }
    return live;
}

/** What the API server leaves out of an object instead of writing it down. */
function isZero(value: unknown): boolean {
    return !value || (typeof value === "object" && Object.keys(value).length === 0);
}

export function asProperties(value: unknown): Properties {
    return isObject(value) ? value : {};
}

function isObject(value: unknown): value is Properties {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
