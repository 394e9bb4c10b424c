import * as path from "node:path";
import { copiesOf, copyLine, copyPath } from "../artifacts";
import type { Finding } from "../finding";
import { filesOfBuild } from "../kustomizations";
import { findingAt, type Layer, type Tree } from "../tree";

/**
 * A layer's artifact has the files that the layer is built from, and moves with no others: a file that is missing there
 * is missing in the cluster, and each that is copied without need is one more reason for a new revision.
 */
export function artifacts(tree: Tree): readonly Finding[] {
    const layers = tree.clusters.flatMap((cluster) => cluster.layers);
    return [...layers.flatMap((layer) => faultsOf(tree, layer)), ...idleCopies(tree, layers)];
}

function faultsOf({ sources }: Tree, layer: Layer): Finding[] {
    const { name, generator, kustomization, build } = layer;
    if (generator === undefined) {
        const fix = `write an ArtifactGenerator ${name} into ${kustomization.file}, as its neighbours do`;
        return [findingAt(kustomization, "spec.sourceRef", "has no ArtifactGenerator of its name", fix)];
    }
    const copies = copiesOf(layer);
    const read = filesOfBuild(sources, build);
    const wrong = copies
        .filter(({ problem }) => problem !== undefined)
        .map(({ index, problem = "" }) =>
            findingAt(generator, [...copyPath, index], problem, `write ${copyLine("<folder>")}`),
        );
    const missing = read
        .filter((file) => !copies.some(({ takes }) => takes(file)))
        .map((file) => path.posix.dirname(file))
        .filter((folder, index, all) => all.indexOf(folder) === index)
        .map((folder) => {
            const file = read.find((each) => path.posix.dirname(each) === folder && !copies.some((c) => c.takes(each)));
            const problem = `does not copy ${file}, which layer ${name} is built from`;
            return findingAt(generator, copyPath, problem, `add ${copyLine(folder)}`);
        });
    return [...wrong, ...missing];
}

/** What one environment or mesh does not need, another may. */
function idleCopies({ sources }: Tree, layers: readonly Layer[]): Finding[] {
    const used = new Set(
        layers.flatMap((layer) => {
            const read = filesOfBuild(sources, layer.build);
            return copiesOf(layer)
                .filter(({ takes }) => read.some(takes))
                .map(({ index }) => `${layer.name} ${index}`);
        }),
    );
    return layers.flatMap((layer) =>
        copiesOf(layer)
            .filter(({ index, problem }) => problem === undefined && !used.has(`${layer.name} ${index}`))
            .flatMap(({ index, from }) => {
                const problem = `copies ${from}, of which layer ${layer.name} reads nothing`;
                const fix = "take the line away, or list the files in the layer";
                return layer.generator ? [findingAt(layer.generator, [...copyPath, index], problem, fix)] : [];
            }),
    );
}
