import { bringsDefinitions, chartOf, valuesOf } from "../charts";
import type { Finding } from "../finding";
import { field, mapAt } from "../object";
import { type Cluster, findingAt, inEveryCluster, type Manifest, type Tree } from "../tree";

const annotation = "kustomize.toolkit.fluxcd.io/prune";

/** Nothing is pruned that takes volumes or other people's objects along: namespaces, custom resource definitions. */
export function pruning(tree: Tree): readonly Finding[] {
    return inEveryCluster(tree, (cluster) => {
        const layers = cluster.layers.filter(
            ({ kustomization }) => field(kustomization.object, "spec.prune") !== false,
        );
        const pruned = [...layers.flatMap(({ manifests }) => manifests), ...cluster.optional];
        return [...prunedObjects(pruned), ...prunedDefinitions(cluster, pruned)];
    });
}

function prunedObjects(manifests: readonly Manifest[]): Finding[] {
    const takes: Readonly<Record<string, string>> = {
        Namespace: "its volumes",
        CustomResourceDefinition: "every object of its kind",
    };
    return manifests
        .filter(({ object }) => object.kind in takes && !isKept(object))
        .map((manifest) => {
            const problem = `would be pruned by layer ${manifest.layer}, and take ${takes[manifest.object.kind]} along`;
            const fix = `annotate it ${annotation}: disabled`;
            return findingAt(manifest, ["metadata", "annotations", annotation], problem, fix);
        });
}

/** Helm deletes definitions that are templates with the release, unless the chart keeps them. */
function prunedDefinitions(cluster: Cluster, manifests: readonly Manifest[]): Finding[] {
    return manifests
        .filter(({ object }) => object.kind === "HelmRelease" && !isKept(object))
        .filter((release) => deletesDefinitions(cluster, release))
        .map((release) => {
            const problem = `would be pruned by layer ${release.layer}, and take its definitions and every object of their kinds along`;
            const fix = `move it to layer crds, set the value by which the chart keeps them (crds.keep), or annotate it ${annotation}: disabled`;
            return findingAt(release, ["metadata", "annotations", annotation], problem, fix);
        });
}

function deletesDefinitions(cluster: Cluster, release: Manifest): boolean {
    const chart = chartOf(cluster, release);
    if (chart?.crds?.folder !== "templates" || chart.kinds.length === 0 || !bringsDefinitions(chart, release)) {
        return false;
    }
    if (JSON.stringify(field(release.object, "spec.postRenderers") ?? []).includes("helm.sh/resource-policy: keep")) {
        return false;
    }
    const keep = field(valuesOf(chart, release), "crds.keep");
    return keep === undefined ? !chart.crds.keep : keep !== true;
}

function isKept(object: object): boolean {
    return mapAt(object, "metadata.annotations")[annotation] === "disabled";
}
