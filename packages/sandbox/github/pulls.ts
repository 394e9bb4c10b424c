import type { HttpResponse } from "../network/route";
import { ApiError, created, invalid, notFound, ok } from "./answers";
import { optionalChoice, optionalText, text } from "./body";
import { writeCommit } from "./commits";
import { type Git, nowhere } from "./git";
import { ruleViolation } from "./policy";
import type { Endpoint, RepositoryCall } from "./router";
import type { PullRequest, Repository } from "./store";

async function render(git: Git, repository: Repository, pull: PullRequest): Promise<object> {
    const url = `https://api.github.com/repos/${repository.owner}/${repository.name}/pulls/${pull.number}`;
    const { head, base } = await ends(git, pull);
    const side = (ref: string, sha: string) => ({ label: `${repository.owner}:${ref}`, ref, sha });
    return {
        url,
        html_url: `https://github.com/${repository.owner}/${repository.name}/pull/${pull.number}`,
        number: pull.number,
        state: pull.state,
        title: pull.title,
        body: pull.body,
        user: { login: "sandbox-bot" },
        created_at: pull.createdAt,
        merged_at: pull.mergedAt,
        merged: pull.mergedAt !== null,
        merge_commit_sha: pull.mergeCommit,
        mergeable: pull.state === "open" ? (await mergedTree(git, base, head)) !== undefined : null,
        head: side(pull.head, head),
        base: side(pull.base, base),
    };
}

/** An open pull request follows its branches; a closed one stays where it was. */
async function ends(git: Git, pull: PullRequest): Promise<{ head: string; base: string }> {
    if (pull.state === "closed") {
        return { head: pull.headSha, base: pull.baseSha };
    }
    const at = async (branch: string, known: string) => (await git.resolve(`refs/heads/${branch}`, "commit")) ?? known;
    return { head: await at(pull.head, pull.headSha), base: await at(pull.base, pull.baseSha) };
}

async function mergedTree(git: Git, base: string, head: string): Promise<string | undefined> {
    const result = await git.attempt(["merge-tree", "--write-tree", base, head]);
    return result.code === 0 ? result.stdout.toString().split("\n")[0] : undefined;
}

const branchOf = (label: string): string => label.replace(/^[^:]+:/, "");

async function create({ git, repository, body, context }: RepositoryCall): Promise<HttpResponse> {
    const title = text(body, "title");
    const [head, base] = [branchOf(text(body, "head")), text(body, "base")];
    const headSha = await git.resolve(`refs/heads/${head}`, "commit");
    const baseSha = await git.resolve(`refs/heads/${base}`, "commit");
    if (headSha === undefined) {
        throw invalid({ resource: "PullRequest", field: "head", code: "invalid" });
    }
    if (baseSha === undefined) {
        throw invalid({ resource: "PullRequest", field: "base", code: "invalid" });
    }
    const custom = (message: string) => invalid({ resource: "PullRequest", code: "custom", message });
    if (repository.pulls.some((one) => one.state === "open" && one.head === head && one.base === base)) {
        throw custom(`A pull request already exists for ${repository.owner}:${head}.`);
    }
    if (await git.isAncestor(headSha, baseSha)) {
        throw custom(`No commits between ${base} and ${head}`);
    }
    const pull: PullRequest = {
        number: repository.pulls.length + 1,
        createdAt: new Date().toISOString(),
        title,
        body: optionalText(body, "body") ?? null,
        state: "open",
        head,
        base,
        headSha,
        baseSha,
        mergedAt: null,
        mergeCommit: null,
    };
    repository.pulls.push(pull);
    context.store.save();
    return created(await render(git, repository, pull));
}

function find({ repository, params }: RepositoryCall): PullRequest {
    const pull = repository.pulls.find((one) => one.number === Number(params.number));
    if (!pull) {
        throw notFound();
    }
    return pull;
}

async function list({ git, repository, query }: RepositoryCall): Promise<HttpResponse> {
    const state = query.get("state") ?? "open";
    const [head, base] = [query.get("head"), query.get("base")];
    const found = repository.pulls
        .filter((one) => state === "all" || one.state === state)
        // Without the owner the API ignores the filter.
        .filter((one) => !head?.includes(":") || one.head === branchOf(head))
        .filter((one) => base === null || one.base === base);
    return ok(await Promise.all(found.reverse().map((one) => render(git, repository, one))));
}

async function update(call: RepositoryCall): Promise<HttpResponse> {
    const { git, repository, body, context } = call;
    const pull = find(call);
    pull.title = optionalText(body, "title") ?? pull.title;
    pull.body = optionalText(body, "body") ?? pull.body;
    pull.base = optionalText(body, "base") ?? pull.base;
    const state = optionalChoice(body, "state", ["open", "closed"]);
    if (state === "closed" && pull.state === "open") {
        const { head, base } = await ends(git, pull);
        Object.assign(pull, { headSha: head, baseSha: base, state });
    } else if (state === "open" && pull.mergedAt === null) {
        pull.state = state;
    }
    context.store.save();
    return ok(await render(git, repository, pull));
}

const methods = ["merge", "squash", "rebase"] as const;

async function merge(call: RepositoryCall): Promise<HttpResponse> {
    const { git, repository, body, context } = call;
    const pull = find(call);
    const method = optionalChoice(body, "merge_method", methods) ?? "merge";
    if (pull.state !== "open") {
        throw new ApiError(405, "Pull Request is not mergeable");
    }
    const allowed = { merge: "allow_merge_commit", squash: "allow_squash_merge", rebase: "allow_rebase_merge" }[method];
    if (repository.settings[allowed] !== true) {
        const name = { merge: "Merge commits", squash: "Squash merges", rebase: "Rebase merges" }[method];
        throw new ApiError(405, `${name} are not allowed on this repository.`);
    }
    const { head, base } = await ends(git, pull);
    const expected = optionalText(body, "sha");
    if (expected !== undefined && expected !== head) {
        throw new ApiError(409, "Head branch was modified. Review and try the merge again.");
    }
    const sha = await commit(call, pull, method, { head, base });
    const reference = `refs/heads/${pull.base}`;
    const refused = await ruleViolation(repository, git, { reference, previous: base, next: sha }, "admin", {
        merging: true,
    });
    if (refused) {
        throw new ApiError(405, refused.reasons.join(" "));
    }
    if (!(await git.compareAndSwap(reference, sha, base))) {
        throw new ApiError(405, "Base branch was modified. Review and try the merge again.");
    }
    Object.assign(pull, {
        state: "closed",
        headSha: head,
        baseSha: base,
        mergedAt: new Date().toISOString(),
        mergeCommit: sha,
    });
    if (repository.settings.delete_branch_on_merge === true) {
        await git.compareAndSwap(`refs/heads/${pull.head}`, nowhere, head);
    }
    context.store.save();
    return ok({ sha, merged: true, message: "Pull Request successfully merged" });
}

async function commit(
    { git, repository, body }: RepositoryCall,
    pull: PullRequest,
    method: (typeof methods)[number],
    { head, base }: { head: string; base: string },
): Promise<string> {
    const tree = await mergedTree(git, base, head);
    if (tree === undefined) {
        throw new ApiError(405, "Pull Request is not mergeable");
    }
    if (method === "rebase") {
        // A rebase of commits that already stand on the base changes nothing; others are not replayed here.
        if (await git.isAncestor(base, head)) {
            return head;
        }
        throw new ApiError(405, "This branch can't be rebased");
    }
    const merged = `Merge pull request #${pull.number} from ${repository.owner}/${pull.head}`;
    const title =
        optionalText(body, "commit_title") ?? (method === "merge" ? merged : `${pull.title} (#${pull.number})`);
    const message = `${title}\n\n${optionalText(body, "commit_message") ?? pull.title}`;
    return writeCommit(git, { tree, parents: method === "merge" ? [base, head] : [base], message });
}

const base = "/repos/:owner/:repo/pulls";
const docs = "pulls/pulls";

export const pullEndpoints: readonly Endpoint[] = [
    { method: "POST", path: base, docs: `${docs}#create-a-pull-request`, handle: create },
    { method: "GET", path: base, docs: `${docs}#list-pull-requests`, open: true, handle: list },
    {
        method: "GET",
        path: `${base}/:number`,
        docs: `${docs}#get-a-pull-request`,
        open: true,
        handle: async (call) => ok(await render(call.git, call.repository, find(call))),
    },
    { method: "PATCH", path: `${base}/:number`, docs: `${docs}#update-a-pull-request`, handle: update },
    { method: "PUT", path: `${base}/:number/merge`, docs: `${docs}#merge-a-pull-request`, handle: merge },
];
