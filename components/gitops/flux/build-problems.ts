import * as path from "node:path";
import type { ManifestTree } from "../fleet/manifest-tree";
import { documentsIn, type KubernetesObject, manifestsIn, objectsOf } from "../fleet/manifests";
import { fluxNamespace, rootName } from "../flux-names";
import { LayerWaits } from "./layer-waits";
import { type Named, namedIn, type Patch, patchesIn } from "./named-files";

/** What a Flux Kustomization builds, and where that is written. */
interface Build {
    readonly object: string;
    readonly path: string;
    /** From the path. */
    readonly components: readonly string[];
}

/** What patches change of Flux Kustomizations. */
interface Change {
    readonly target: RegExp;
    readonly paths: readonly string[];
    readonly components: readonly string[];
    readonly at: string;
}

const kustomizationNames = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/**
 * Where the build of an environment is sure to fail in the cluster, minutes after the commit: files, folders and layers
 * that are named and not there, and what is named twice. It follows the environment's own kustomization.yaml to every
 * layer and everything that a layer names; what nothing builds may be as it is. Kustomize itself is not asked: it need
 * not be on the machine that runs the program.
 */
export function buildProblems(tree: ManifestTree, environment: string): string[] {
    return new BuildWalk(tree, environment).problems();
}

class BuildWalk {
    private readonly files: readonly string[];
    private readonly folders: ReadonlySet<string>;
    private readonly found = new Set<string>();
    private readonly visited = new Set<string>();
    private readonly builds: (Build & { readonly at: string })[] = [];
    private readonly changes: Change[] = [];
    private readonly waits = new LayerWaits();
    /** Whether a patch changes what waits for what. */
    private isReordered = false;

    constructor(
        private readonly tree: ManifestTree,
        private readonly environment: string,
    ) {
        this.files = Object.keys(tree);
        this.folders = new Set(this.files.flatMap(foldersOf));
    }

    problems(): string[] {
        const root = `clusters/${this.environment}`;
        if (this.folders.has(root)) {
            this.visitFolder(root);
        }
        // Each may lead to more of both.
        for (let before = -1; before !== this.visited.size;) {
            before = this.visited.size;
            [...this.builds].forEach((build) => this.visitBuild(build));
        }
        if (!this.isReordered) {
            for (const { name, at } of this.waits.endless()) {
                this.found.add(`${at}: waits for layer ${name}, which gitops/${root} does not have; ${unlisted}`);
            }
        }
        return [...this.found];
    }

    private visitBuild({ object, path: folder, components, at }: Build & { readonly at: string }): void {
        const changes = this.changes.filter(({ target }) => target.test(object));
        const paths = [
            { name: folder, at },
            ...changes.flatMap(({ paths, at }) => paths.map((name) => ({ name, at }))),
        ];
        const additions = [{ components, at }, ...changes];
        for (const { name, at } of paths) {
            this.visitPath(path.posix.normalize(name), at);
            for (const { components, at } of additions) {
                components.forEach((component) => this.visitPath(path.posix.join(name, component), at, true));
            }
        }
    }

    /** A folder that Flux is told of, in which variables of the cluster stand for one name each. */
    private visitPath(written: string, at: string, isComponent = false): void {
        const folder = written.replaceAll("${environment}", this.environment).replace(/\/$/, "");
        const pattern = folder.split(/\$\{[^}]*\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
        const matching = [...this.folders].filter((each) => new RegExp(`^${pattern.join("[^/]+")}$`).test(each));
        if (matching.length === 0) {
            this.found.add(`${at}: names folder ${folder}, which is not there; ${fix}`);
        }
        for (const each of matching) {
            if (isComponent && this.kustomizationOf(each) === undefined) {
                this.found.add(`${at}: names component ${each}, ${bare}`);
            }
            this.visitFolder(each);
        }
    }

    /** Without a kustomization.yaml, Flux takes every manifest below, and folders that have one as they are. */
    private visitFolder(folder: string): void {
        if (this.visited.has(folder)) {
            return;
        }
        this.visited.add(folder);
        const own = this.kustomizationOf(folder);
        if (own !== undefined) {
            return this.visitKustomization(own);
        }
        for (const file of manifestsIn(this.files).filter((each) => path.posix.dirname(each) === folder)) {
            this.visitManifest(file);
        }
        [...this.folders]
            .filter((each) => each !== "." && path.posix.dirname(each) === folder)
            .forEach((each) => this.visitFolder(each));
    }

    private visitKustomization(file: string): void {
        const text = this.tree[file] ?? "";
        const listed = new Set<string>();
        const objects = new Map<string, string>();
        for (const named of namedIn(text)) {
            const target = path.posix.join(path.posix.dirname(file), named.name).replace(/\/$/, "");
            const problem = this.problemOf(named, target);
            if (problem !== undefined) {
                this.found.add(`gitops/${file}:${named.line}: ${named.field} names ${problem}`);
            } else if (named.field === "resources" && listed.has(target)) {
                this.found.add(`gitops/${file}:${named.line}: resources names ${target} twice; remove one of the two`);
            } else if (this.tree[target] === undefined) {
                this.visitFolder(target);
            } else if (named.field === "resources") {
                this.noteObjects(target, objects, `gitops/${file}:${named.line}`);
                this.visitManifest(target);
            }
            if (named.field === "resources") {
                listed.add(target);
            }
        }
        patchesIn(text).forEach((patch) => this.visitPatch(file, patch));
    }

    /** Two files that one kustomization.yaml lists cannot have the same object. */
    private noteObjects(file: string, objects: Map<string, string>, at: string): void {
        for (const { object } of objectsOf({ [file]: this.tree[file] ?? "" })) {
            const { name = "", namespace = "" } = object.metadata ?? {};
            const group = object.apiVersion.replace(/\/?[^/]*$/, "");
            const id = [group, object.kind, namespace, name].join("/");
            const other = objects.get(id);
            if (other !== undefined && name !== "") {
                const what = `${object.kind} ${namespace === "" ? "" : `${namespace}/`}${name}`;
                this.found.add(`${at}: ${file} has ${what}, as ${other} does; remove one of the two`);
            }
            objects.set(id, file);
        }
    }

    private problemOf({ kind }: Named, target: string): string | undefined {
        const isFile = this.tree[target] !== undefined;
        if (!isFile && !this.folders.has(target)) {
            return `${target}, which is not there; ${fix}`;
        }
        if (isFile) {
            return kind === "folder" ? `${target}, a file where kustomize wants a folder; name its folder` : undefined;
        }
        if (kind === "file") {
            return `${target}, a folder where kustomize wants a file; name a file in it`;
        }
        return this.kustomizationOf(target) === undefined ? `${target}, ${bare}` : undefined;
    }

    private visitManifest(file: string): void {
        if (this.visited.has(file)) {
            return;
        }
        this.visited.add(file);
        for (const { object } of objectsOf({ [file]: this.tree[file] ?? "" })) {
            if (object.kind === "ArtifactGenerator") {
                this.visitGenerator(file, object);
            }
            this.waits.note(file, this.tree[file] ?? "", object);
            const { path: folder, components } = specOf(object);
            if (isFromHere(object) && typeof folder === "string") {
                const name = object.metadata?.name ?? "";
                const at = `gitops/${file}:${lineOf(this.tree[file] ?? "", folder)}`;
                this.builds.push({ object: name, path: folder, components: textsIn(components), at });
            }
        }
    }

    /** A copy of nothing fails, and with it the layer that is built from the artifact. */
    private visitGenerator(file: string, generator: KubernetesObject): void {
        const { artifacts = [] } = generator.spec as { artifacts?: { copy?: { from?: string }[] }[] };
        for (const { from = "" } of artifacts.flatMap(({ copy = [] }) => copy)) {
            const pattern = from.replace(/^@[^/]*\//, "").replaceAll("${environment}", this.environment);
            const isThere = new RegExp(`^${patternOf(pattern)}(/|$)`);
            if (!this.files.some((each) => isThere.test(each))) {
                const line = (this.tree[file] ?? "").split("\n").findIndex((text) => text.includes(from)) + 1;
                this.found.add(`gitops/${file}:${line}: copies ${from}, which matches no file; ${fix}`);
            }
        }
    }

    private visitPatch(file: string, { target, text, path: named, line }: Patch): void {
        const source = named === undefined ? undefined : path.posix.join(path.posix.dirname(file), named);
        const content = text ?? (source === undefined ? "" : (this.tree[source] ?? ""));
        for (const document of documentsIn(content)) {
            const patch: unknown = document.errors.length > 0 ? undefined : document.toJS();
            if (Array.isArray(patch) && target === undefined) {
                this.found.add(`gitops/${file}:${line}: a patch of operations names no target; add one to the patch`);
            }
            this.isReordered ||= content.includes("dependsOn");
            const { paths, components, name } = changeOf(patch);
            const wanted = typeof target?.name === "string" ? target.name : target === undefined ? name : ".*";
            if (paths.length + components.length > 0 && (target?.kind ?? "Kustomization") === "Kustomization") {
                const at = `gitops/${file}:${line}`;
                this.changes.push({ target: new RegExp(`^(${wanted ?? ".*"})$`), paths, components, at });
            }
        }
    }

    private kustomizationOf(folder: string): string | undefined {
        return kustomizationNames
            .map((name) => path.posix.join(folder, name))
            .find((file) => this.tree[file] !== undefined);
    }
}

const bare = "a folder without kustomization.yaml; add one that lists its files";
const unlisted = "list it there, or take the dependency away";
const fix = "add it, correct the name, or take the line out";

/** Every folder above a file; `.` is the tree. */
function foldersOf(file: string): string[] {
    const folder = path.posix.dirname(file);
    return folder === "." ? ["."] : [folder, ...foldersOf(folder)];
}

/** Whether Flux builds the object from the tree's own branch, or from an artifact that is made of it. */
function isFromHere({ apiVersion, kind, metadata, spec }: KubernetesObject): boolean {
    const { sourceRef } = (spec ?? {}) as { sourceRef?: { kind?: string; name?: string; namespace?: string } };
    const namespace = sourceRef?.namespace ?? metadata?.namespace ?? fluxNamespace;
    return (
        kind === "Kustomization" &&
        apiVersion.startsWith("kustomize.toolkit.fluxcd.io/") &&
        (sourceRef === undefined ||
            (namespace === fluxNamespace &&
                ((sourceRef.kind === "GitRepository" && sourceRef.name === rootName) ||
                    sourceRef.kind === "ExternalArtifact")))
    );
}

/** A path with variables of the cluster and wildcards, which both stand within one name. */
function patternOf(text: string): string {
    return text
        .split(/\$\{[^}]*\}|\*/)
        .map((part) => part.replace(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("?", "[^/]"))
        .join("[^/]*");
}

function specOf(object: unknown): { path?: unknown; components?: unknown } {
    return (object as { spec?: object } | undefined)?.spec ?? {};
}

/** What a patch, of operations or of a part of the object, changes of what a Flux Kustomization builds. */
function changeOf(patch: unknown): { paths: string[]; components: string[]; name?: string | undefined } {
    if (Array.isArray(patch)) {
        const values = (pattern: RegExp) =>
            (patch as { op?: string; path?: string; value?: unknown }[])
                .filter(({ op, path: at = "" }) => op !== "remove" && op !== "test" && pattern.test(at))
                .flatMap(({ value }) => textsIn(value));
        return { paths: values(/^\/spec\/path$/), components: values(/^\/spec\/components(\/|$)/) };
    }
    const { kind, metadata } = (patch ?? {}) as Partial<KubernetesObject>;
    const { path: folder, components } = kind === "Kustomization" ? specOf(patch) : {};
    return { paths: textsIn(folder), components: textsIn(components), name: metadata?.name };
}

function textsIn(value: unknown): string[] {
    return (Array.isArray(value) ? value : [value]).filter((each) => typeof each === "string");
}

function lineOf(text: string, folder: string): number {
    const lines = text.split("\n");
    return lines.findIndex((line) => /^\s*path:/.test(line) && line.includes(folder)) + 1 || 1;
}
