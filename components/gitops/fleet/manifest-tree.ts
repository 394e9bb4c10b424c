import * as fs from "node:fs";
import * as path from "node:path";
import { readTreeFolder } from "./tree-folder";

/** The files that a stack's branch holds, by path in the repository. */
export type ManifestTree = Readonly<Record<string, string>>;

/** Names of the environments of a tree: the folders of `clusters/`, less the one with the layers that they share. */
export function environmentsIn(directory: string): string[] {
    return fs
        .readdirSync(path.join(directory, "clusters"), { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && entry.name !== "base")
        .map(({ name }) => name)
        .sort();
}

/**
 * The tree of one environment: every file below `directory` that Git tracks, but those in the folders of other
 * environments. Where the folder is in no checkout of Git, every file.
 *
 * @throws Error if the environment has no folder below `clusters/`, naming those that have one, or if the folder holds
 * something that a branch cannot hold as it is, one line each.
 */
export function loadManifestTree(directory: string, environment: string): ManifestTree {
    const environments = environmentsIn(directory);
    if (!environments.includes(environment)) {
        throw new Error(
            `landfall:environment: gitops/clusters/${environment} does not exist; environments are ${environments.join(", ")}`,
        );
    }
    const others = environments.filter((name) => name !== environment).map((name) => `clusters/${name}/`);
    const isOwn = (file: string) => !others.some((folder) => file.startsWith(folder));
    const { files, problems } = readTreeFolder(directory);
    const lines = problems
        .filter(({ file }) => isOwn(file))
        .map(({ file, problem, fix }) => `  gitops/${file}: ${problem}; ${fix}`);
    if (lines.length > 0) {
        throw new Error(["gitops/ cannot be committed as it is:", ...lines].join("\n"));
    }
    return Object.fromEntries(Object.entries(files).filter(([file]) => isOwn(file)));
}
