import * as pulumi from "@pulumi/pulumi";
import { createCommit, moveBranch, planCommit, readBranch, repositoryPath } from "./fleet-branch";
import { github, githubOptional, type RepositoryName } from "./github-api";
import type { ManifestTree } from "./manifest-tree";

/** How the tree gets to the stack's branch. */
export type CommitMode = "direct" | "pullRequest" | "none";

export interface ManifestCommitArgs {
    readonly repository: { readonly owner: pulumi.Input<string>; readonly name: pulumi.Input<string> };
    /** The stack's branch, created if it does not exist. */
    readonly branch: string;
    readonly stack: string;
    readonly mode: CommitMode;
    /** What the branch is to hold. */
    readonly files: ManifestTree;
    /** What an update would change on the branch now, by path: empty if nothing. */
    readonly changes: Readonly<Record<string, string>>;
}

export interface CommitTarget {
    readonly repository: RepositoryName;
    readonly branch: string;
    readonly stack: string;
    readonly mode: CommitMode;
}

export interface CommitResult extends CommitTarget {
    readonly commit: string;
    readonly pullRequestUrl: string;
}

interface Inputs extends CommitTarget {
    /** The files as JSON in an asset, of which state and previews hold the hash alone. */
    readonly tree: { readonly text: string };
    readonly changes: Readonly<Record<string, string>>;
}

const attempts = 5;

/** What the provider does on create and update: the one commit, or the proposal of it. */
export async function commitTree(target: CommitTarget, files: ManifestTree): Promise<CommitResult> {
    const { repository, branch: name, stack, mode } = target;
    for (let attempt = 1; attempt <= attempts; attempt++) {
        const branch = await readBranch(repository, name);
        const plan = await planCommit(repository, branch, stack, files);
        if (plan.conflicts.length > 0) {
            throw new Error(
                `branch ${name} changed while this update ran; nothing was committed:\n${plan.conflicts.join("\n")}`,
            );
        }
        if (mode === "none" || (plan.changes.length === 0 && branch.head !== undefined)) {
            return { ...target, commit: branch.head ?? "", pullRequestUrl: "" };
        }
        const count = plan.changes.length;
        const message = `Update ${stack}: ${count} ${count === 1 ? "file" : "files"}\n\nWritten by pulumi up.`;
        const created = await createCommit(repository, branch, plan, message);
        // A branch that does not exist yet has nothing to review against.
        if (mode === "pullRequest" && branch.head !== undefined) {
            const pullRequestUrl = await proposeCommit(target, branch.head, created);
            return { ...target, commit: branch.head, pullRequestUrl };
        }
        if (await moveBranch(repository, name, branch, created.commit)) {
            return { ...target, commit: created.commit, pullRequestUrl: "" };
        }
    }
    throw new Error(
        `branch ${name} of ${repository.owner}/${repository.name} moved ${attempts} times in a row; run up again`,
    );
}

async function proposeCommit(
    { repository, branch, stack }: CommitTarget,
    base: string,
    created: { commit: string; tree: string },
): Promise<string> {
    const root = repositoryPath(repository);
    const proposal = `landfall/${branch}`;
    const ref = await githubOptional<{ object: { sha: string } }>(`${root}/git/ref/heads/${proposal}`);
    if (ref === undefined) {
        await github("POST", `${root}/git/refs`, { ref: `refs/heads/${proposal}`, sha: created.commit });
    } else {
        const proposed = await github<{ tree: { sha: string }; parents: { sha: string }[] }>(
            "GET",
            `${root}/git/commits/${ref.object.sha}`,
        );
        if (proposed.tree.sha !== created.tree || proposed.parents[0]?.sha !== base) {
            await github("PATCH", `${root}/git/refs/heads/${proposal}`, { sha: created.commit, force: true });
        }
    }
    const query = `state=open&head=${repository.owner}:${proposal}&base=${branch}`;
    const [open] = await github<{ html_url: string }[]>("GET", `${root}/pulls?${query}`);
    const request =
        open ??
        (await github<{ html_url: string }>("POST", `${root}/pulls`, {
            title: `Update ${stack}`,
            head: proposal,
            base: branch,
            body: "Proposed by `pulumi up`. Flux applies it once it is merged.",
        }));
    return request.html_url;
}

async function apply({ repository, branch, stack, mode, tree }: Inputs): Promise<CommitResult> {
    return commitTree({ repository, branch, stack, mode }, JSON.parse(tree.text) as ManifestTree);
}

const provider: pulumi.dynamic.ResourceProvider<Inputs, CommitResult> = {
    async create(inputs) {
        const { owner, name } = inputs.repository;
        return { id: `${owner}/${name}/${inputs.branch}`, outs: await apply(inputs) };
    },
    async update(_id, _olds, news) {
        return { outs: await apply(news) };
    },
    async diff(_id, olds, news) {
        const moved = ["owner", "name"].some(
            (key) => olds.repository[key as keyof RepositoryName] !== news.repository[key as keyof RepositoryName],
        );
        const replaces = [...(moved ? ["repository"] : []), ...(olds.branch === news.branch ? [] : ["branch"])];
        return Promise.resolve({ changes: replaces.length > 0 || Object.keys(news.changes).length > 0, replaces });
    },
    // What is in Git outlives the stack: people and other clusters may rely on it.
    async delete() {
        return Promise.resolve();
    },
};

/**
 * The tree on the stack's branch of the fleet repository, in one commit for each update that changes it and none
 * otherwise. A branch that moved meanwhile is merged again from its new head; content that somebody else changed is
 * never overwritten. On destroy the content stays.
 *
 * @throws Error naming the files that changed on both sides; nothing is committed then.
 */
export class ManifestCommit extends pulumi.dynamic.Resource {
    /** Head of the stack's branch after the update. */
    declare readonly commit: pulumi.Output<string>;
    /** The pull request that proposes the change, or empty. */
    declare readonly pullRequestUrl: pulumi.Output<string>;

    constructor(name: string, { files, ...args }: ManifestCommitArgs, opts?: pulumi.CustomResourceOptions) {
        const tree = new pulumi.asset.StringAsset(JSON.stringify(files));
        const outputs = { commit: undefined, pullRequestUrl: undefined };
        super(provider, name, { ...args, tree, ...outputs }, opts, "gitops", "ManifestCommit");
    }
}
