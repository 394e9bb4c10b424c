import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { type RenderOptions, renderTree } from "../../tools/tree/render";
import type { Tree } from "../../tools/tree/tree";
import { treeRoot } from "./tree";

/** A change of one file: the first text that matches becomes another, or the whole file is written, or goes. */
export type Edit =
    | { readonly file: string; readonly from: string | RegExp; readonly to: string }
    | { readonly file: string; readonly text: string | undefined };

let copy: string | undefined;

/** The folder with a copy of the tree, made once a process and removed with it. */
export function copiedTree(): string {
    if (copy === undefined) {
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tree-copy-"));
        process.once("exit", () => fs.rmSync(folder, { recursive: true, force: true }));
        fs.cpSync(treeRoot, folder, { recursive: true });
        copy = folder;
    }
    return copy;
}

/** Does something with a copy of the tree in which some files are changed, and puts them back. */
export async function withEdits<Result>(
    edits: readonly Edit[],
    work: (root: string) => Promise<Result>,
): Promise<Result> {
    const root = copiedTree();
    const before = new Map<string, string | undefined>();
    try {
        for (const edit of edits) {
            const file = path.join(root, edit.file);
            const text = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : undefined;
            before.set(file, before.has(file) ? before.get(file) : text);
            write(file, changed(edit, text));
        }
        return await work(root);
    } finally {
        before.forEach((text, file) => write(file, text));
        removeEmptyFolders(root, edits);
    }
}

/** The tree after some changes: by default of staging, with the first mesh. */
export function renderedWith(edits: readonly Edit[], options: RenderOptions = small): Promise<Tree> {
    return withEdits(edits, (root) => renderTree(root, options));
}

/** What most tests need to see. */
export const small: RenderOptions = { environments: ["staging"], meshes: ["istio"] };

function changed(edit: Edit, text: string | undefined): string | undefined {
    if ("text" in edit) {
        return edit.text;
    }
    assert.ok(text !== undefined, `${edit.file} is not in the tree`);
    const result = text.replace(edit.from, () => edit.to);
    assert.notEqual(result, text, `${edit.file} has no ${String(edit.from)} to change`);
    return result;
}

function write(file: string, text: string | undefined): void {
    if (text === undefined) {
        fs.rmSync(file, { force: true });
    } else {
        fs.mkdirSync(path.dirname(file), { recursive: true });
        fs.writeFileSync(file, text);
    }
}

/** A folder that an edit made is not there without its files. */
function removeEmptyFolders(root: string, edits: readonly Edit[]): void {
    for (const { file } of edits) {
        for (let folder = path.dirname(file); folder !== "."; folder = path.dirname(folder)) {
            const full = path.join(root, folder);
            if (fs.existsSync(full) && fs.readdirSync(full).length === 0) {
                fs.rmdirSync(full);
            }
        }
    }
}
