import * as path from "node:path";
import { isScalar, parseAllDocuments, visit } from "yaml";
import type { ManifestTree } from "../fleet/manifest-tree";

// source-controller's default exclusions, as far as a tree may name such files.
// https://fluxcd.io/flux/components/source/gitrepositories/#excluding-files
const endings = [".jpg", ".jpeg", ".gif", ".png", ".wmv", ".flv", ".tar.gz", ".zip"];
const names = [
    ".travis.yml",
    ".gitlab-ci.yml",
    "appveyor.yml",
    ".drone.yml",
    "cloudbuild.yaml",
    "codeship-services.yml",
    "codeship-steps.yml",
    ".goreleaser.yml",
    ".goreleaser.brew.yml",
    ".sops.yaml",
    ".flux.yaml",
    ".gitignore",
    ".gitmodules",
    ".gitattributes",
];
const folders = [".github", ".circleci"];

/** A line of a kustomization.yaml that names what Flux does not have. */
interface LeftOut {
    readonly file: string;
    readonly line: number;
    /** The file that it names, from the root of the tree. */
    readonly named: string;
}

/**
 * Where a tree needs files that Flux leaves out of what it fetches: here they are there, in the cluster the build
 * fails. A line such as `!*.png` of a `.sourceignore` brings an ending back.
 */
export function leftOutByFlux(tree: ManifestTree): LeftOut[] {
    const kept = Object.keys(tree)
        .filter((file) => path.posix.basename(file) === ".sourceignore")
        .flatMap((file) => (tree[file] ?? "").split("\n"))
        .flatMap((line) => /^!(?:\*\*\/)?\*(\.[\w.]+)\s*$/.exec(line)?.[1] ?? []);
    const isLeftOut = (file: string) =>
        endings.some((ending) => file.endsWith(ending) && !kept.includes(ending)) ||
        names.includes(path.posix.basename(file)) ||
        file.split("/").some((part) => folders.includes(part));
    return Object.keys(tree)
        .filter((file) => /(^|\/)(kustomization\.ya?ml|Kustomization)$/.test(file))
        .flatMap((file) =>
            filesNamedIn(tree, file)
                .filter(({ named }) => isLeftOut(named))
                .map(({ named, line }) => ({ file, line, named })),
        );
}

/** The same as one line each for a person. */
export function leftOutProblems(tree: ManifestTree): string[] {
    return leftOutByFlux(tree).map(
        ({ file, line, named }) => `gitops/${file}:${line}: ${leftOutProblem(named)}; ${leftOutFix}`,
    );
}

export function leftOutProblem(named: string): string {
    return `names ${named}, which Flux leaves out of what it fetches`;
}

export const leftOutFix =
    "give it another name or ending (https://fluxcd.io/flux/components/source/gitrepositories/#excluding-files)";

function filesNamedIn(tree: ManifestTree, file: string): { named: string; line: number }[] {
    const text = tree[file] ?? "";
    const found: { named: string; line: number }[] = [];
    for (const document of parseAllDocuments(text)) {
        visit(document, {
            Scalar: (key, node) => {
                if (key === "key" || !isScalar(node) || typeof node.value !== "string") {
                    return;
                }
                // A generator may name a file as key=path.
                const named = path.posix.join(path.posix.dirname(file), node.value.replace(/^[^=/]*=/, ""));
                if (tree[named] !== undefined) {
                    found.push({ named, line: text.slice(0, node.range?.[0] ?? 0).split("\n").length });
                }
            },
        });
    }
    return found;
}
