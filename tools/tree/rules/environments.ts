import * as path from "node:path";
import type { Finding } from "../finding";
import { kustomizeFile } from "../kustomizations";
import { label } from "../object";
import type { Sources } from "../sources";
import { type Cluster, type Manifest, manifestsOf, type Tree } from "../tree";

/** Objects that one environment may have alone, each with its reason. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
    "canary/Secret flux-system/decryption-canary-key-vault":
        "An environment gets it with `npm run secret -- recipients`, once its vault is there.",
};

/**
 * Every environment has the same objects in the same layers, but for the layers that it does not list, and the systems and
 * tenants that a base does not: an environment that wants one names it.
 */
export function environments(tree: Tree): readonly Finding[] {
    return tree.clusters.flatMap((cluster) =>
        tree.clusters
            .filter((other) => other.mesh === cluster.mesh && other !== cluster)
            .flatMap((model) => missing(tree, cluster, model)),
    );
}

function missing(tree: Tree, cluster: Cluster, model: Cluster): Finding[] {
    const off = cluster.layers.filter(({ isListed }) => !isListed).map(({ name }) => name);
    const own = new Set(compared(tree.sources, cluster).map(nameOf));
    return compared(tree.sources, model)
        .filter((manifest) => !own.has(nameOf(manifest)) && !(nameOf(manifest) in EXCEPTIONS))
        .filter(({ layer }) => !off.includes(layer))
        .map((manifest) => {
            const layer = cluster.layers.find(({ name }) => name === manifest.layer);
            const file = layer
                ? `${layer.folder}/kustomization.yaml`
                : `clusters/${cluster.environment}/kustomization.yaml`;
            return {
                file,
                line: tree.sources.lineOf(file, /^resources:/),
                problem: `${cluster.environment} has no ${label(manifest.object)} in layer ${manifest.layer}, which ${model.environment} has`,
                fix: `list what holds it here too (there it is ${manifest.file}), or take it away there`,
            };
        });
}

/** What a base lists, and what environments add besides systems. */
function compared(sources: Sources, cluster: Cluster): readonly Manifest[] {
    const bases = cluster.layers.flatMap(
        ({ folder }) => kustomizeFile(sources, `${path.posix.dirname(folder)}/base`) ?? [],
    );
    return manifestsOf(cluster).filter(({ file }) => {
        const base = bases.find(({ folder }) => file.startsWith(`${folder}/`));
        return (
            base === undefined ||
            base.resources.some((resource) => file === resource || file.startsWith(`${resource}/`))
        );
    });
}

function nameOf({ layer, object }: Manifest): string {
    return `${layer}/${label(object)}`;
}
