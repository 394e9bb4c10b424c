import { nearest } from "../../../components/settings/nearest";
import type { Finding } from "../finding";
import { dependenciesOf, findingAt, inEveryCluster, layersBefore, listedLayers, type Tree } from "../tree";

/** Layers depend on layers that exist, in no circle. */
export function layerOrder(tree: Tree): readonly Finding[] {
    return inEveryCluster(tree, (cluster) => {
        const listed = listedLayers(cluster).map(({ name }) => name);
        const all = cluster.layers.map(({ name }) => name);
        const unknown = cluster.layers.flatMap((layer) => {
            const names = layer.isListed ? listed : all;
            return dependenciesOf(layer).flatMap((dependency, index) => {
                const near = nearest(dependency, names);
                const fix = near === undefined ? `layers are ${names.join(", ")}` : `did you mean ${near}?`;
                const path = ["spec", "dependsOn", index, "name"];
                const problem = `depends on ${dependency}, which ${all.includes(dependency) ? "is not listed" : "does not exist"}`;
                return names.includes(dependency) ? [] : [findingAt(layer.kustomization, path, problem, fix)];
            });
        });
        const circles = cluster.layers
            .filter(({ name }) => layersBefore(cluster, name).has(name))
            .map(({ kustomization, name }) => {
                const back = [...layersBefore(cluster, name)].filter((other) => layersBefore(cluster, other).has(name));
                const fix = `take one dependency out of the circle ${back.sort().join(", ")}`;
                return findingAt(kustomization, "spec.dependsOn", "depends on itself, so that it never starts", fix);
            });
        return [...unknown, ...circles];
    });
}
