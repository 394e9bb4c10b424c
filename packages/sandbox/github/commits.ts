import type { HttpResponse } from "../network/route";
import { created, emptyRepository, notFound, ok, unprocessable } from "./answers";
import { type Body, optionalList, optionalObject, optionalText, sha as shaOf, text } from "./body";
import type { Git } from "./git";
import type { Endpoint, RepositoryCall } from "./router";
import type { Repository } from "./store";

export interface Person {
    readonly name: string;
    readonly email: string;
    /** ISO 8601; now when absent. */
    readonly date?: string;
}

export interface Commit {
    readonly sha: string;
    readonly tree: string;
    readonly parents: readonly string[];
    readonly author: Required<Person>;
    readonly committer: Required<Person>;
    readonly message: string;
}

/** Who commits when the request does not say: the account behind the token. */
const machine: Person = { name: "sandbox-bot", email: "sandbox-bot@users.noreply.github.com" };

export async function writeCommit(
    git: Git,
    commit: { tree: string; parents: readonly string[]; message: string; author?: Person; committer?: Person },
): Promise<string> {
    const author = commit.author ?? machine;
    const committer = commit.committer ?? author;
    const env = { ...identity("AUTHOR", author), ...identity("COMMITTER", committer) };
    const parents = commit.parents.flatMap((parent) => ["-p", parent]);
    return git.text(["commit-tree", ...parents, commit.tree], { env, input: commit.message });
}

function identity(role: string, { name, email, date }: Person): Record<string, string> {
    const when = { [`GIT_${role}_DATE`]: date ?? new Date().toISOString().replace(/\.\d+Z$/, "Z") };
    return { [`GIT_${role}_NAME`]: name, [`GIT_${role}_EMAIL`]: email, ...when };
}

export async function readCommit(git: Git, sha: string): Promise<Commit> {
    const raw = (await git.run(["cat-file", "commit", sha])).toString();
    const end = raw.indexOf("\n\n");
    const headers = raw
        .slice(0, end)
        .split("\n")
        .map((line) => /^(\S+) (.*)$/.exec(line));
    const values = (name: string): string[] => headers.filter((one) => one?.[1] === name).map((one) => one![2]!);
    return {
        sha,
        tree: values("tree")[0]!,
        parents: values("parent"),
        author: person(values("author")[0]!),
        committer: person(values("committer")[0]!),
        message: raw.slice(end + 2).replace(/\n$/, ""),
    };
}

function person(line: string): Required<Person> {
    const [, name, email, seconds] = /^(.*?) ?<(.*)> (\d+) [+-]\d+$/.exec(line)!;
    const date = new Date(Number(seconds) * 1000).toISOString().replace(/\.000Z$/, "Z");
    return { name: name!, email: email!, date };
}

const unsigned = { verified: false, reason: "unsigned", signature: null, payload: null, verified_at: null };

const api = ({ owner, name }: Repository): string => `https://api.github.com/repos/${owner}/${name}`;

function renderGit(repository: Repository, commit: Commit): object {
    const url = api(repository);
    const html = `https://github.com/${repository.owner}/${repository.name}/commit`;
    return {
        sha: commit.sha,
        node_id: Buffer.from(`Commit:${repository.id}:${commit.sha}`).toString("base64"),
        url: `${url}/git/commits/${commit.sha}`,
        html_url: `${html}/${commit.sha}`,
        author: commit.author,
        committer: commit.committer,
        tree: { sha: commit.tree, url: `${url}/git/trees/${commit.tree}` },
        message: commit.message,
        parents: commit.parents.map((sha) => ({ sha, url: `${url}/git/commits/${sha}`, html_url: `${html}/${sha}` })),
        verification: unsigned,
    };
}

/** A commit as the repository's own endpoints show it, with the git commit inside. */
export function renderCommit(repository: Repository, commit: Commit): object {
    const url = api(repository);
    const { author, committer, message, tree } = commit;
    const inner = { author, committer, message, tree: { sha: tree, url: `${url}/git/trees/${tree}` } };
    return {
        sha: commit.sha,
        url: `${url}/commits/${commit.sha}`,
        html_url: `https://github.com/${repository.owner}/${repository.name}/commit/${commit.sha}`,
        commit: { ...inner, url: `${url}/git/commits/${commit.sha}`, comment_count: 0, verification: unsigned },
        author: null,
        committer: null,
        parents: commit.parents.map((sha) => ({ sha, url: `${url}/commits/${sha}` })),
    };
}

/** Commit behind a branch, a tag, "HEAD" or an object id. */
export async function commitOf(git: Git, name: string): Promise<string | undefined> {
    if (/^[0-9a-f]{7,40}$/.test(name)) {
        const direct = await git.resolve(name, "commit");
        if (direct !== undefined) {
            return direct;
        }
    }
    if (name === "HEAD") {
        return git.resolve("HEAD", "commit");
    }
    const short = name.replace(/^refs\//, "").replace(/^heads\//, "");
    return (
        (await git.resolve(`refs/heads/${short}`, "commit")) ??
        (await git.resolve(`refs/tags/${short.replace(/^tags\//, "")}`, "commit"))
    );
}

function parsePerson(body: Body, name: string): Person | undefined {
    const value = optionalObject(body, name);
    if (!value) {
        return undefined;
    }
    const date = optionalText(value, "date");
    if (date !== undefined && Number.isNaN(Date.parse(date))) {
        throw unprocessable(`Invalid request.\n\nFor 'properties/date', "${date}" is not a valid date-time.`);
    }
    return { name: text(value, "name"), email: text(value, "email"), date };
}

async function create({ git, body, repository }: RepositoryCall): Promise<HttpResponse> {
    const message = text(body, "message");
    const tree = shaOf(body, "tree");
    const author = parsePerson(body, "author");
    const committer = parsePerson(body, "committer");
    if (await git.isEmpty()) {
        throw emptyRepository();
    }
    if ((await git.attempt(["cat-file", "-t", tree])).stdout.toString().trim() !== "tree") {
        throw unprocessable("Tree SHA does not exist");
    }
    const parents = (optionalList(body, "parents") ?? []).map((parent) => shaOf({ sha: parent }, "sha"));
    for (const parent of parents) {
        const found = await git.resolve(parent, "commit");
        if (found !== parent) {
            throw unprocessable("Parent SHA does not exist or is not a commit object");
        }
    }
    const sha = await writeCommit(git, { tree, parents, message, author, committer });
    return created(renderGit(repository, await readCommit(git, sha)));
}

async function getGit({ git, repository, params }: RepositoryCall): Promise<HttpResponse> {
    if (await git.isEmpty()) {
        throw emptyRepository();
    }
    const sha = /^[0-9a-f]{40}$/.test(params.sha!) ? await git.resolve(params.sha!, "commit") : undefined;
    if (sha === undefined) {
        throw notFound();
    }
    return ok(renderGit(repository, await readCommit(git, sha)));
}

async function get({ git, repository, params }: RepositoryCall): Promise<HttpResponse> {
    if (await git.isEmpty()) {
        throw emptyRepository();
    }
    const sha = await commitOf(git, params.ref!);
    if (sha === undefined) {
        throw unprocessable(`No commit found for SHA: ${params.ref}`);
    }
    return ok(renderCommit(repository, await readCommit(git, sha)));
}

const base = "/repos/:owner/:repo";

export const commitEndpoints: readonly Endpoint[] = [
    { method: "POST", path: `${base}/git/commits`, docs: "git/commits#create-a-commit", handle: create },
    {
        method: "GET",
        path: `${base}/git/commits/:sha`,
        docs: "git/commits#get-a-commit-object",
        open: true,
        handle: getGit,
    },
    { method: "GET", path: `${base}/commits/:ref{.+}`, docs: "commits/commits#get-a-commit", open: true, handle: get },
];
