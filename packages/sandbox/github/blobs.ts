import type { HttpResponse } from "../network/route";
import { created, emptyRepository, notFound, ok, unprocessable } from "./answers";
import { optionalChoice, text } from "./body";
import type { Git } from "./git";
import type { Endpoint, RepositoryCall } from "./router";

/** Content of a request in its declared encoding. */
export function decode(content: string, encoding: "utf-8" | "base64"): Buffer {
    if (encoding === "utf-8") {
        return Buffer.from(content);
    }
    const compact = content.replace(/\s/g, "");
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(compact) || compact.length % 4 === 1) {
        throw unprocessable("content is not valid Base64");
    }
    return Buffer.from(compact, "base64");
}

/** Base64 with a line break every 60 characters, as the API sends it. */
export const encode = (content: Buffer): string => content.toString("base64").replace(/.{1,60}/g, "$&\n");

export const writeBlob = (git: Git, content: Buffer): Promise<string> =>
    git.text(["hash-object", "-w", "--stdin"], { input: content });

async function create({ git, body, repository }: RepositoryCall): Promise<HttpResponse> {
    const content = text(body, "content");
    const encoding = optionalChoice(body, "encoding", ["utf-8", "base64"]) ?? "utf-8";
    if (await git.isEmpty()) {
        throw emptyRepository();
    }
    const sha = await writeBlob(git, decode(content, encoding));
    return created({
        sha,
        url: `https://api.github.com/repos/${repository.owner}/${repository.name}/git/blobs/${sha}`,
    });
}

async function get({ git, repository, params }: RepositoryCall): Promise<HttpResponse> {
    if (await git.isEmpty()) {
        throw emptyRepository();
    }
    const sha = params.sha!;
    const found = /^[0-9a-f]{40}$/.test(sha) ? await git.attempt(["cat-file", "blob", sha]) : undefined;
    if (found?.code !== 0) {
        throw notFound();
    }
    const url = `https://api.github.com/repos/${repository.owner}/${repository.name}/git/blobs/${sha}`;
    return ok({ sha, url, size: found.stdout.length, content: encode(found.stdout), encoding: "base64" });
}

const base = "/repos/:owner/:repo/git/blobs";

export const blobEndpoints: readonly Endpoint[] = [
    { method: "POST", path: base, docs: "git/blobs#create-a-blob", handle: create },
    { method: "GET", path: `${base}/:sha`, docs: "git/blobs#get-a-blob", open: true, handle: get },
];
