import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HttpResponse } from "../network/route";
import { created, emptyRepository, notFound, ok, unprocessable } from "./answers";
import { type Body, list, optionalChoice, optionalText, text } from "./body";
import type { Git } from "./git";
import type { Endpoint, RepositoryCall } from "./router";
import type { Repository } from "./store";

const modes = ["100644", "100755", "040000", "160000", "120000"] as const;
const types = ["blob", "tree", "commit"] as const;

/** Entries that a tree may be asked to hold at once, and that a recursive listing shows before it is cut off. */
const mostEntries = 100_000;

interface Entry {
    readonly path: string;
    readonly mode: (typeof modes)[number];
    /** Absent with content; null deletes. */
    readonly sha?: string | null;
    readonly content?: string;
}

interface File {
    readonly mode: string;
    readonly sha: string;
}

async function create(call: RepositoryCall): Promise<HttpResponse> {
    const { git, body, repository } = call;
    const wanted = list(body, "tree");
    const base = optionalText(body, "base_tree");
    if (await git.isEmpty()) {
        throw emptyRepository();
    }
    if (wanted.length === 0) {
        throw unprocessable("Invalid tree info");
    }
    if (wanted.length > mostEntries) {
        throw unprocessable("Sorry, your tree has too many entries. The limit is 100,000.");
    }
    const entries = wanted.map(parse);
    await checkObjects(git, entries);
    const files = base === undefined ? new Map<string, File>() : await baseFiles(git, base);
    for (const entry of await withContent(git, entries)) {
        await apply(git, files, entry);
    }
    const sha = await writeTree(git, files);
    return created(await render(git, repository, sha, false));
}

function parse(value: unknown): Entry {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
        throw unprocessable("Invalid tree info");
    }
    const entry = value as Body;
    const path = text(entry, "path");
    const mode = optionalChoice(entry, "mode", modes) ?? "100644";
    const type = optionalChoice(entry, "type", types);
    const expected = mode === "040000" ? "tree" : mode === "160000" ? "commit" : "blob";
    if (type !== undefined && type !== expected) {
        throw unprocessable(`tree.mode ${mode} does not match tree.type ${type}`);
    }
    if (path.split("/").some((part) => part === "" || part === "." || part === ".." || part.toLowerCase() === ".git")) {
        throw unprocessable("tree.path contains a malformed path component");
    }
    const content = optionalText(entry, "content");
    if (entry.sha === null && content === undefined) {
        return { path, mode, sha: null };
    }
    const sha = optionalText(entry, "sha");
    if ((sha === undefined) === (content === undefined)) {
        throw unprocessable("Must supply either tree.sha or tree.content, not both");
    }
    return sha === undefined ? { path, mode, content } : { path, mode, sha };
}

async function checkObjects(git: Git, entries: readonly Entry[]): Promise<void> {
    // A submodule's commit lives in another repository.
    const named = entries.filter((entry) => typeof entry.sha === "string" && entry.mode !== "160000");
    const input = named.map((entry) => `${entry.sha}\n`).join("");
    const answers = (await git.text(["cat-file", "--batch-check=%(objectname) %(objecttype)"], { input })).split("\n");
    named.forEach((entry, index) => {
        const type = entry.mode === "040000" ? "tree" : "blob";
        if (answers[index] !== `${entry.sha} ${type}`) {
            throw unprocessable(`tree.sha ${entry.sha} is not a valid ${type}`);
        }
    });
}

async function baseFiles(git: Git, base: string): Promise<Map<string, File>> {
    const tree = /^[0-9a-f]{40}$/.test(base) ? await git.resolve(base, "tree") : undefined;
    if (tree === undefined) {
        throw unprocessable("base_tree is not a valid tree oid");
    }
    return files(git, tree);
}

/** All files below a tree, by path. */
export async function files(git: Git, tree: string): Promise<Map<string, File>> {
    const listing = (await git.run(["ls-tree", "-r", "-z", tree])).toString();
    const found = new Map<string, File>();
    for (const line of listing.split("\0").filter((one) => one !== "")) {
        const [, mode, sha, path] = /^(\d+) \w+ ([0-9a-f]+)\t([\s\S]*)$/.exec(line)!;
        found.set(path!, { mode: mode!, sha: sha! });
    }
    return found;
}

/** Stores the contents that came inline, all with one git. */
async function withContent(git: Git, entries: readonly Entry[]): Promise<Entry[]> {
    const inline = entries.filter((entry) => entry.content !== undefined);
    if (inline.length === 0) {
        return [...entries];
    }
    const directory = await mkdtemp(join(tmpdir(), "landfall-tree-"));
    try {
        const names = inline.map((_, index) => join(directory, String(index)));
        await Promise.all(inline.map((entry, index) => writeFile(names[index]!, entry.content!, { mode: 0o600 })));
        const hashes = await git.text(["hash-object", "-w", "--no-filters", "--stdin-paths"], {
            input: `${names.join("\n")}\n`,
        });
        const shas = new Map(hashes.split("\n").map((sha, index) => [inline[index]!, sha]));
        return entries.map((entry) => ({
            path: entry.path,
            mode: entry.mode,
            sha: shas.get(entry) ?? entry.sha ?? null,
        }));
    } finally {
        await rm(directory, { recursive: true });
    }
}

async function apply(git: Git, all: Map<string, File>, { path, mode, sha }: Entry): Promise<void> {
    const below = [...all.keys()].filter((one) => one === path || one.startsWith(`${path}/`));
    if (sha === null && below.length === 0) {
        throw unprocessable("GitRPC::BadObjectState");
    }
    for (const one of below) {
        all.delete(one);
    }
    if (sha === null || sha === undefined) {
        return;
    }
    // A file in the place of a folder above this path gives way to the folder.
    const parts = path.split("/");
    for (let depth = 1; depth < parts.length; depth++) {
        all.delete(parts.slice(0, depth).join("/"));
    }
    if (mode !== "040000") {
        all.set(path, { mode, sha });
        return;
    }
    for (const [name, file] of await files(git, sha)) {
        all.set(`${path}/${name}`, file);
    }
}

/** Stores a tree of these files. */
export async function writeTree(git: Git, all: ReadonlyMap<string, File>): Promise<string> {
    const directory = await mkdtemp(join(tmpdir(), "landfall-index-"));
    try {
        const env = { GIT_INDEX_FILE: join(directory, "index") };
        const input = [...all].map(([path, { mode, sha }]) => `${mode} ${sha}\t${path}\0`).join("");
        await git.run(["update-index", "--add", "--replace", "-z", "--index-info"], { input, env });
        return await git.text(["write-tree"], { env });
    } finally {
        await rm(directory, { recursive: true });
    }
}

async function render(git: Git, repository: Repository, sha: string, recursive: boolean): Promise<object> {
    const url = `https://api.github.com/repos/${repository.owner}/${repository.name}/git`;
    const args = recursive ? ["-r", "-t"] : [];
    const listing = (await git.run(["ls-tree", "-z", "-l", ...args, sha])).toString();
    const lines = listing.split("\0").filter((line) => line !== "");
    const tree = lines.slice(0, mostEntries).map((line) => {
        const [, mode, type, entry, size, path] = /^(\d+) (\w+) ([0-9a-f]+) +(\S+)\t([\s\S]*)$/.exec(line)!;
        const sized = type === "blob" ? { size: Number(size) } : {};
        return { path, mode, type, sha: entry, ...sized, url: `${url}/${type}s/${entry}` };
    });
    return { sha, url: `${url}/trees/${sha}`, tree, truncated: lines.length > mostEntries };
}

async function get({ git, repository, params, query }: RepositoryCall): Promise<HttpResponse> {
    if (await git.isEmpty()) {
        throw emptyRepository();
    }
    const name = params.sha!;
    const revisions = /^[0-9a-f]{40}$/.test(name) ? [name] : [`refs/heads/${name}`, `refs/tags/${name}`];
    for (const revision of revisions) {
        const tree = await git.resolve(revision, "tree");
        // Any value of `recursive` switches it on, "0" and "false" too.
        if (tree !== undefined) {
            return ok(await render(git, repository, tree, query.has("recursive")));
        }
    }
    throw notFound();
}

const base = "/repos/:owner/:repo/git/trees";

export const treeEndpoints: readonly Endpoint[] = [
    { method: "POST", path: base, docs: "git/trees#create-a-tree", handle: create },
    { method: "GET", path: `${base}/:sha{.+}`, docs: "git/trees#get-a-tree", open: true, handle: get },
];
