import type { Finding } from "../finding";
import { label } from "../object";
import type { Sources } from "../sources";
import { type Cluster, type Manifest, manifestsOf, type Tree } from "../tree";

/** Objects that one environment may have alone, each with its reason. */
const exceptions: Readonly<Record<string, string>> = {
    "canary/Secret flux-system/decryption-canary-key-vault":
        "An environment gets it with `npm run secret -- recipients`, once its vault is there.",
    "observability/Secret monitoring/alert-receivers":
        "An environment has it for the routes of its alerts, which are its own choice.",
};

/**
 * Every environment has the same objects in the same layers, but for the layers that it does not list, and the systems
 * and teams that only some environments list.
 */
export function environments(tree: Tree): readonly Finding[] {
    return tree.clusters.flatMap((cluster) =>
        tree.clusters
            .filter((other) => other.mesh === cluster.mesh && other !== cluster)
            .flatMap((model) => missing(tree.sources, cluster, model)),
    );
}

function missing(sources: Sources, cluster: Cluster, model: Cluster): Finding[] {
    const off = cluster.layers.filter(({ isListed }) => !isListed).map(({ name }) => name);
    const own = new Set(compared(cluster).map(nameOf));
    return compared(model)
        .filter((manifest) => !own.has(nameOf(manifest)) && !(nameOf(manifest) in exceptions))
        .filter(({ layer }) => !off.includes(layer))
        .map((manifest) => ({ manifest, file: whereLayerIs(sources, cluster.environment, manifest.layer) }))
        .map(({ manifest, file }) => ({
            file,
            line: sources.lineOf(file, /^resources:/),
            problem: `${cluster.environment} has no ${label(manifest.object)} in layer ${manifest.layer}, which ${model.environment} has`,
            fix: `list what holds it here too (there it is ${manifest.file}), or remove it there`,
        }));
}

/** What an environment says of a layer, or its list of layers. */
function whereLayerIs(sources: Sources, environment: string, layer: string): string {
    const own = `clusters/${environment}/${layer}/kustomization.yaml`;
    return sources.has(own) ? own : `clusters/${environment}/kustomization.yaml`;
}

/** All objects but those of the systems and teams that the environment adds to a layer. */
function compared(cluster: Cluster): readonly Manifest[] {
    return manifestsOf(cluster).filter(
        ({ file, build }) =>
            !build.components.some(
                (component) => /^(systems|tenants)\//.test(component) && file.startsWith(`${component}/`),
            ),
    );
}

function nameOf({ layer, object }: Manifest): string {
    return `${layer}/${label(object)}`;
}
