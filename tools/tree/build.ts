import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs/promises";
import * as os from "node:os";
import * as path from "node:path";
import { parse } from "yaml";
import { filesOfBuild } from "./kustomizations";
import type { KubernetesObject } from "./object";
import { program } from "./programs";
import type { Sources } from "./sources";

/** An object as kustomize made it, before substitution. */
export interface BuiltObject {
    readonly text: string;
    /** Path from the root of the tree of the file that it is written in, or of the kustomization.yaml that generates it. */
    readonly file: string;
}

/** What kustomize made of a folder: its objects, or the reason why there are none. */
export type Built = { readonly objects: readonly BuiltObject[] } | { readonly error: string };

const builds = new Map<string, Promise<Built>>();
const waiting: (() => void)[] = [];
let free = Math.max(2, os.availableParallelism());

/**
 * `kustomize build` of a folder, with the file of each object. A folder whose files have not changed is built once a
 * process, wherever the tree lies.
 */
export function build(sources: Sources, folder: string): Promise<Built> {
    const hash = createHash("sha256").update(folder);
    for (const file of filesOfBuild(sources, folder)) {
        hash.update(`\0${file}\0`).update(sources.text(file));
    }
    const key = hash.digest("hex");
    const built = builds.get(key) ?? inTurn(() => runKustomize(sources, folder));
    builds.set(key, built);
    return built;
}

/** As many at once as the machine has processors. */
async function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (free === 0) {
        await new Promise<void>((resolve) => waiting.push(resolve));
    } else {
        free--;
    }
    try {
        return await work();
    } finally {
        const next = waiting.shift();
        if (next) {
            next();
        } else {
            free++;
        }
    }
}

/** The origin of an object is only told where `buildMetadata` asks for it, so another kustomization.yaml wraps the folder. */
async function runKustomize(sources: Sources, folder: string): Promise<Built> {
    const wrapper = await fs.realpath(await fs.mkdtemp(path.join(os.tmpdir(), "tree-build-")));
    try {
        const target = path.join(sources.root, folder);
        const wrapping = { resources: [path.relative(wrapper, target)], buildMetadata: ["originAnnotations"] };
        await fs.writeFile(path.join(wrapper, "kustomization.yaml"), JSON.stringify(wrapping));
        const wrapped = await kustomize(wrapper);
        if ("stdout" in wrapped) {
            const manifests = wrapped.stdout.split(/^---\n/m).filter((text) => text.trim() !== "");
            return { objects: manifests.map((text) => withoutOrigin(text, wrapper, sources.root)) };
        }
        // Its message without the wrapper names what the author wrote.
        const plain = await kustomize(target);
        return { error: ("stdout" in plain ? wrapped.error : plain.error).replaceAll(`${sources.root}/`, "gitops/") };
    } finally {
        await fs.rm(wrapper, { recursive: true });
    }
}

function kustomize(folder: string): Promise<{ stdout: string } | { error: string }> {
    return new Promise((resolve) => {
        execFile(program("kustomize"), ["build", folder], { maxBuffer: 2 ** 28 }, (error, stdout, stderr) =>
            resolve(error ? { error: stderr.trim().replace(/^Error: /, "") || error.message } : { stdout }),
        );
    });
}

const ORIGIN = /^ {4}config\.kubernetes\.io\/origin: \|\n((?: {6}.*\n)+)/m;

function withoutOrigin(text: string, wrapper: string, root: string): BuiltObject {
    const origin = parse(ORIGIN.exec(text)?.[1] ?? "{}") as { path?: string; configuredIn?: string };
    const file = path.relative(root, path.join(wrapper, origin.path ?? origin.configuredIn ?? ""));
    return { text: text.replace(ORIGIN, "").replace(/^ {2}annotations:\n(?! {4})/m, ""), file };
}

const objects = new Map<string, KubernetesObject>();

/** The object of a manifest. Parsed once for each text, and shared: never change one. */
export function parseObject(text: string): KubernetesObject {
    const known = objects.get(text) ?? (parse(text) as KubernetesObject);
    objects.set(text, known);
    return known;
}
