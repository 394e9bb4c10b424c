import * as path from "node:path";
import { isManifest } from "../../../components/gitops/fleet/manifest-tree";
import type { Finding } from "../finding";
import { filesOfBuild, kustomizeFile } from "../kustomizations";
import { list } from "../object";
import type { Sources } from "../sources";
import type { Tree } from "../tree";
import { SERVICE_MESHES } from "../variables";

/** A system is one folder and one line: no file that nobody reads, no line twice, nothing of a system outside its folder. */
export function systems(tree: Tree): readonly Finding[] {
    const { sources } = tree;
    const bases = [
        ...new Set(
            tree.clusters.flatMap(({ layers }) => layers.map(({ folder }) => `${path.posix.dirname(folder)}/base`)),
        ),
    ];
    return [
        ...unreadFiles(tree),
        ...bases.flatMap((base) => [...wrongLines(sources, base), ...withoutList(sources, base)]),
    ];
}

/** Files that no environment reads, and no system that an environment may list. */
function unreadFiles({ sources, clusters }: Tree): Finding[] {
    const layers = clusters.flatMap((cluster) => cluster.layers);
    const built = [
        ...new Set([
            ...clusters.map(({ environment }) => `clusters/${environment}`),
            ...layers.map(({ folder }) => folder),
        ]),
    ];
    const folders = [...built, ...layers.flatMap(({ optional }) => optional.map(({ folder }) => folder))];
    const read = new Set([
        ...[...new Set(folders)].flatMap((folder) => filesOfBuild(sources, folder)),
        ...layers.map(({ kustomization }) => kustomization.file),
    ]);
    const rendered = clusters.flatMap(({ environment, mesh }) => [environment, mesh]);
    const others = [...sources.foldersIn("clusters"), ...SERVICE_MESHES].filter((name) => !rendered.includes(name));
    const isOfOther = (file: string) => file.split("/").some((part) => others.includes(part));
    return sources.files
        .filter((file) => file.includes("/") && isManifest(file) && !read.has(file) && !isOfOther(file))
        .filter((file) => !isListedBeside(sources, file))
        .map((file) => {
            const list = `${path.posix.dirname(file)}/kustomization.yaml`;
            const isUnlisted = path.posix.basename(file) === "kustomization.yaml";
            const fix = isUnlisted
                ? "list its folder in the kustomization.yaml above, or delete it"
                : `add "- ${path.posix.basename(file)}" to ${list}, or delete it`;
            return { file, line: 1, problem: `${file} is read by no kustomization`, fix };
        });
}

/** Whether it is its folder that nobody reads, rather than the file alone. */
function isListedBeside(sources: Sources, file: string): boolean {
    const beside = kustomizeFile(sources, path.posix.dirname(file));
    return beside !== undefined && [...beside.resources, ...beside.others].includes(file);
}

/** Lines of a base name folders and files of that base, once each. */
function wrongLines(sources: Sources, base: string): Finding[] {
    const own = kustomizeFile(sources, base);
    const names = list(own?.content, "resources").map(String);
    return names.flatMap((name, index) => {
        const node = sources.yaml(own?.file ?? "").documents[0]?.getIn(["resources", index], true) as
            { range?: [number] } | undefined;
        const line = sources.yaml(own?.file ?? "").lineAt(node?.range?.[0] ?? 0);
        const at = (problem: string, fix: string): Finding => ({ file: own?.file ?? "", line, problem, fix });
        return [
            ...(names.indexOf(name) === index ? [] : [at(`lists ${name} twice`, "take one of the two lines away")]),
            ...(/^[\w.-]+$/.test(name) && !name.startsWith("..")
                ? []
                : [at(`lists ${name}, which is not in ${base}`, "a system is a folder directly in it")]),
        ];
    });
}

/** A folder of a base without a kustomization.yaml cannot be listed. */
function withoutList(sources: Sources, base: string): Finding[] {
    return sources
        .foldersIn(base)
        .map((name) => `${base}/${name}`)
        .filter((folder) => !kustomizeFile(sources, folder))
        .map((folder) => ({
            file: sources.below(folder)[0] ?? folder,
            line: 1,
            problem: `${folder} has no kustomization.yaml, so that nothing can list it`,
            fix: "write one that lists its files, as in the folders beside it",
        }));
}
