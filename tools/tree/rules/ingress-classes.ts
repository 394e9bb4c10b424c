import { chartOf, valuesOf } from "../charts";
import type { Finding } from "../finding";
import { type Need, unmetNeeds } from "../needs";
import { entriesWithin, field, isMap, textAt } from "../object";
import { type Cluster, inEveryCluster, type Manifest, type Tree } from "../tree";

/**
 * Every ingress class that an Ingress, an issuer or a value names is served, by whichever layer: the controller takes
 * up what was there before it.
 */
export function ingressClasses(tree: Tree): readonly Finding[] {
    return inEveryCluster(tree, (cluster) =>
        unmetNeeds(cluster, { of: needs, gifts: (manifest) => classesOf(cluster, manifest), anywhere: true }),
    );
}

function needs({ object }: Manifest): Need[] {
    return [...entriesWithin(object)]
        .filter(({ key, value }) => key === "ingressClassName" && typeof value === "string" && value !== "")
        .map(({ path, value }) => ({ path, what: `IngressClass ${String(value)}` }));
}

/** Charts of ingress controllers say the name of their class in `ingressClass` or `ingressClassResource`. */
function classesOf(cluster: Cluster, release: Manifest): string[] {
    if (release.object.kind !== "HelmRelease") {
        return [];
    }
    const values = valuesOf(chartOf(cluster, release), release);
    return [...entriesWithin(values)]
        .filter(({ key, value }) => /^ingressClass(Resource)?$/.test(key) && isMap(value))
        .filter(({ value }) => field(value, "enabled") === true)
        .map(({ value }) => `IngressClass ${textAt(value, "name") ?? release.object.metadata.name}`);
}
