import type { GitHubApp } from "../../settings/github-login";
import { recordFile } from "./applied-record";
import { protectionOf } from "./branch-protection";
import { describeChange, type FileChange } from "./file-change";
import { type Branch, type Change, isUnremarkable, planCommit, readBranch, repositoryPath } from "./fleet-branch";
import { deployKeyProblems, ownerProblems } from "./fleet-owner";
import { fluxAppProblems, suspended, unknownInstallation } from "./flux-app";
import { type GitHubApi, type RepositoryName, statusOf } from "./github-api";
import type { InstallationToken } from "./github-app";
import type { CommitMode } from "./manifest-commit";
import type { ManifestTree } from "./manifest-tree";
import { branchesOfOthers } from "./other-stacks";
import { type Repository, stateProblems, type Visibility } from "./repository-state";

/** What the fleet repository is now, and what an update would do to it. */
export interface FleetPlan {
    /** Whether the repository exists, so that it is adopted and not created. */
    readonly exists: boolean;
    /** Head of the stack's branch, undefined while there is none. */
    readonly head?: string;
    /** When the branch was read, in ISO 8601: what tells this plan from an equal one of another update. */
    readonly plannedAt: string;
    /** What the commit would change. */
    readonly changes: readonly FileChange[];
    /** What the branch holds now of files that differ from the tree, whether the update commits them or not. */
    readonly replaced: ManifestTree;
    /** GitHub's public SSH host keys, as lines of a `known_hosts` file. */
    readonly knownHosts: string;
    /** What stops an update, one line each, with the setting or file and what to do. */
    readonly problems: readonly string[];
    /** What will stop a later update. */
    readonly warnings: readonly string[];
}

export interface FleetPlanArgs {
    readonly repository: RepositoryName;
    readonly branch: string;
    readonly stack: string;
    readonly mode: CommitMode;
    /** Who may read the repository. */
    readonly visibility: Visibility;
    /** Whether Flux commits to the repository. */
    readonly imageAutomation: boolean;
    /** The GitHub App that Flux reads the repository as; without it, the program makes a deploy key. */
    readonly fluxApp?: GitHubApp | undefined;
    readonly files: ManifestTree;
    /** Whether the caller is about to change the repository, which takes more rights than a preview. */
    readonly changes: boolean;
}

/**
 * Reads repository and branch, and plans the commit. Writes nothing. What the user has to correct is in `problems`.
 *
 * @throws Error if GitHub cannot be asked.
 */
export async function planFleet(github: GitHubApi, args: FleetPlanArgs): Promise<FleetPlan> {
    const plannedAt = new Date().toISOString();
    try {
        const found = await github.find<Repository>(repositoryPath(args.repository));
        const branch: Branch = found ? await readBranch(github, args.repository, args.branch) : { blobs: {} };
        const plan = await planCommit(github, args.repository, branch, args.stack, args.files);
        const access = found
            ? stateProblems(args.repository, found, args.visibility)
            : await ownerProblems(github, args.repository);
        const lacking = found ? accessProblems(args, found, await github.installation()) : [];
        const keys = args.fluxApp
            ? await fluxAppProblems(args.fluxApp, args, found !== undefined)
            : await deployKeyProblems(github, args.repository);
        const foreign = found ? await foreignContent(github, args, found, branch) : undefined;
        const shared = found ? await sharedProblems(github, args) : [];
        // Conflicts with content that is not ours say nothing that `foreign` does not say better.
        const content = foreign ? [foreign] : plan.conflicts.map((line) => conflictProblem(args, line));
        const unwritten =
            args.mode === "none" && branch.head === undefined
                ? [
                      `landfall:commitMode: none, but ${args.repository.owner}/${args.repository.name} has no branch ${args.branch}; push gitops/ to it first, or set landfall:commitMode direct`,
                  ]
                : [];
        const changed = plan.changes.length > 0;
        const protection =
            changed && args.mode === "direct" && branch.head ? await protectionProblems(github, args) : [];
        return {
            exists: found !== undefined,
            plannedAt,
            ...(branch.head === undefined ? {} : { head: branch.head }),
            changes: args.mode === "none" ? [] : plan.changes.map(describeChange),
            replaced: replacedBy(plan.changes),
            knownHosts: await knownHosts(github),
            problems: [
                ...access,
                ...(args.changes ? lacking : []),
                ...keys,
                ...content,
                ...shared,
                ...unwritten,
                ...protection,
            ],
            // The token of an App's installation always ends within the hour, and another follows.
            warnings: [
                ...(args.changes ? [] : lacking),
                ...((await github.installation()) ? [] : endingSoon(await github.tokenEnds())),
            ],
        };
    } catch (error) {
        const problem = loginProblem(error);
        if (problem !== undefined) {
            return {
                exists: false,
                plannedAt,
                changes: [],
                replaced: {},
                knownHosts: "",
                problems: [problem],
                warnings: [],
            };
        }
        throw error;
    }
}

const day = 24 * 60 * 60 * 1000;

function endingSoon(end: Date | undefined): string[] {
    return end === undefined || end.getTime() - Date.now() > 14 * day
        ? []
        : [`GITHUB_TOKEN: it ends at ${end.toISOString().replace(/\.\d+Z$/, "Z")}; issue another before`];
}

/** What a refusal says of the login; undefined if it is about something else. */
function loginProblem(error: unknown): string | undefined {
    const status = statusOf(error);
    if (error instanceof Error && error.message.includes("/app/installations/")) {
        const refusals: Readonly<Record<number, string>> = {
            401: "github:appAuth: GitHub does not know pemFile as a key of App id (401); make one in the App's settings",
            403: `github:appAuth.installationId: ${suspended}`,
            404: `github:appAuth.installationId: ${unknownInstallation}`,
        };
        return refusals[status ?? 0];
    }
    return status === 401
        ? "GITHUB_TOKEN: GitHub refuses it, or github:token (401 Bad credentials); issue a new one"
        : undefined;
}

function replacedBy(changes: readonly Change[]): ManifestTree {
    return Object.fromEntries(changes.flatMap(({ path, before }) => (before === undefined ? [] : [[path, before]])));
}

function conflictProblem({ branch }: FleetPlanArgs, line: string): string {
    return `${line}; take the change of branch ${branch} into gitops/, or revert it on the branch`;
}

function accessProblems(
    { repository, mode }: FleetPlanArgs,
    { permissions }: Repository,
    installation: InstallationToken | undefined,
): string[] {
    const name = `${repository.owner}/${repository.name}`;
    // What GitHub says of the repository is about people. Of an App, its installation says what it may do.
    const who = installation ? "github:appAuth: the App" : "GITHUB_TOKEN";
    const writes = (permission: string) => installation?.permissions[permission] === "write";
    const admin = installation ? writes("administration") : (permissions?.admin ?? true);
    const push = installation ? writes("contents") : (permissions?.push ?? true);
    const propose = !installation || writes("pull_requests");
    const grant = installation ? "grant its installation" : "grant it";
    return [
        ...(admin ? [] : [`${who} may not administer ${name}; ${grant} Administration: read and write`]),
        ...(push || mode === "none" ? [] : [`${who} may not push to ${name}; ${grant} Contents: read and write`]),
        ...(propose || mode !== "pullRequest"
            ? []
            : [`${who} may not open pull requests in ${name}; ${grant} Pull requests: read and write`]),
    ];
}

async function foreignContent(
    github: GitHubApi,
    args: FleetPlanArgs,
    found: Repository,
    branch: Branch,
): Promise<string | undefined> {
    const name = `${args.repository.owner}/${args.repository.name}`;
    if (branch.record) {
        return branch.record.stack === args.stack
            ? undefined
            : `landfall:fleetBranch: branch ${args.branch} of ${name} belongs to stack '${branch.record.stack}'; choose another branch, or if this stack was called '${branch.record.stack}' before, give it that name again, since the names of all that it made follow from it: pulumi stack rename ${branch.record.stack}`;
    }
    const inspected = branch.head ? args.branch : found.default_branch;
    const { blobs } = branch.head ? branch : await readBranch(github, args.repository, inspected);
    const foreign = Object.keys(blobs).filter((path) => !isUnremarkable(path) && args.files[path] === undefined);
    return blobs[recordFile] !== undefined || foreign.length === 0
        ? undefined
        : `landfall:fleetRepository: ${name} holds unrelated content (branch ${inspected}: ${foreign.slice(0, 3).join(", ")}${foreign.length > 3 ? `, and ${foreign.length - 3} more files` : ""}); name an empty repository, or one that does not exist yet`;
}

async function sharedProblems(github: GitHubApi, { repository, stack }: FleetPlanArgs): Promise<string[]> {
    const others = await branchesOfOthers(github, repository, stack);
    return others.map(
        ({ branch, stack: other }) =>
            `landfall:fleetRepository: ${repository.owner}/${repository.name} also holds branch ${branch} of stack '${other}', which this stack's cluster could write; give each stack a repository of its own (docs/delivery.md), or delete the branch if that stack is gone`,
    );
}

async function protectionProblems(github: GitHubApi, { repository, branch }: FleetPlanArgs): Promise<string[]> {
    const refusing = await protectionOf(github, repository, branch);
    return refusing.length === 0
        ? []
        : [
              `landfall:commitMode: branch ${branch} is protected (${refusing.join(", ")}), so a direct commit would be refused; pulumi config set landfall:commitMode pullRequest`,
          ];
}

async function knownHosts(github: GitHubApi): Promise<string> {
    const { ssh_keys: keys } = await github.call<{ ssh_keys: string[] }>("GET", "/meta");
    return keys.map((key) => `github.com ${key}\n`).join("");
}
