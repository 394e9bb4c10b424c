import { recordFile } from "./applied-record";
import { type Branch, type Change, planCommit, readBranch, repositoryPath } from "./fleet-branch";
import { describeChange, type FileChange } from "./file-change";
import { type GitHubApi, type RepositoryName, statusOf } from "./github-api";
import type { CommitMode } from "./manifest-commit";
import type { ManifestTree } from "./manifest-tree";

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
}

export interface FleetPlanArgs {
    readonly repository: RepositoryName;
    readonly branch: string;
    readonly stack: string;
    readonly mode: CommitMode;
    readonly files: ManifestTree;
}

interface Repository {
    readonly default_branch: string;
    readonly permissions?: { readonly admin: boolean; readonly push: boolean };
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
        const access = found ? accessProblems(args, found) : await ownerProblems(github, args.repository);
        const keys = await deployKeyProblems(github, args.repository);
        const foreign = found ? await foreignContent(github, args, found, branch) : undefined;
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
            problems: [...access, ...keys, ...content, ...unwritten, ...protection],
        };
    } catch (error) {
        if (statusOf(error) === 401) {
            const problem = "GITHUB_TOKEN: GitHub refuses it, or github:token (401 Bad credentials); issue a new one";
            return { exists: false, plannedAt, changes: [], replaced: {}, knownHosts: "", problems: [problem] };
        }
        throw error;
    }
}

function replacedBy(changes: readonly Change[]): ManifestTree {
    return Object.fromEntries(changes.flatMap(({ path, before }) => (before === undefined ? [] : [[path, before]])));
}

function conflictProblem({ branch }: FleetPlanArgs, line: string): string {
    return `${line}; take the change of branch ${branch} into gitops/, or revert it on the branch`;
}

function accessProblems({ repository, mode }: FleetPlanArgs, { permissions }: Repository): string[] {
    const name = `${repository.owner}/${repository.name}`;
    const admin = permissions?.admin ?? true;
    const push = permissions?.push ?? true;
    return [
        ...(admin ? [] : [`GITHUB_TOKEN may not add a deploy key to ${name}; grant it Administration: read and write`]),
        ...(push || mode === "none" ? [] : [`GITHUB_TOKEN may not push to ${name}; grant it Contents: read and write`]),
    ];
}

async function ownerProblems(github: GitHubApi, { owner }: RepositoryName): Promise<string[]> {
    const account = await github.find(`/users/${owner}`);
    return account
        ? []
        : [`github:owner: GitHub has no user or organisation '${owner}'; pulumi config set github:owner <name>`];
}

/**
 * Deploy keys are off in a new organisation. GitHub tells only its owners. Without an answer, nothing is known to be
 * wrong.
 * @see https://docs.github.com/en/organizations/managing-organization-settings/restricting-deploy-keys-in-your-organization
 */
async function deployKeyProblems(github: GitHubApi, { owner }: RepositoryName): Promise<string[]> {
    const organization = await github
        .find<{ deploy_keys_enabled_for_repositories?: boolean }>(`/orgs/${owner}`)
        .catch((error: unknown) => {
            if (statusOf(error) === 403) {
                return undefined;
            }
            throw error;
        });
    return organization?.deploy_keys_enabled_for_repositories === false
        ? [
              `github:owner: the organisation ${owner} allows no deploy keys, and Flux fetches with one; an owner allows them in the organisation's settings, Repository, Deploy keys`,
          ]
        : [];
}

// What `auto_init`, a licence picker or a fresh organisation template leaves behind belongs to nobody in particular.
const unremarkable = /^(README|LICENSE|CODEOWNERS|SECURITY|\.gitignore|\.gitattributes|\.github\/)/;

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
    const foreign = Object.keys(blobs).filter((path) => !unremarkable.test(path) && args.files[path] === undefined);
    return blobs[recordFile] !== undefined || foreign.length === 0
        ? undefined
        : `landfall:fleetRepository: ${name} holds unrelated content (branch ${inspected}: ${foreign.slice(0, 3).join(", ")}${foreign.length > 3 ? `, and ${foreign.length - 3} more files` : ""}); name an empty repository, or one that does not exist yet`;
}

const blockingRules = new Set([
    "pull_request",
    "required_status_checks",
    "update",
    "required_signatures",
    "merge_queue",
]);

async function protectionProblems(github: GitHubApi, { repository, branch }: FleetPlanArgs): Promise<string[]> {
    const root = repositoryPath(repository);
    const rules = await ifPlanHasIt(github.call<{ type: string }[]>("GET", `${root}/rules/branches/${branch}`), []);
    const blocking = rules.map(({ type }) => type).filter((type) => blockingRules.has(type));
    const classic = await classicProtection(github, root, branch);
    return [...blocking, ...classic].length === 0
        ? []
        : [
              `landfall:commitMode: branch ${branch} is protected (${[...blocking, ...classic].join(", ")}), so a direct commit would be refused; pulumi config set landfall:commitMode pullRequest`,
          ];
}

async function classicProtection(github: GitHubApi, root: string, branch: string): Promise<string[]> {
    const { protected: isProtected } = await github.call<{ protected: boolean }>("GET", `${root}/branches/${branch}`);
    if (!isProtected) {
        return [];
    }
    const question = github.find<Record<string, unknown>>(`${root}/branches/${branch}/protection`);
    const protection = await ifPlanHasIt(question, undefined);
    const refusing = ["required_pull_request_reviews", "required_status_checks", "restrictions", "lock_branch"];
    return refusing.filter((rule) => {
        const value = protection?.[rule];
        return typeof value === "object" && value !== null && (!("enabled" in value) || value.enabled === true);
    });
}

/**
 * GitHub's Free plan has neither rules nor protection for a private repository. It answers 403 "Upgrade to GitHub Pro
 * or make this repository public to enable this feature." Then nothing is protected.
 * @see https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository
 */
async function ifPlanHasIt<T>(question: Promise<T>, otherwise: T): Promise<T> {
    try {
        return await question;
    } catch (error) {
        if (statusOf(error) === 403 && /upgrade to github/i.test((error as Error).message)) {
            return otherwise;
        }
        throw error;
    }
}

async function knownHosts(github: GitHubApi): Promise<string> {
    const { ssh_keys: keys } = await github.call<{ ssh_keys: string[] }>("GET", "/meta");
    return keys.map((key) => `github.com ${key}\n`).join("");
}
