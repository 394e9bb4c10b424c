import type { Finding } from "../finding";
import { groupVersion, label } from "../object";
import { findingAt, inEveryCluster, listedLayers, type Manifest, manifestsOf, type Tree } from "../tree";

/** No two layers hold the same object: each would undo what the other applies. */
export function objectsOnce(tree: Tree): readonly Finding[] {
    return inEveryCluster(tree, (cluster) => {
        const first = new Map<string, Manifest>();
        return [...listedLayers(cluster).map(({ kustomization }) => kustomization), ...manifestsOf(cluster)].flatMap(
            (manifest) => {
                const key = `${groupVersion(manifest.object).group}/${label(manifest.object)}`;
                const other = first.get(key);
                first.set(key, other ?? manifest);
                const problem = `is in layer ${manifest.layer} and, by ${other?.file}, in layer ${other?.layer}`;
                return other ? [findingAt(manifest, "metadata.name", problem, "keep one of the two")] : [];
            },
        );
    });
}
