import * as path from "node:path";
import { manifestsIn } from "../../../components/gitops/fleet/manifests";
import type { Finding } from "../finding";
import { type Build, filesOfBuild, kustomizeFile, kustomizeFilesOf, plainBuild } from "../kustomizations";
import { list, textAt } from "../object";
import type { Sources } from "../sources";
import type { Cluster, Tree } from "../tree";
import { unlistedSystems } from "../unlisted-systems";
import { serviceMeshes } from "../variables";

/** Every file of the tree is read by a layer or may be listed, and no list has a line twice. */
export function systems(tree: Tree): readonly Finding[] {
    return [...unreadFiles(tree), ...repeatedLines(tree)];
}

function unreadFiles(tree: Tree): Finding[] {
    const { sources } = tree;
    const read = new Set([
        ...buildsOf(tree).flatMap((build) => filesOfBuild(sources, build)),
        ...tree.clusters.flatMap(({ layers }) => layers.map(({ kustomization }) => kustomization.file)),
    ]);
    return manifestsIn(sources.files)
        .filter((file) => file.includes("/") && !read.has(file))
        .filter((file) => !isListedBeside(sources, file))
        .map((file) => ({ file, line: 1, problem: `${file} is read by no kustomization`, fix: fixOf(sources, file) }));
}

/** What is rendered, and the parts of the environments and meshes that are not. */
function buildsOf({ sources, clusters }: Tree): readonly Build[] {
    return [
        ...clusters.flatMap(({ layers }) => layers.map(({ build }) => build)),
        ...clusters.flatMap((cluster) => optionsOf(sources, cluster)),
        ...sources.environments.flatMap((name) => [
            plainBuild(`clusters/${name}`),
            ...sources.foldersIn(`clusters/${name}`).map((layer) => plainBuild(`clusters/${name}/${layer}`)),
        ]),
        ...serviceMeshes.map((mesh) => plainBuild(`systems/${mesh}`)),
    ];
}

/** What an environment does not list and may: systems, teams, and patches of those that it has. */
function optionsOf(sources: Sources, { environment, mesh, layers, optional }: Cluster): readonly Build[] {
    const listed = [plainBuild(`clusters/${environment}`), ...layers.map(({ build }) => build)];
    const components = unlistedSystems(sources, listed, mesh).filter(
        (folder) => textAt(kustomizeFile(sources, folder)?.content, "kind") === "Component",
    );
    return [...optional.map(({ build }) => build), ...components.map(plainBuild)];
}

/** Whether it is its folder that nobody reads, rather than the file alone. */
function isListedBeside(sources: Sources, file: string): boolean {
    const beside = kustomizeFile(sources, path.posix.dirname(file));
    return beside !== undefined && [...beside.resources, ...beside.others].includes(file);
}

function fixOf(sources: Sources, file: string): string {
    const [folder, name] = [path.posix.dirname(file), path.posix.basename(file)];
    if (name === "kustomization.yaml") {
        return "list its folder in a layer's kustomization.yaml, or delete it";
    }
    if (/^clusters\/[^/]+$/.test(folder)) {
        return `add "- ../${name}" to the resources of ${folder}/<layer>/kustomization.yaml, or delete it`;
    }
    const beside = kustomizeFile(sources, folder) ? `add "- ${name}" to ${folder}/kustomization.yaml, ` : "";
    return `${beside}name it in layers/<layer>/kustomization.yaml, or delete it`;
}

function repeatedLines(tree: Tree): Finding[] {
    const { sources } = tree;
    const files = new Map(
        buildsOf(tree)
            .flatMap((build) => kustomizeFilesOf(sources, build))
            .map(({ file, content }) => [file, list(content, "resources").map(String)]),
    );
    return [...files].flatMap(([file, names]) =>
        names.flatMap((name, index) => {
            const node = sources.yaml(file).documents[0]?.getIn(["resources", index], true) as
                { range?: [number] } | undefined;
            const line = sources.yaml(file).lineAt(node?.range?.[0] ?? 0);
            const problem = `lists ${name} twice`;
            return names.indexOf(name) === index ? [] : [{ file, line, problem, fix: "remove one of the two lines" }];
        }),
    );
}
