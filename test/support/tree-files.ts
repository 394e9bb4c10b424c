import * as fs from "node:fs";
import * as path from "node:path";
import { parse, parseAllDocuments } from "yaml";

/** An object of the tree as a file has it: before patches, and with variables in place of their values. */
export interface TreeObject {
    readonly apiVersion: string;
    readonly kind: string;
    readonly metadata: { readonly name: string; readonly namespace?: string };
    readonly spec?: Readonly<Record<string, unknown>>;
}

const read = new Map<string, readonly TreeObject[]>();

/** The objects of a file, which is read once. */
export function objectsIn(file: string): readonly TreeObject[] {
    const known = read.get(file);
    if (known) {
        return known;
    }
    const documents = parseAllDocuments(fs.readFileSync(file, "utf8"));
    const objects = documents.map((document) => document.toJS() as TreeObject).filter((object) => object !== null);
    read.set(file, objects);
    return objects;
}

/** Files that the `resources` of a folder's kustomization.yaml name, without those of folders that it names. */
export function ownFiles(folder: string): string[] {
    return resourcesOf(folder).filter((target) => fs.statSync(target).isFile());
}

/** Every file that `resources` lead to, from a folder; a file leads to itself. */
export function filesBelow(target: string): string[] {
    return fs.statSync(target).isFile() ? [target] : resourcesOf(target).flatMap(filesBelow);
}

/** Files of the Secrets that a layer takes, of each environment; of all its patches, or of one. */
export function takenSecrets(folder: string, clusters: readonly string[], one?: object): string[] {
    const { patches = [] } = parse(fs.readFileSync(path.join(folder, "kustomization.yaml"), "utf8")) as {
        patches?: { target?: { kind?: string; name?: string } }[];
    };
    const taken = (one === undefined ? patches : [one as (typeof patches)[number]]).flatMap(({ target }) =>
        target?.kind === "Secret" ? [`${target.name}.sops.yaml`] : [],
    );
    return clusters
        .flatMap((cluster) => taken.map((file) => path.join(cluster, file)))
        .filter((file) => fs.existsSync(file));
}

/** A folder and those that its `resources` lead to. */
export function foldersBelow(folder: string): string[] {
    const folders = resourcesOf(folder).filter((target) => fs.statSync(target).isDirectory());
    return [folder, ...folders.flatMap(foldersBelow)];
}

function resourcesOf(folder: string): string[] {
    const file = path.join(folder, "kustomization.yaml");
    const { resources = [] } = parse(fs.readFileSync(file, "utf8")) as { resources?: string[] };
    return resources.map((line) => path.join(folder, line));
}

/** Group and kind: `apps/Deployment`, `/Service`. */
export function kindOf({ apiVersion, kind }: Pick<TreeObject, "apiVersion" | "kind">): string {
    return `${apiVersion.includes("/") ? apiVersion.split("/")[0] : ""}/${kind}`;
}

/** Kind and name: a patch may leave the namespace out. */
export function identity({ kind, metadata }: Pick<TreeObject, "kind" | "metadata">): string {
    return `${kind}/${metadata.name}`;
}

export function isA(kind: string): (object: TreeObject) => boolean {
    return (object) => object.kind === kind;
}
