import { resolve } from "node:path";
import { environmentsIn } from "../../components/gitops/fleet/manifest-tree";
import { renderTree } from "../../tools/tree/render";
import type { Cluster, Tree } from "../../tools/tree/tree";

/** Absolute path of the tree. */
export const treeRoot = resolve(__dirname, "../../gitops");

/** Environments that the tree has, in alphabetical order. */
export const environments: readonly string[] = environmentsIn(treeRoot);

let rendered: Promise<Tree> | undefined;

/** The tree as it lies there, with every environment and mesh. Rendered once a process; its objects are shared. */
export function committedTree(): Promise<Tree> {
    rendered ??= renderTree(treeRoot);
    return rendered;
}

/**
 * One environment of a tree, with the first of its meshes.
 *
 * @throws Error if the tree was rendered without it.
 */
export function clusterOf(tree: Tree, environment: string): Cluster {
    const cluster = tree.clusters.find((candidate) => candidate.environment === environment);
    if (!cluster) {
        throw new Error(`the tree has no environment ${environment}`);
    }
    return cluster;
}
