import * as fs from "node:fs";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { filesBelow, identity, objectsIn } from "./tree-files";

export interface FolderPatch {
    readonly path?: string;
    readonly target?: { readonly kind?: string; readonly name?: string };
    readonly patch?: string;
}

/** A `kustomization.yaml`, as far as it is shortened. */
export interface FolderKustomization {
    resources?: string[];
    patches?: FolderPatch[];
    replacements?: { source: { kind: string; name: string } }[];
    [field: string]: unknown;
}

/** The `kustomization.yaml` of a folder. */
export function read(folder: string): FolderKustomization {
    return parse(fs.readFileSync(path.join(folder, "kustomization.yaml"), "utf8")) as FolderKustomization;
}

function write(folder: string, kustomization: FolderKustomization): void {
    fs.writeFileSync(path.join(folder, "kustomization.yaml"), stringify(kustomization));
}

/** Takes lines out of a kustomization.yaml, and the patches of what is then gone. Gives how many lines it took. */
export function editFolder(folder: string, keeps: (line: string) => boolean): number {
    // ConfigMaps that it generates are for systems that are not kept.
    const { configMapGenerator, generatorOptions, ...kustomization } = read(folder);
    const before = kustomization.resources ?? [];
    const resources = before.filter(keeps);
    if (resources.length < before.length || configMapGenerator !== undefined || generatorOptions !== undefined) {
        write(folder, { ...kustomization, resources });
    }
    const names = new Set([...filesBelow(folder)].flatMap(objectsIn).map(identity));
    const { replacements = [], ...rest } = read(folder);
    const copied = replacements.filter(({ source: { kind, name } }) =>
        names.has(identity({ kind, metadata: { name } })),
    );
    if (copied.length < replacements.length) {
        write(folder, rest);
    }
    // A patch with a target that selects nothing is no error; one that names its object in itself is.
    editPatches(
        folder,
        (patch) =>
            patch.target !== undefined ||
            patch.path === undefined ||
            objectsIn(path.join(folder, patch.path)).every((object) => names.has(identity(object))),
    );
    return before.length - resources.length;
}

/** Takes patches out of a kustomization.yaml. Gives how many it took. */
export function editPatches(folder: string, keeps: (patch: FolderPatch) => boolean): number {
    const { patches: before = [], ...kustomization } = read(folder);
    const patches = before.filter(keeps);
    if (patches.length < before.length) {
        write(folder, patches.length > 0 ? { ...kustomization, patches } : kustomization);
    }
    return before.length - patches.length;
}
