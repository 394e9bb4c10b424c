import { repositoryPath } from "./fleet-branch";
import { type GitHubApi, type RepositoryName, statusOf } from "./github-api";

const blockingRules = new Set([
    "pull_request",
    "required_status_checks",
    "update",
    "required_signatures",
    "merge_queue",
]);

/** What refuses a direct commit to a branch: the names of rules, and of parts of its classic protection. */
export async function protectionOf(
    github: GitHubApi,
    repository: RepositoryName,
    branch: string,
): Promise<readonly string[]> {
    const root = repositoryPath(repository);
    const rules = await ifPlanHasIt(github.call<{ type: string }[]>("GET", `${root}/rules/branches/${branch}`), []);
    const blocking = rules.map(({ type }) => type).filter((type) => blockingRules.has(type));
    return [...blocking, ...(await classicProtection(github, root, branch))];
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
