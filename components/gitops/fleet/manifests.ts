import * as path from "node:path";
import { type Document, isAlias, parseAllDocuments, visit } from "yaml";
import type { ManifestTree } from "./manifest-tree";

export interface KubernetesObject {
    readonly apiVersion: string;
    readonly kind: string;
    readonly metadata?: {
        readonly name?: string;
        readonly namespace?: string;
        readonly annotations?: Readonly<Record<string, unknown>>;
        readonly labels?: Readonly<Record<string, unknown>>;
    };
    readonly [field: string]: unknown;
}

/** Whether a file's name is that of a manifest. What lies in a chart is none all the same: see `manifestsIn`. */
function isManifest(file: string): boolean {
    return /\.ya?ml$/.test(file) && !path.posix.basename(file).startsWith(".");
}

/**
 * The manifests among the files of a tree. Those below a `Chart.yaml` are a chart's, which Helm reads and kustomize
 * does not: its templates are no YAML, and its variables are not Flux's.
 */
export function manifestsIn(files: readonly string[]): string[] {
    const charts = chartFoldersIn(files);
    return files.filter((file) => isManifest(file) && !charts.some((folder) => file.startsWith(folder)));
}

function chartFoldersIn(files: readonly string[]): string[] {
    return files.flatMap((file) => (/^.+\/Chart\.yaml$/.test(file) ? [file.slice(0, -"Chart.yaml".length)] : []));
}

/**
 * Every YAML document of the tree that is a Kubernetes object, with the file it stands in. A document that cannot be
 * read is none: `syntaxProblems` names it, and of a branch's content nobody else can make an object either.
 */
export function* objectsOf(tree: ManifestTree): Generator<{ file: string; object: KubernetesObject }> {
    for (const file of manifestsIn(Object.keys(tree))) {
        for (const document of documentsIn(tree[file] ?? "")) {
            const object: unknown = faultsOfValue(document).length > 0 ? undefined : document.toJS();
            if (isKubernetesObject(object)) {
                yield { file, object };
            }
        }
    }
}

const parsed = new Map<string, readonly Document.Parsed[]>();

/** The documents of a YAML text, which may have errors. Parsed once for each text, and shared: never change one. */
export function documentsIn(text: string): readonly Document.Parsed[] {
    const documents = parsed.get(text) ?? [...parseAllDocuments(text)];
    parsed.set(text, documents);
    return documents;
}

function isKubernetesObject(value: unknown): value is KubernetesObject {
    return typeof value === "object" && value !== null && "apiVersion" in value && "kind" in value;
}

/** What is wrong with the YAML of the tree: one line for each error, with file, line and column. */
export function syntaxProblems(tree: ManifestTree): string[] {
    return manifestsIn(Object.keys(tree)).flatMap((file) => {
        const text = tree[file] ?? "";
        return documentsIn(text).flatMap((document) =>
            faultsIn(document, text).map(
                ({ at, message }) => `gitops/${file}${at ? `:${at.line}:${at.col}` : ""}: ${message}`,
            ),
        );
    });
}

interface Fault {
    readonly at?: { readonly line: number; readonly col: number } | undefined;
    readonly message: string;
}

/** The errors of a document, those that only show when its aliases are followed among them. */
function faultsIn(document: Document.Parsed, text: string): Fault[] {
    const errors = document.errors.map(({ linePos, message, code }) => {
        return { at: linePos?.[0], message: message.split("\n")[0] ?? code };
    });
    if (errors.length > 0) {
        return errors;
    }
    const unresolved: Fault[] = [];
    visit(document, (_key, node) => {
        if (isAlias(node) && node.resolve(document) === undefined) {
            const before = text.slice(0, node.range?.[0] ?? 0).split("\n");
            const at = { line: before.length, col: (before.at(-1) ?? "").length + 1 };
            unresolved.push({ at, message: `the document has no anchor &${node.source} before this alias` });
        }
    });
    return unresolved.length > 0 ? unresolved : faultsOfValue(document);
}

function faultsOfValue(document: Document.Parsed): Fault[] {
    try {
        document.toJS();
        return [];
    } catch (error) {
        // Such as aliases of aliases that would become a text of gigabytes.
        return [{ message: error instanceof Error ? error.message : String(error) }];
    }
}
