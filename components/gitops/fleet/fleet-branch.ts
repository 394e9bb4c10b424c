import { type AppliedRecord, parseRecord, recordFile } from "./applied-record";
import { applied, mergeFile } from "./git-merge";
import { type GitHubApi, type RepositoryName, statusOf } from "./github-api";
import type { ManifestTree } from "./manifest-tree";

/** What GitHub leaves behind in a new repository: `auto_init`, a licence picker, an organisation's template. */
const unremarkable = /^(README|LICENSE|CODEOWNERS|SECURITY|\.gitignore|\.gitattributes|\.github\/)/;

/** Whether a file of a branch without a record belongs to nobody in particular. */
export function isUnremarkable(path: string): boolean {
    return unremarkable.test(path);
}

/** A stack's branch as it is now. */
export interface Branch {
    /** Commit at the head; undefined while the branch does not exist. */
    readonly head?: string;
    readonly tree?: string;
    /** Blob ids by path. */
    readonly blobs: Readonly<Record<string, string>>;
    readonly record?: AppliedRecord;
}

export interface Change {
    readonly path: string;
    readonly kind: "added" | "changed" | "removed";
    readonly before?: string;
    readonly after?: string;
}

export interface Plan {
    readonly changes: readonly Change[];
    /** One line for each file that both sides changed. */
    readonly conflicts: readonly string[];
    readonly record: string;
}

/** @throws Error if the branch has too many files, or if its record is damaged. */
export async function readBranch(github: GitHubApi, repository: RepositoryName, branch: string): Promise<Branch> {
    const root = repositoryPath(repository);
    const head = await headOf(github, repository, branch);
    if (head === undefined) {
        return { blobs: {} };
    }
    const commit = await github.call<{ tree: { sha: string } }>("GET", `${root}/git/commits/${head}`);
    const tree = await github.call<{ truncated: boolean; tree: { path: string; type: string; sha: string }[] }>(
        "GET",
        `${root}/git/trees/${commit.tree.sha}?recursive=1`,
    );
    if (tree.truncated) {
        throw new Error(`${repository.owner}/${repository.name}, branch ${branch}: too many files for one listing`);
    }
    const files = tree.tree.filter(({ type }) => type === "blob").map(({ path, sha }) => [path, sha] as const);
    const blobs: Record<string, string> = Object.fromEntries(files);
    const recorded =
        blobs[recordFile] === undefined ? undefined : await readBlob(github, repository, blobs[recordFile]);
    return {
        head,
        tree: commit.tree.sha,
        blobs,
        ...(recorded === undefined
            ? {}
            : { record: parseRecord(recorded, `${repository.owner}/${repository.name}, branch ${branch}`) }),
    };
}

/** Plans what an update would change on the branch, file by file. Writes nothing. */
export async function planCommit(
    github: GitHubApi,
    repository: RepositoryName,
    branch: Branch,
    stack: string,
    desired: ManifestTree,
): Promise<Plan> {
    const changes: Change[] = [];
    const conflicts: string[] = [];
    const base = branch.record?.files ?? leftByWizards(branch, desired);
    for (const path of [...new Set([...Object.keys(base), ...Object.keys(desired)])].sort()) {
        const before = await contentOf(github, repository, branch.blobs[path], desired[path]);
        const merge = mergeFile(base[path], desired[path], before);
        if (merge.kind === "conflict") {
            conflicts.push(`${path}: ${merge.reason}`);
        } else if (merge.kind === "write") {
            changes.push(
                before === undefined
                    ? { path, kind: "added", after: merge.content }
                    : { path, kind: "changed", before, after: merge.content },
            );
        } else if (merge.kind === "delete") {
            changes.push({ path, kind: "removed", ...(before === undefined ? {} : { before }) });
        }
    }
    const files = Object.fromEntries(Object.keys(desired).map((path) => [path, applied(desired[path] ?? "")]));
    const record = `${JSON.stringify({ stack, files }, undefined, 2)}\n`;
    if (changes.length === 0 && conflicts.length === 0 && branch.blobs[recordFile] !== applied(record).blob) {
        changes.push({ path: recordFile, kind: branch.record ? "changed" : "added", after: record });
    }
    return { changes, conflicts, record };
}

/** The files of a branch that the program never wrote which it may replace, as if it had written them. */
function leftByWizards({ blobs }: Branch, desired: ManifestTree): AppliedRecord["files"] {
    const paths = Object.keys(blobs).filter((path) => isUnremarkable(path) && desired[path] !== undefined);
    return Object.fromEntries(paths.map((path) => [path, { blob: blobs[path] ?? "" }]));
}

/**
 * Writes the plan as one commit on top of `branch`, without moving any ref.
 *
 * @returns the commit's id, and its tree's.
 */
export async function createCommit(
    github: GitHubApi,
    repository: RepositoryName,
    branch: Branch,
    plan: Plan,
    message: string,
): Promise<{ commit: string; tree: string }> {
    const root = repositoryPath(repository);
    const entries = [
        ...plan.changes.filter(({ path }) => path !== recordFile),
        { path: recordFile, kind: "changed", after: plan.record } as const,
    ].map(({ path, after }) => ({
        path,
        mode: "100644",
        type: "blob",
        ...(after === undefined ? { sha: null } : { content: after }),
    }));
    const tree = await github.call<{ sha: string }>("POST", `${root}/git/trees`, {
        ...(branch.tree === undefined ? {} : { base_tree: branch.tree }),
        tree: entries,
    });
    const commit = await github.call<{ sha: string }>("POST", `${root}/git/commits`, {
        message,
        tree: tree.sha,
        parents: branch.head === undefined ? [] : [branch.head],
    });
    return { commit: commit.sha, tree: tree.sha };
}

/**
 * Moves the branch to `commit` if it is still where `branch` says.
 *
 * @returns false if somebody moved it in the meantime.
 */
export async function moveBranch(
    github: GitHubApi,
    repository: RepositoryName,
    name: string,
    branch: Branch,
    commit: string,
): Promise<boolean> {
    const root = repositoryPath(repository);
    try {
        if (branch.head === undefined) {
            await github.call("POST", `${root}/git/refs`, { ref: `refs/heads/${name}`, sha: commit });
        } else {
            await github.call("PATCH", `${root}/git/refs/heads/${name}`, { sha: commit, force: false });
        }
        return true;
    } catch (error) {
        if (statusOf(error) === 422 && /not a fast forward|already exists/i.test((error as Error).message)) {
            return false;
        }
        throw error;
    }
}

/** Whether `commit` is the head of the branch now, and `ancestor` in its history. */
export async function isSuccessor(
    github: GitHubApi,
    repository: RepositoryName,
    branch: string,
    ancestor: string,
    commit: string,
): Promise<boolean> {
    const root = repositoryPath(repository);
    if ((await headOf(github, repository, branch)) !== commit) {
        return false;
    }
    const comparison = await github.find<{ status: string }>(`${root}/compare/${ancestor}...${commit}`);
    return comparison?.status === "ahead" || comparison?.status === "identical";
}

/** Commit at the head of a branch; undefined if the branch or its repository does not exist. */
export async function headOf(
    github: GitHubApi,
    repository: RepositoryName,
    branch: string,
): Promise<string | undefined> {
    const path = `${repositoryPath(repository)}/git/ref/heads/${branch}`;
    return (await github.find<{ object: { sha: string } }>(path).catch(noneIfEmpty))?.object.sha;
}

export function repositoryPath({ owner, name }: RepositoryName): string {
    return `/repos/${owner}/${name}`;
}

async function contentOf(
    github: GitHubApi,
    repository: RepositoryName,
    blob: string | undefined,
    desired: string | undefined,
): Promise<string | undefined> {
    if (blob === undefined) {
        return undefined;
    }
    return desired !== undefined && applied(desired).blob === blob ? desired : readBlob(github, repository, blob);
}

async function readBlob(github: GitHubApi, repository: RepositoryName, blob: string): Promise<string> {
    const { content } = await github.call<{ content: string }>(
        "GET",
        `${repositoryPath(repository)}/git/blobs/${blob}`,
    );
    return Buffer.from(content, "base64").toString("utf8");
}

/** For a repository without a commit, of which GitHub answers 409 for every git object, be it read or written. */
export function noneIfEmpty(error: unknown): undefined {
    if (statusOf(error) !== 409 || !/repository is empty/i.test((error as Error).message)) {
        throw error;
    }
    return undefined;
}

/**
 * Makes the first commit of an empty repository, on its default branch, with the file that GitHub's own `auto_init`
 * would make: only the contents API can.
 * @see https://docs.github.com/en/rest/git/trees#create-a-tree
 */
export async function startHistory(github: GitHubApi, repository: RepositoryName): Promise<void> {
    const content = Buffer.from(`# ${repository.name}\n`, "utf8").toString("base64");
    const file = `${repositoryPath(repository)}/contents/README.md`;
    await github.call("PUT", file, { message: "Initial commit", content });
}
