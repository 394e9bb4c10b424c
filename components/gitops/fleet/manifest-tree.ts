import * as fs from "node:fs";
import * as path from "node:path";
import { parseAllDocuments } from "yaml";

/** The files that a stack's branch holds, by path in the repository. */
export type ManifestTree = Readonly<Record<string, string>>;

/** Names of the environments of a tree: the folders of `clusters/`, less the one with the layers that they share. */
export function environmentsIn(directory: string): string[] {
    return fs
        .readdirSync(path.join(directory, "clusters"))
        .filter((name) => name !== "base")
        .sort();
}

/**
 * The tree of one environment: every file below `directory` but the folders of other environments.
 *
 * @throws Error if the environment has no folder below `clusters/`, naming those that have one.
 */
export function loadManifestTree(directory: string, environment: string): ManifestTree {
    const environments = environmentsIn(directory);
    if (!environments.includes(environment)) {
        throw new Error(
            `landfall:environment: gitops/clusters/${environment} does not exist; environments are ${environments.join(", ")}`,
        );
    }
    const others = environments.filter((name) => name !== environment).map((name) => `clusters/${name}/`);
    const files = fs
        .readdirSync(directory, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)).split(path.sep).join("/"))
        .filter((file) => !others.some((folder) => file.startsWith(folder)))
        .sort();
    return Object.fromEntries(files.map((file) => [file, fs.readFileSync(path.join(directory, file), "utf8")]));
}

export function isManifest(file: string): boolean {
    return /\.ya?ml$/.test(file) && !path.posix.basename(file).startsWith(".");
}

/** Every YAML document of the tree that is a Kubernetes object, with the file it stands in. */
export function* objectsOf(tree: ManifestTree): Generator<{ file: string; object: KubernetesObject }> {
    for (const file of Object.keys(tree).filter(isManifest)) {
        for (const document of parseAllDocuments(tree[file] ?? "")) {
            const object: unknown = document.toJS();
            if (isKubernetesObject(object)) {
                yield { file, object };
            }
        }
    }
}

export interface KubernetesObject {
    readonly apiVersion: string;
    readonly kind: string;
    readonly metadata?: { readonly name?: string; readonly namespace?: string };
    readonly [field: string]: unknown;
}

function isKubernetesObject(value: unknown): value is KubernetesObject {
    return typeof value === "object" && value !== null && "apiVersion" in value && "kind" in value;
}

/** What is wrong with the YAML of the tree: one line for each error, with file, line and column. */
export function syntaxProblems(tree: ManifestTree): string[] {
    return Object.keys(tree)
        .filter(isManifest)
        .flatMap((file) =>
            parseAllDocuments(tree[file] ?? "").flatMap((document) =>
                document.errors.map((error) => {
                    const at = error.linePos?.[0];
                    const where = at ? `:${at.line}:${at.col}` : "";
                    return `gitops/${file}${where}: ${error.message.split("\n")[0] ?? error.code}`;
                }),
            ),
        );
}
