import * as pulumi from "@pulumi/pulumi";
import { BundledResource } from "../../bundled-resource";
import {
    createCommit,
    headOf,
    moveBranch,
    noneIfEmpty,
    planCommit,
    readBranch,
    repositoryPath,
    startHistory,
} from "./fleet-branch";
import {
    configuredGitHub,
    type ConfiguredLogin,
    configuredLogin,
    type GitHubApi,
    type RepositoryName,
} from "./github-api";
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
    /** When that was planned, in ISO 8601. */
    readonly plannedAt: string;
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

interface Outputs extends CommitResult {
    /** The plan that was carried out last. */
    readonly plannedAt: string;
}

interface Inputs extends CommitTarget {
    /** The files as JSON in an asset, of which previews show the hash alone. The state holds the text as well. */
    readonly tree: { readonly text: string };
    readonly changes: Readonly<Record<string, string>>;
    readonly plannedAt: string;
}

const attempts = 5;

/** Brings the branch to the tree: with one commit, or with a pull request that proposes it. */
export async function commitTree(github: GitHubApi, target: CommitTarget, files: ManifestTree): Promise<CommitResult> {
    const { repository, branch: name, stack, mode } = target;
    for (let attempt = 1; attempt <= attempts; attempt++) {
        const branch = await readBranch(github, repository, name);
        const plan = await planCommit(github, repository, branch, stack, files);
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
        const created = await createCommit(github, repository, branch, plan, message).catch(noneIfEmpty);
        if (created === undefined) {
            await startHistory(github, repository);
            continue;
        }
        // A branch that the program did not write yet has nothing to review against.
        if (mode === "pullRequest" && branch.head !== undefined && branch.record !== undefined) {
            const pullRequestUrl = await proposeCommit(github, target, branch.head, created);
            return { ...target, commit: branch.head, pullRequestUrl };
        }
        if (await moveBranch(github, repository, name, branch, created.commit)) {
            return { ...target, commit: created.commit, pullRequestUrl: "" };
        }
    }
    throw new Error(
        `branch ${name} of ${repository.owner}/${repository.name} moved ${attempts} times in a row; run up again`,
    );
}

async function proposeCommit(
    github: GitHubApi,
    { repository, branch, stack }: CommitTarget,
    base: string,
    created: { commit: string; tree: string },
): Promise<string> {
    const root = repositoryPath(repository);
    const proposal = `landfall/${branch}`;
    const head = await headOf(github, repository, proposal);
    if (head === undefined) {
        await github.call("POST", `${root}/git/refs`, { ref: `refs/heads/${proposal}`, sha: created.commit });
    } else {
        const proposed = await github.call<{ tree: { sha: string }; parents: { sha: string }[] }>(
            "GET",
            `${root}/git/commits/${head}`,
        );
        if (proposed.tree.sha !== created.tree || proposed.parents[0]?.sha !== base) {
            await github.call("PATCH", `${root}/git/refs/heads/${proposal}`, { sha: created.commit, force: true });
        }
    }
    const query = `state=open&head=${repository.owner}:${proposal}&base=${branch}`;
    const [open] = await github.call<{ html_url: string }[]>("GET", `${root}/pulls?${query}`);
    const request =
        open ??
        (await github.call<{ html_url: string }>("POST", `${root}/pulls`, {
            title: `Update ${stack}`,
            head: proposal,
            base: branch,
            body: "Proposed by `pulumi up`. Flux applies it once it is merged.",
        }));
    return request.html_url;
}

/** @public Of the bundle. */
export class ManifestCommitProvider implements pulumi.dynamic.ResourceProvider<Inputs, Outputs> {
    private login: ConfiguredLogin = { token: undefined, appAuth: undefined };

    async configure({ config }: pulumi.dynamic.ConfigureRequest): Promise<void> {
        this.login = configuredLogin(config);
        return Promise.resolve();
    }

    async create(inputs: Inputs) {
        const { owner, name } = inputs.repository;
        return { id: `${owner}/${name}/${inputs.branch}`, outs: await this.commit(inputs) };
    }

    async update(_id: string, _olds: Outputs, news: Inputs) {
        return { outs: await this.commit(news) };
    }

    async diff(_id: string, olds: Outputs, news: Inputs) {
        const { owner, name } = olds.repository;
        const moved = owner !== news.repository.owner || name !== news.repository.name;
        const replaces = [...(moved ? ["repository"] : []), ...(olds.branch === news.branch ? [] : ["branch"])];
        // A refresh compares with the inputs of the last update, whose changes are on the branch by now.
        const pending = Object.keys(news.changes).length > 0 && news.plannedAt !== olds.plannedAt;
        return Promise.resolve({ changes: replaces.length > 0 || pending, replaces });
    }

    /**
     * Where the branch is now. A branch that is gone is gone from the state, so that the next update makes it again.
     */
    async read(id: string, props?: Outputs): Promise<pulumi.dynamic.ReadResult<Outputs>> {
        if (props === undefined) {
            throw new Error("a ManifestCommit cannot be imported; it is made by the first update");
        }
        const head = await headOf(configuredGitHub(this.login), props.repository, props.branch);
        return head === undefined ? { id: "" } : { id, props: { ...props, commit: head } };
    }

    // What is in Git outlives the stack: people and other clusters may rely on it.
    async delete() {
        return Promise.resolve();
    }

    private async commit({ repository, branch, stack, mode, tree, plannedAt }: Inputs): Promise<Outputs> {
        const github = configuredGitHub(this.login);
        const files = JSON.parse(tree.text) as ManifestTree;
        return { ...(await commitTree(github, { repository, branch, stack, mode }, files)), plannedAt };
    }
}

/**
 * The tree on the stack's branch of the fleet repository, in one commit for each update that changes it and none
 * otherwise. If the branch moves in the meantime, the merge starts again from its new head. Content that somebody else
 * changed is never overwritten. A refresh reads where the branch is. On destroy the content stays.
 *
 * @throws Error naming the files that changed on both sides; nothing is committed then.
 */
export class ManifestCommit extends BundledResource {
    /** Head of the stack's branch after the update. */
    declare readonly commit: pulumi.Output<string>;
    /** The pull request that proposes the change, or empty. */
    declare readonly pullRequestUrl: pulumi.Output<string>;

    constructor(name: string, { files, ...args }: ManifestCommitArgs, opts?: pulumi.CustomResourceOptions) {
        const tree = new pulumi.asset.StringAsset(JSON.stringify(files));
        const outputs = { commit: undefined, pullRequestUrl: undefined };
        const props = { ...args, tree, ...outputs };
        super(ManifestCommitProvider, __filename, ["gitops", "ManifestCommit"], name, props, opts);
    }
}
