import { type Git, nowhere } from "./git";
import type { CommitStatus, Protection, Repository, Rule, Ruleset } from "./store";

/** The token acts as an administrator of the organisation; a deploy key as itself. */
export type Actor = "admin" | "deployKey";

export interface RefUpdate {
    readonly reference: string;
    readonly previous: string;
    readonly next: string;
}

export interface RuleViolation {
    readonly by: "protection" | "rules";
    readonly reasons: readonly string[];
}

interface Situation extends RefUpdate {
    readonly repository: Repository;
    readonly git: Git;
    readonly actor: Actor;
    /** The update is the merge of a pull request. */
    readonly merging: boolean;
    /** Environment in which git sees objects of a push that is not accepted yet. */
    readonly env?: Record<string, string>;
}

/** Why branch protection or a ruleset forbids an update, or undefined when it may go ahead. */
export async function ruleViolation(
    repository: Repository,
    git: Git,
    update: RefUpdate,
    actor: Actor,
    options: { readonly merging?: boolean; readonly env?: Record<string, string> } = {},
): Promise<RuleViolation | undefined> {
    const situation: Situation = {
        ...update,
        repository,
        git,
        actor,
        merging: options.merging ?? false,
        env: options.env,
    };
    const branch = /^refs\/heads\/(.+)$/.exec(update.reference)?.[1];
    const protection = branch === undefined ? undefined : repository.protections[branch];
    const classic = protection ? await againstProtection(situation, protection) : [];
    if (classic.length > 0) {
        return { by: "protection", reasons: classic };
    }
    const rules = rulesFor(repository, update.reference, { actor, merging: situation.merging });
    const reasons = (await Promise.all(rules.map(({ rule }) => againstRule(situation, rule)))).flat();
    return reasons.length > 0 ? { by: "rules", reasons: [...new Set(reasons)] } : undefined;
}

async function againstProtection(situation: Situation, protection: Protection): Promise<string[]> {
    // Deletion and force pushes are forbidden to administrators too; everything else only with enforce_admins.
    if (situation.next === nowhere) {
        return protection.allow_deletions ? [] : ["Cannot delete this protected branch"];
    }
    if (!protection.allow_force_pushes && (await isForced(situation))) {
        return ["Cannot force-push to this protected branch"];
    }
    if (situation.actor === "admin" && !protection.enforce_admins) {
        return [];
    }
    if (protection.lock_branch) {
        return ["Cannot change this locked branch"];
    }
    const reasons: string[] = [];
    const reviews = protection.required_pull_request_reviews;
    if (reviews) {
        reasons.push(...pullRequestReasons(situation, Number(reviews.required_approving_review_count ?? 1)));
    }
    const checks = protection.required_status_checks;
    if (checks) {
        reasons.push(...missingChecks(situation.repository.statuses, situation.next, checks.contexts));
    }
    if (protection.required_linear_history) {
        reasons.push(...(await mergeCommits(situation)));
    }
    return reasons;
}

async function againstRule(situation: Situation, rule: Rule): Promise<string[]> {
    const creates = situation.previous === nowhere;
    const deletes = situation.next === nowhere;
    if (deletes) {
        return rule.type === "deletion" ? ["Cannot delete this branch"] : [];
    }
    if (creates && rule.type === "creation") {
        return ["Cannot create ref due to creations being restricted."];
    }
    switch (rule.type) {
        case "update":
            return creates ? [] : ["Cannot update this protected ref."];
        case "non_fast_forward":
            return (await isForced(situation)) ? ["Cannot force-push to this branch"] : [];
        case "pull_request":
            return pullRequestReasons(situation, Number(rule.parameters?.required_approving_review_count ?? 0));
        case "required_status_checks":
            return missingChecks(situation.repository.statuses, situation.next, contexts(rule));
        case "required_linear_history":
            return mergeCommits(situation);
        case "required_signatures":
            return ["Commits must have verified signatures."];
        default:
            return [];
    }
}

function pullRequestReasons(situation: Situation, approvals: number): string[] {
    if (situation.previous === nowhere) {
        return [];
    }
    if (!situation.merging) {
        return ["Changes must be made through a pull request."];
    }
    if (approvals === 0) {
        return [];
    }
    const reviews = approvals === 1 ? "approving review is" : "approving reviews are";
    return [`At least ${approvals} ${reviews} required by reviewers with write access.`];
}

function contexts(rule: Rule): string[] {
    const checks = (rule.parameters?.required_status_checks ?? []) as readonly { readonly context: string }[];
    return checks.map((check) => check.context);
}

/** Contexts without success on a commit, in GitHub's words. */
function missingChecks(statuses: readonly CommitStatus[], sha: string, required: readonly string[]): string[] {
    const latest = new Map(
        statuses.filter((status) => status.sha === sha).map((status) => [status.context, status.state]),
    );
    const open = required.filter((context) => latest.get(context) !== "success");
    if (open.length === 0) {
        return [];
    }
    if (open.length > 1) {
        return [`${open.length} of ${required.length} required status checks are expected.`];
    }
    const state = latest.get(open[0]!) ?? "expected";
    return [`Required status check "${open[0]}" is ${state === "failure" || state === "error" ? "failing" : state}.`];
}

async function isForced({ git, previous, next, env }: Situation): Promise<boolean> {
    return previous !== nowhere && !(await git.isAncestor(previous, next, env));
}

async function mergeCommits({ git, previous, next, env }: Situation): Promise<string[]> {
    const range = previous === nowhere ? [next] : [next, `^${previous}`];
    const merges = await git.text(["rev-list", "--merges", "--count", ...range], { env });
    return merges === "0" ? [] : ["This branch must not contain merge commits."];
}

/** The rules of the active rulesets that match a reference; with an actor, without those that the actor bypasses. */
export function rulesFor(
    repository: Repository,
    reference: string,
    by?: { readonly actor: Actor; readonly merging: boolean },
): { rule: Rule; ruleset: Ruleset }[] {
    const target = reference.startsWith("refs/tags/") ? "tag" : "branch";
    return repository.rulesets
        .filter((ruleset) => ruleset.enforcement === "active" && ruleset.target === target)
        .filter(
            (ruleset) =>
                matches(ruleset.include, reference, repository) && !matches(ruleset.exclude, reference, repository),
        )
        .filter((ruleset) => !by || !bypasses(ruleset, by.actor, by.merging))
        .flatMap((ruleset) => ruleset.rules.map((rule) => ({ rule, ruleset })));
}

/** Number of the repository role "admin" in bypass lists. */
const adminRole = 5;

function bypasses(ruleset: Ruleset, actor: Actor, merging: boolean): boolean {
    return ruleset.bypassActors.some(({ actor_type, actor_id, bypass_mode }) => {
        const admin = actor_type === "OrganizationAdmin" || (actor_type === "RepositoryRole" && actor_id === adminRole);
        const named = actor === "admin" ? admin : actor_type === "DeployKey";
        return named && (bypass_mode !== "pull_request" || merging);
    });
}

function matches(patterns: readonly string[], reference: string, repository: Repository): boolean {
    return patterns.some((pattern) => {
        if (pattern === "~ALL") {
            return true;
        }
        if (pattern === "~DEFAULT_BRANCH") {
            return reference === `refs/heads/${repository.defaultBranch}`;
        }
        return glob(pattern).test(reference);
    });
}

/**
 * File name patterns as in Ruby's fnmatch with FNM_PATHNAME: a star stays within a segment, two with a slash cross
 * them.
 */
function glob(pattern: string): RegExp {
    const source = pattern.replace(/\*\*\/|\*+|\?|[.+^${}()|[\]\\]/g, (token) => {
        if (token === "**/") {
            return "(?:.*/)?";
        }
        if (token.startsWith("*")) {
            return "[^/]*";
        }
        return token === "?" ? "[^/]" : `\\${token}`;
    });
    return new RegExp(`^${source}$`);
}
