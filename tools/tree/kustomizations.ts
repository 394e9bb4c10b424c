import * as path from "node:path";
import { type KubernetesObject, list, mapAt, textAt } from "./object";
import type { Sources } from "./sources";

/** A `kustomization.yaml`, with the folders and files that it names. */
export interface KustomizeFile {
    readonly file: string;
    readonly folder: string;
    readonly content: unknown;
    /** Folders and files of `resources` and `components`, from the root of the tree. */
    readonly resources: readonly string[];
    /** Every other file that it reads: patches, files of generators. */
    readonly others: readonly string[];
}

/** What Flux builds of a Kustomization. All paths are from the root of the tree. */
export interface Build {
    /** A folder with a kustomization.yaml, or one manifest. */
    readonly folder: string;
    /** Folders of components that are applied after what the folder lists, in this order. */
    readonly components: readonly string[];
}

/** A folder on its own. */
export function plainBuild(folder: string): Build {
    return { folder: path.posix.normalize(folder), components: [] };
}

const name = "kustomization.yaml";

/** The `kustomization.yaml` of a folder, or undefined if it has none. */
export function kustomizeFile(sources: Sources, folder: string): KustomizeFile | undefined {
    const file = path.posix.join(folder, name);
    if (!sources.has(file)) {
        return undefined;
    }
    const { content } = sources.yaml(file);
    const here = (name: unknown) => path.posix.join(folder, String(name));
    const generated = ["configMapGenerator", "secretGenerator"]
        .flatMap((generator) => list(content, generator))
        .flatMap((entry) => [...list(entry, "files"), ...list(entry, "envs")])
        .map((name) => String(name).replace(/^[^=]*=/, ""));
    const patches = [...list(content, "patches"), ...list(content, "replacements")].map((entry) =>
        textAt(entry, "path"),
    );
    return {
        file,
        folder,
        content,
        resources: [...list(content, "resources"), ...list(content, "components")].map(here),
        others: [...patches.filter((name) => name !== undefined), ...generated].map(here),
    };
}

/** The `kustomization.yaml` files that a build reads, those that are applied last first. */
export function kustomizeFilesOf(sources: Sources, { folder, components }: Build): readonly KustomizeFile[] {
    const found = new Map<string, KustomizeFile>();
    const visit = (current: string) => {
        const own = found.has(current) ? undefined : kustomizeFile(sources, current);
        if (own) {
            found.set(current, own);
            own.resources.forEach(visit);
        }
    };
    [...components].reverse().forEach(visit);
    visit(folder);
    return [...found.values()];
}

/** Every file that a build reads. */
export function filesOfBuild(sources: Sources, build: Build): readonly string[] {
    const files = kustomizeFilesOf(sources, build).flatMap(({ file, resources, others }) => [
        file,
        ...resources,
        ...others,
    ]);
    return [...new Set([build.folder, ...files])].filter((file) => sources.has(file));
}

/** Whether a patch with this target, or with the object that it names itself, changes the object. */
export function isTarget(target: unknown, { kind, metadata }: Pick<KubernetesObject, "kind" | "metadata">): boolean {
    const matches = (key: string, value: string) => {
        const pattern = textAt(target, key);
        return pattern === undefined || new RegExp(`^(${pattern})$`).test(value);
    };
    const labels = mapAt(metadata, "labels");
    const isSelected = (textAt(target, "labelSelector") ?? "").split(",").every((condition) => {
        const [, key = "", not, value] = /^([^!=]+)(!?)==?(.*)$/.exec(condition) ?? [];
        return key === "" || (labels[key] === value) === (not === "");
    });
    return target !== undefined && matches("kind", kind) && matches("name", metadata.name) && isSelected;
}
