import { posix } from "node:path";
import { type Document, isMap, isScalar, isSeq, type Node, type Pair } from "yaml";
import { type Build, isTarget, type KustomizeFile, kustomizeFilesOf } from "./kustomizations";
import { field, type KubernetesObject, list, type Path, segmentsOf, textAt } from "./object";
import { parseYaml, type Sources } from "./sources";

/** A line of a file of the tree. */
export interface Place {
    readonly file: string;
    readonly line: number;
}

type Segments = readonly (string | number)[];

/**
 * Where the value at a path of an object is written: in the outermost patch that sets it, else in the object's own
 * file; for a value that is nowhere, the nearest map around it.
 */
export function placeOf(
    sources: Sources,
    written: { readonly object: KubernetesObject; readonly file: string; readonly build: Build },
    path: Path,
): Place {
    const segments = segmentsOf(path);
    // What a patch says of these only tells which object it is for.
    const isIdentity = /^(apiVersion|kind|metadata\.(name|namespace))$/.test(segments.join("."));
    const kustomizations = isIdentity ? [] : kustomizeFilesOf(sources, written.build);
    for (const kustomization of kustomizations) {
        const patched =
            inPatches(sources, kustomization, written.object, segments) ??
            inImages(sources, kustomization, written.object, segments) ??
            inReplacements(sources, kustomization, written.object, segments);
        if (patched) {
            return patched;
        }
    }
    return inFile(sources, written.file, written.object, segments);
}

function inPatches(
    sources: Sources,
    kustomization: KustomizeFile,
    object: KubernetesObject,
    segments: Segments,
): Place | undefined {
    for (const [index, patch] of list(kustomization.content, "patches").entries()) {
        const target = field(patch, "target");
        if (target !== undefined && !isTarget(target, object)) {
            continue;
        }
        const { file, text, firstLine } = patchText(sources, kustomization, index);
        const yaml = parseYaml(text);
        for (const document of yaml.documents) {
            const reached = isSeq(document.contents)
                ? inOperations(document, segments)
                : target !== undefined || isSame(document, object)
                  ? nodeAt(document, object, segments)
                  : undefined;
            if (reached && reached.depth >= segments.length) {
                return { file, line: firstLine + yaml.lineAt(reached.offset) };
            }
        }
    }
    return undefined;
}

/** A patch stands in a file of its own, or in the kustomization.yaml. */
function patchText(sources: Sources, { file, folder }: KustomizeFile, index: number) {
    const document = sources.yaml(file).documents[0];
    const path = document?.getIn(["patches", index, "path"]);
    if (typeof path === "string") {
        const patchFile = posix.join(folder, path);
        return { file: patchFile, text: sources.text(patchFile), firstLine: 0 };
    }
    const node = document?.getIn(["patches", index, "patch"], true);
    const text = isScalar(node) && typeof node.value === "string" ? node.value : "";
    const firstLine = isScalar(node) ? sources.yaml(file).lineAt(node.range?.[0] ?? 0) : 0;
    return { file, text, firstLine };
}

/** JSON patches: the last operation at the path or around it. */
function inOperations(document: Document.Parsed, segments: Segments): { offset: number; depth: number } | undefined {
    const operations = isSeq(document.contents) ? document.contents.items : [];
    for (const node of [...operations].reverse()) {
        const pointer = isMap(node) ? String(node.get("path")) : "";
        const parts = pointer.split("/").slice(1);
        const wanted = segments.map((segment) => String(segment).replaceAll("~", "~0").replaceAll("/", "~1"));
        const isAround = parts.every((part, index) => part === wanted[index] || part === "-");
        if (isMap(node) && parts.length > 0 && isAround) {
            return { offset: node.range?.[0] ?? 0, depth: segments.length };
        }
    }
    return undefined;
}

/** The tag of an image may be that of the kustomization's `images`. */
function inImages(
    sources: Sources,
    { file, content }: KustomizeFile,
    object: KubernetesObject,
    segments: Segments,
): Place | undefined {
    const image = segments.at(-1) === "image" ? textAt(object, segments) : undefined;
    const index = list(content, "images").findIndex((entry) => {
        const names = [textAt(entry, "newName"), textAt(entry, "name")];
        return image !== undefined && names.some((name) => name !== undefined && image.startsWith(name));
    });
    const yaml = sources.yaml(file);
    const node = index < 0 ? undefined : yaml.documents[0]?.getIn(["images", index, "newTag"], true);
    return isScalar(node) ? { file, line: yaml.lineAt(node.range?.[0] ?? 0) } : undefined;
}

/** A value that is copied from another object is written there. */
function inReplacements(
    sources: Sources,
    { content, resources }: KustomizeFile,
    object: KubernetesObject,
    segments: Segments,
): Place | undefined {
    const isTo = (target: unknown) =>
        isTarget(field(target, "select"), object) && list(target, "fieldPaths").includes(segments.join("."));
    const source = field(
        list(content, "replacements").find((replacement) => list(replacement, "targets").some(isTo)),
        "source",
    );
    const [kind, name] = [textAt(source, "kind") ?? "", textAt(source, "name") ?? ""];
    const original = { apiVersion: "", kind, metadata: { name } };
    const file = resources
        .flatMap((resource) => [resource, ...sources.below(resource)])
        .find((candidate) => sources.yaml(candidate).documents.some((document) => isSame(document, original)));
    const path = (textAt(source, "fieldPath") ?? "").split(".");
    return file === undefined ? undefined : inFile(sources, file, original, path);
}

/** The object's own file; one that was generated is found by its name in the kustomization.yaml. */
function inFile(sources: Sources, file: string, object: KubernetesObject, segments: Segments): Place {
    const yaml = sources.yaml(file);
    const document = yaml.documents.find((candidate) => isSame(candidate, object));
    if (!document) {
        const name = object.metadata.name.replace(/-[0-9a-z]{10}$/, "");
        return { file, line: sources.lineOf(file, new RegExp(`name: ${name}\\b`)) };
    }
    const reached = nodeAt(document, object, segments);
    return { file, line: yaml.lineAt(reached.offset) };
}

function isSame(document: Document.Parsed, { kind, metadata }: KubernetesObject): boolean {
    return document.get("kind") === kind && document.getIn(["metadata", "name"]) === metadata.name;
}

/** Goes down a document as far as it has the path. An item of a list is known by its name, else by its place. */
function nodeAt(document: Document.Parsed, object: unknown, segments: Segments): { offset: number; depth: number } {
    let node: unknown = document.contents;
    let offset = document.contents?.range?.[0] ?? 0;
    let value = object;
    for (const [depth, segment] of segments.entries()) {
        const next = isMap(node)
            ? pairOf(node.items, segment)
            : isSeq(node)
              ? itemOf(node.items, segment, value)
              : undefined;
        if (!next) {
            return { offset, depth };
        }
        offset = next.key.range?.[0] ?? offset;
        node = next.value;
        value = field(value, [segment]);
    }
    return { offset, depth: segments.length };
}

function pairOf(pairs: readonly Pair[], segment: string | number): { key: Node; value: unknown } | undefined {
    const pair = pairs.find(({ key }) => isScalar(key) && String(key.value) === String(segment));
    return pair ? { key: pair.key as Node, value: pair.value } : undefined;
}

function itemOf(items: readonly unknown[], segment: string | number, rendered: unknown) {
    const name = field(rendered, [segment, "name"]);
    const named = items.find((item) => isMap(item) && name !== undefined && item.get("name") === name);
    const item = (named ?? items[Number(segment)]) as Node | undefined;
    return item ? { key: item, value: item } : undefined;
}
