import type { HttpResponse } from "../network/route";
import { ApiError, created, notFound, ok, unprocessable } from "./answers";
import { decode, encode, writeBlob } from "./blobs";
import { optionalText, text } from "./body";
import { commitOf, readCommit, renderCommit, writeCommit } from "./commits";
import { nowhere } from "./git";
import { moveReference } from "./refs";
import type { Endpoint, RepositoryCall } from "./router";
import { files, writeTree } from "./trees";

interface TreeLine {
    readonly mode: string;
    readonly type: string;
    readonly sha: string;
    readonly size: string;
    readonly path: string;
}

function parse(listing: Buffer): TreeLine[] {
    const lines = listing
        .toString()
        .split("\0")
        .filter((line) => line !== "");
    return lines.map((line) => {
        const [, mode, type, sha, size, path] = /^(\d+) (\w+) ([0-9a-f]+) +(\S+)\t([\s\S]*)$/.exec(line)!;
        return { mode: mode!, type: type!, sha: sha!, size: size!, path: path! };
    });
}

function render({ repository }: RepositoryCall, line: TreeLine, ref: string): object {
    const url = `https://api.github.com/repos/${repository.owner}/${repository.name}`;
    const type =
        line.type === "tree"
            ? "dir"
            : line.mode === "120000"
              ? "symlink"
              : line.type === "commit"
                ? "submodule"
                : "file";
    return {
        type,
        name: line.path.split("/").at(-1),
        path: line.path,
        sha: line.sha,
        size: line.type === "blob" ? Number(line.size) : 0,
        url: `${url}/contents/${line.path}?ref=${ref}`,
        git_url: `${url}/git/${line.type}s/${line.sha}`,
        html_url: `https://github.com/${repository.owner}/${repository.name}/blob/${ref}/${line.path}`,
    };
}

async function get(call: RepositoryCall): Promise<HttpResponse> {
    const { git, repository, params, query } = call;
    if (await git.isEmpty()) {
        throw notFound("This repository is empty.");
    }
    const ref = query.get("ref") ?? repository.defaultBranch;
    const commit = await commitOf(git, ref);
    if (commit === undefined) {
        throw notFound(`No commit found for the ref ${ref}`);
    }
    const path = (params.path ?? "").replace(/\/$/, "");
    const self = path === "" ? undefined : parse(await git.run(["ls-tree", "-z", "-l", commit, "--", path]))[0];
    if (path !== "" && !self) {
        throw notFound();
    }
    if (!self || self.type === "tree") {
        const below = parse(await git.run(["ls-tree", "-z", "-l", commit, "--", ...(path === "" ? [] : [`${path}/`])]));
        return ok(below.map((line) => render(call, line, ref)));
    }
    const content = await git.run(["cat-file", "blob", self.sha]);
    return ok({ ...render(call, self, ref), content: encode(content), encoding: "base64" });
}

/**
 * Writes (PUT) or deletes (DELETE) one file by a commit of its own; the first write of an empty repository makes the
 * branch.
 */
async function change(call: RepositoryCall, content: Buffer | undefined): Promise<HttpResponse> {
    const { git, repository, params, body } = call;
    const message = text(body, "message");
    const branch = optionalText(body, "branch") ?? repository.defaultBranch;
    const reference = `refs/heads/${branch}`;
    const previous = await git.resolve(reference, "commit");
    if (previous === undefined && !(await git.isEmpty())) {
        throw notFound(`Branch ${branch} not found`);
    }
    const all = previous === undefined ? new Map<string, { mode: string; sha: string }>() : await files(git, previous);
    const path = params.path!;
    const known = all.get(path);
    expectSha(path, known?.sha, optionalText(body, "sha"));
    if (content) {
        all.set(path, { mode: known?.mode ?? "100644", sha: await writeBlob(git, content) });
    } else if (!all.delete(path)) {
        throw notFound();
    }
    const tree = await writeTree(git, all);
    const sha = await writeCommit(git, { tree, parents: previous === undefined ? [] : [previous], message });
    await move(call, reference, previous ?? nowhere, sha);
    const line = content && parse(await git.run(["ls-tree", "-z", "-l", sha, "--", path]))[0];
    const answer = {
        content: line ? render(call, line, branch) : null,
        commit: renderCommit(repository, await readCommit(git, sha)),
    };
    return content && !known ? created(answer) : ok(answer);
}

function expectSha(path: string, actual: string | undefined, given: string | undefined): void {
    if (actual !== undefined && given === undefined) {
        throw unprocessable(`Invalid request.\n\n"sha" wasn't supplied.`);
    }
    if (given !== undefined && given !== actual) {
        throw new ApiError(409, `${path} does not match ${given}`);
    }
}

async function move(call: RepositoryCall, reference: string, previous: string, next: string): Promise<void> {
    try {
        if (await moveReference(call, { reference, previous, next })) {
            return;
        }
    } catch (error) {
        // The violation that is 422 for a reference is 409 for a file.
        if (error instanceof ApiError) {
            throw new ApiError(409, error.message, error.errors, error.documentation);
        }
        throw error;
    }
    const actual = (await call.git.resolve(reference, "commit")) ?? nowhere;
    throw new ApiError(409, `is at ${actual} but expected ${previous}`);
}

const base = "/repos/:owner/:repo/contents";

export const contentEndpoints: readonly Endpoint[] = [
    { method: "GET", path: `${base}/?`, docs: "repos/contents#get-repository-content", open: true, handle: get },
    {
        method: "GET",
        path: `${base}/:path{.+}`,
        docs: "repos/contents#get-repository-content",
        open: true,
        handle: get,
    },
    {
        method: "PUT",
        path: `${base}/:path{.+}`,
        docs: "repos/contents#create-or-update-file-contents",
        handle: (call) => change(call, decode(text(call.body, "content"), "base64")),
    },
    {
        method: "DELETE",
        path: `${base}/:path{.+}`,
        docs: "repos/contents#delete-a-file",
        handle: (call) => {
            text(call.body, "sha");
            return change(call, undefined);
        },
    },
];
