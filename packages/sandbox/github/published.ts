import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { HttpHandler } from "../network/route";
import { writeBlob } from "./blobs";
import { writeCommit } from "./commits";
import { Git, nowhere } from "./git";
import { makeRepository } from "./repositories";
import { createSmartHttp } from "./smart-http";
import { Store } from "./store";
import { writeTree } from "./trees";

/** A repository of somebody else at one tag. */
export interface PublishedRepository {
    readonly owner: string;
    readonly name: string;
    readonly tag: string;
    /** Text of each file by its path. */
    readonly files: Readonly<Record<string, string>>;
}

/** The same files are the same commit at every start. */
const publisher = { name: "sandbox", email: "sandbox@users.noreply.github.com", date: "1970-01-01T00:00:00Z" };

/**
 * Serves repositories of others over https: everybody may fetch, and nobody may push. The REST API does not know them.
 * Gives nothing for a request that is about none of them.
 */
export async function servePublished(
    directory: string,
    repositories: readonly PublishedRepository[],
): Promise<(path: string) => HttpHandler | undefined> {
    await rm(directory, { recursive: true, force: true });
    const store = new Store(directory);
    const git = (repository: { owner: string; name: string }) => new Git(store.path(repository));
    for (const { owner, name, tag, files } of repositories) {
        const repository = await makeRepository({ store, git }, owner, name, { visibility: "public" });
        const entries = Object.entries(files).map(async ([path, text]): Promise<[string, File]> => {
            return [path, { mode: "100644", sha: await writeBlob(git(repository), Buffer.from(text)) }];
        });
        const tree = await writeTree(git(repository), new Map(await Promise.all(entries)));
        const commit = await writeCommit(git(repository), { tree, parents: [], message: tag, author: publisher });
        for (const reference of [`refs/tags/${tag}`, `refs/heads/${repository.defaultBranch}`]) {
            await git(repository).compareAndSwap(reference, commit, nowhere);
        }
    }
    const handler = createSmartHttp({ store, hooks: join(directory, "hooks"), git });
    return (path) => {
        const [, owner = "", name = ""] = /^\/([^/]+)\/([^/]+?)(?:\.git)?\//.exec(path) ?? [];
        return store.find(owner, name) === undefined ? undefined : handler;
    };
}

interface File {
    readonly mode: string;
    readonly sha: string;
}
