import type { HttpResponse } from "../network/route";
import { created, emptyRepository, invalid, notFound, ok, unprocessable } from "./answers";
import { optionalChoice, optionalText } from "./body";
import { commitOf, readCommit, renderCommit } from "./commits";
import type { Git } from "./git";
import type { Endpoint, RepositoryCall } from "./router";
import type { CommitStatus } from "./store";

/** The API lists at most this many files of a comparison. */
const mostFiles = 300;

const words: Readonly<Record<string, string>> = {
    A: "added",
    D: "removed",
    M: "modified",
    T: "changed",
    R: "renamed",
    C: "copied",
};

async function compare({ git, repository, params }: RepositoryCall): Promise<HttpResponse> {
    if (await git.isEmpty()) {
        throw emptyRepository();
    }
    const [, baseName, headName] = /^(.+?)\.\.\.(.+)$/.exec(params.basehead!) ?? [];
    if (baseName === undefined || headName === undefined) {
        throw notFound();
    }
    const base = await commitOf(git, baseName);
    const head = await commitOf(git, headName.replace(/^[^:]+:/, ""));
    if (base === undefined || head === undefined) {
        throw notFound();
    }
    const fork = await git.attempt(["merge-base", base, head]);
    if (fork.code !== 0) {
        throw notFound(`No common ancestor between ${baseName} and ${headName}.`);
    }
    const mergeBase = fork.stdout.toString().trim();
    const ahead = lines(await git.text(["rev-list", "--reverse", head, `^${base}`]));
    const behind = Number(await git.text(["rev-list", "--count", base, `^${head}`]));
    const commits = await Promise.all(
        ahead.slice(0, 250).map(async (sha) => renderCommit(repository, await readCommit(git, sha))),
    );
    return ok({
        status: ahead.length === 0 ? (behind === 0 ? "identical" : "behind") : behind === 0 ? "ahead" : "diverged",
        ahead_by: ahead.length,
        behind_by: behind,
        total_commits: ahead.length,
        base_commit: renderCommit(repository, await readCommit(git, base)),
        merge_base_commit: renderCommit(repository, await readCommit(git, mergeBase)),
        commits,
        files: await changedFiles(git, mergeBase, head),
    });
}

async function changedFiles(git: Git, from: string, to: string): Promise<object[]> {
    const fields = (await git.run(["diff-tree", "-r", "-z", "--no-renames", from, to])).toString().split("\0");
    const files: object[] = [];
    for (let index = 0; index + 1 < fields.length && files.length < mostFiles; index += 2) {
        const [, , before, after, letter] = fields[index]!.split(" ");
        files.push({ filename: fields[index + 1], status: words[letter![0]!], sha: letter === "D" ? before : after });
    }
    return files;
}

const lines = (output: string): string[] => output.split("\n").filter((line) => line !== "");

async function list({ git, repository, query }: RepositoryCall): Promise<HttpResponse> {
    if (await git.isEmpty()) {
        throw emptyRepository();
    }
    const start = await commitOf(git, query.get("sha") ?? repository.defaultBranch);
    if (start === undefined) {
        throw notFound();
    }
    const size = Math.min(Number(query.get("per_page") ?? 30), 100);
    const skip = (Number(query.get("page") ?? 1) - 1) * size;
    const path = query.get("path");
    const shas = lines(
        await git.text([
            "rev-list",
            `--max-count=${size}`,
            `--skip=${skip}`,
            start,
            "--",
            ...(path === null ? [] : [path]),
        ]),
    );
    return ok(await Promise.all(shas.map(async (sha) => renderCommit(repository, await readCommit(git, sha)))));
}

const states = ["error", "failure", "pending", "success"] as const;

async function setStatus({ git, repository, params, body, context }: RepositoryCall): Promise<HttpResponse> {
    const sha = await git.resolve(/^[0-9a-f]{40}$/.test(params.sha!) ? params.sha! : "", "commit");
    if (sha === undefined) {
        throw unprocessable(`No commit found for SHA: ${params.sha}`);
    }
    const state = optionalChoice(body, "state", states);
    if (state === undefined) {
        throw invalid({
            resource: "Status",
            field: "state",
            code: "custom",
            message: "state is not included in the list",
        });
    }
    const status: CommitStatus = {
        id: context.store.newId(),
        sha,
        state,
        context: optionalText(body, "context") ?? "default",
        description: optionalText(body, "description") ?? null,
        target_url: optionalText(body, "target_url") ?? null,
        created_at: new Date().toISOString(),
    };
    repository.statuses.push(status);
    context.store.save();
    return created(status);
}

async function listStatuses({ git, repository, params }: RepositoryCall): Promise<HttpResponse> {
    const sha = await commitOf(git, params.ref!);
    if (sha === undefined) {
        throw notFound();
    }
    return ok(repository.statuses.filter((status) => status.sha === sha).reverse());
}

async function combinedStatus({ git, repository, params }: RepositoryCall): Promise<HttpResponse> {
    const sha = await commitOf(git, params.ref!);
    if (sha === undefined) {
        throw notFound();
    }
    const latest = new Map(
        repository.statuses.filter((status) => status.sha === sha).map((status) => [status.context, status]),
    );
    const statuses = [...latest.values()];
    const failed = statuses.some(({ state }) => state === "error" || state === "failure");
    const succeeded = statuses.length > 0 && statuses.every(({ state }) => state === "success");
    return ok({
        state: failed ? "failure" : succeeded ? "success" : "pending",
        sha,
        total_count: statuses.length,
        statuses,
    });
}

const base = "/repos/:owner/:repo";

/** They come before the endpoint of a single commit, whose path would swallow theirs. */
export const historyEndpoints: readonly Endpoint[] = [
    {
        method: "GET",
        path: `${base}/compare/:basehead{.+}`,
        docs: "commits/commits#compare-two-commits",
        open: true,
        handle: compare,
    },
    { method: "GET", path: `${base}/commits`, docs: "commits/commits#list-commits", open: true, handle: list },
    {
        method: "POST",
        path: `${base}/statuses/:sha`,
        docs: "commits/statuses#create-a-commit-status",
        handle: setStatus,
    },
    {
        method: "GET",
        path: `${base}/commits/:ref{.+}/statuses`,
        docs: "commits/statuses#list-commit-statuses-for-a-reference",
        open: true,
        handle: listStatuses,
    },
    {
        method: "GET",
        path: `${base}/commits/:ref{.+}/status`,
        docs: "commits/statuses#get-the-combined-status-for-a-specific-reference",
        open: true,
        handle: combinedStatus,
    },
];
