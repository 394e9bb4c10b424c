import { type Document, isNode, type Node } from "yaml";
import { documentsIn } from "../fleet/manifests";

/** An entry of a kustomization.yaml that stands for a file or a folder. */
export interface Named {
    /** As it is written, without the key of a generator's file. */
    readonly name: string;
    /** Where it is written, such as `resources`. */
    readonly field: string;
    readonly kind: "file" | "folder" | "fileOrFolder";
    readonly line: number;
}

/** A patch of a kustomization.yaml, with the text of it where it is written there. */
export interface Patch {
    readonly target: Readonly<Record<string, unknown>> | undefined;
    readonly text: string | undefined;
    readonly path: string | undefined;
    readonly line: number;
}

const lists = {
    resources: "fileOrFolder",
    bases: "folder",
    components: "folder",
    transformers: "fileOrFolder",
    generators: "fileOrFolder",
    validators: "fileOrFolder",
    crds: "file",
    configurations: "file",
    patchesStrategicMerge: "file",
} as const;

const generators = ["configMapGenerator", "secretGenerator"];

/**
 * The files and folders that a kustomization.yaml names, in the order of its fields. What it holds itself, such as a
 * patch in a text of several lines, is none; nor is what another repository has.
 *
 * https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/
 */
export function namedIn(text: string): Named[] {
    return documentsIn(text).flatMap((document) => {
        const at = reader(document, text);
        return [
            ...Object.entries(lists).flatMap(([field, kind]) =>
                at.texts([field]).map((entry) => ({ ...entry, field, kind })),
            ),
            ...["patches", "patchesJson6902", "replacements"].flatMap((field) =>
                at.paths([field]).flatMap((path) => at.texts([...path, "path"]).map(asFile(`${field}.path`))),
            ),
            ...at.texts(["openapi", "path"]).map(asFile("openapi.path")),
            ...generators.flatMap((field) =>
                at
                    .paths([field])
                    .flatMap((path) =>
                        ["files", "envs", "env"]
                            .flatMap((key) => at.texts([...path, key]).map(asFile(`${field}.${key}`)))
                            .map((named) => ({ ...named, name: named.name.replace(/^[^=/]*=/, "") })),
                    ),
            ),
        ].filter(({ name }) => !name.includes("\n") && !isRemote(name));
    });
}

/** Its patches, by the fields that are not deprecated. */
export function patchesIn(text: string): Patch[] {
    return documentsIn(text).flatMap((document) => {
        const at = reader(document, text);
        return at.paths(["patches"]).map((path) => ({
            target: at.value([...path, "target"]) as Patch["target"],
            text: at.texts([...path, "patch"])[0]?.name,
            path: at.texts([...path, "path"])[0]?.name,
            line: at.line(path),
        }));
    });
}

type Path = readonly (string | number)[];

function asFile(field: string) {
    return (entry: { readonly name: string; readonly line: number }): Named => ({ ...entry, field, kind: "file" });
}

/** An address of another repository, as kustomize takes one where a folder is missing. */
function isRemote(name: string): boolean {
    return /:\/\/|^git(@|::)|\?ref=|^(github|gitlab|bitbucket)\.(com|org)[/:]/.test(name);
}

/** Reads values, which may be written by an alias, with the lines that they stand in. */
function reader(document: Document.Parsed, text: string) {
    const content: unknown = document.toJS();
    const value = (path: Path) =>
        path.reduce<unknown>(
            (within, key) =>
                typeof within === "object" && within !== null ? (within as Record<string, unknown>)[key] : undefined,
            content,
        );
    const line = (path: Path) => {
        const node: unknown = path.length === 0 ? document.contents : document.getIn(path, true);
        const start = isNode(node) ? (node as Node).range?.[0] : undefined;
        return text.slice(0, start ?? 0).split("\n").length;
    };
    const paths = (path: Path): Path[] => {
        const list = value(path);
        return Array.isArray(list) ? list.map((_, index) => [...path, index]) : [];
    };
    /** The text there, or the texts of the list there. */
    const texts = (path: Path) =>
        [path, ...paths(path)].flatMap((each) => {
            const name = value(each);
            return typeof name === "string" ? [{ name, line: line(each) }] : [];
        });
    return { value, line, paths, texts };
}
