import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs/promises";
import * as os from "node:os";
import * as path from "node:path";
import { parse } from "yaml";
import { inTurn } from "./in-turn";
import { type Build, filesOfBuild, kustomizeFile } from "./kustomizations";
import { type KubernetesObject, textAt } from "./object";
import { program } from "./programs";
import { rebased } from "./rebase";
import type { Sources } from "./sources";

/** An object as kustomize made it, before substitution. */
export interface BuiltObject {
    readonly text: string;
    /**
     * Path from the root of the tree of the file that it is written in, or of the kustomization.yaml that generates it.
     */
    readonly file: string;
}

/** What kustomize made of a folder: its objects, or the reason why there are none. */
export type Built = { readonly objects: readonly BuiltObject[] } | { readonly error: string };

const builds = new Map<string, Promise<Built>>();

/**
 * Builds what Flux does: a folder with its components, and files from outside of the folder. Each object comes with the
 * file that it is written in. What has not changed is built once a process, wherever the tree lies.
 *
 * @see https://github.com/fluxcd/pkg/blob/main/kustomize/kustomize_generator.go, which switches load restrictions off
 */
export function build(sources: Sources, wanted: Build): Promise<Built> {
    const hash = createHash("sha256").update(JSON.stringify(wanted));
    for (const file of filesOfBuild(sources, wanted)) {
        hash.update(`\0${file}\0`).update(sources.text(file));
    }
    const key = hash.digest("hex");
    const built = builds.get(key) ?? inTurn(() => runKustomize(sources, wanted));
    builds.set(key, built);
    return built;
}

/**
 * Flux writes its components into the folder's kustomization.yaml. Here a copy gets them, which also asks for the
 * origin of each object.
 */
async function runKustomize(sources: Sources, wanted: Build): Promise<Built> {
    const wrapper = await fs.realpath(await fs.mkdtemp(path.join(os.tmpdir(), "tree-build-")));
    try {
        const content = { ...wrapping(sources, wanted, wrapper), buildMetadata: ["originAnnotations"] };
        await fs.writeFile(path.join(wrapper, "kustomization.yaml"), JSON.stringify(content));
        const result = await kustomize(wrapper);
        if ("error" in result) {
            const written = `${path.relative(wrapper, sources.root)}/`;
            return { error: result.error.replaceAll(written, "").replaceAll(`${sources.root}/`, "") };
        }
        const manifests = result.stdout.split(/^---\n/m).filter((text) => text.trim() !== "");
        return { objects: manifests.map((text) => withoutOrigin(text, wrapper, sources.root, wanted.folder)) };
    } finally {
        await fs.rm(wrapper, { recursive: true });
    }
}

/** The content of the folder's kustomization.yaml with the components, as it has to read in another folder. */
function wrapping(sources: Sources, { folder, components }: Build, wrapper: string): Record<string, unknown> {
    const here = (name: string) => path.relative(wrapper, path.join(sources.root, name));
    const own = kustomizeFile(sources, folder)?.content;
    if (own === undefined || textAt(own, "kind") === "Component") {
        const key = own === undefined ? "resources" : "components";
        const all = { resources: [], components: components.map(here) };
        return { ...all, [key]: [here(folder), ...all[key]] };
    }
    const content = rebased(own as Record<string, unknown>, path.join(sources.root, folder), wrapper);
    const listed = (content.components ?? []) as readonly unknown[];
    return { ...content, components: [...listed, ...components.map(here)] };
}

function kustomize(folder: string): Promise<{ stdout: string } | { error: string }> {
    const args = ["build", "--load-restrictor", "LoadRestrictionsNone", folder];
    return new Promise((resolve) => {
        execFile(program("kustomize"), args, { maxBuffer: 2 ** 28 }, (error, stdout, stderr) =>
            resolve(error ? { error: stderr.trim().replace(/^Error: /, "") || error.message } : { stdout }),
        );
    });
}

const originAnnotation = /^ {4}config\.kubernetes\.io\/origin: \|\n((?: {6}.*\n)+)/m;

function withoutOrigin(text: string, wrapper: string, root: string, folder: string): BuiltObject {
    const origin = parse(originAnnotation.exec(text)?.[1] ?? "{}") as { path?: string; configuredIn?: string };
    const source = origin.path ?? origin.configuredIn ?? "";
    // What the folder generates is said to come from the copy of its kustomization.yaml.
    const file =
        source === "kustomization.yaml" ? path.join(folder, source) : path.relative(root, path.join(wrapper, source));
    return { text: text.replace(originAnnotation, "").replace(/^ {2}annotations:\n(?! {4})/m, ""), file };
}

const objects = new Map<string, KubernetesObject>();

/** The object of a manifest. Parsed once for each text, and shared: never change one. */
export function parseObject(text: string): KubernetesObject {
    const known = objects.get(text) ?? (parse(text) as KubernetesObject);
    objects.set(text, known);
    return known;
}
