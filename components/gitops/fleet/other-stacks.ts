import { recordFile } from "./applied-record";
import { repositoryPath } from "./fleet-branch";
import type { GitHubApi, RepositoryName } from "./github-api";

const pageSize = 100;

/**
 * The branches of a repository that other stacks wrote, by their records. GitHub limits a deploy key and an App's
 * installation to a repository, and a rule of a branch knows all deploy keys as one: in a repository that stacks share,
 * no rule keeps the cluster of one from writing what another runs.
 * @see https://docs.github.com/en/rest/repos/rules#create-a-repository-ruleset
 */
export async function branchesOfOthers(
    github: GitHubApi,
    repository: RepositoryName,
    stack: string,
): Promise<{ readonly branch: string; readonly stack: string }[]> {
    const branches = await branchesOf(github, repository);
    const owners = await Promise.all(
        branches.map(async (branch) => ({ branch, stack: await stackOf(github, repository, branch) })),
    );
    return owners.flatMap(({ branch, stack: owner }) =>
        owner === undefined || owner === stack ? [] : [{ branch, stack: owner }],
    );
}

async function branchesOf(github: GitHubApi, repository: RepositoryName): Promise<string[]> {
    const names: string[] = [];
    for (let page = 1; ; page++) {
        const query = `per_page=${pageSize}&page=${page}`;
        const found = await github.call<{ name: string }[]>("GET", `${repositoryPath(repository)}/branches?${query}`);
        names.push(...found.map(({ name }) => name));
        if (found.length < pageSize) {
            return names;
        }
    }
}

async function stackOf(github: GitHubApi, repository: RepositoryName, branch: string): Promise<string | undefined> {
    const path = `${repositoryPath(repository)}/contents/${recordFile}?ref=${encodeURIComponent(branch)}`;
    const file = await github.find<{ content: string }>(path);
    return file && stackIn(Buffer.from(file.content, "base64").toString("utf8"));
}

/** A file of that name with something else in it is no record. */
function stackIn(text: string): string | undefined {
    try {
        const { stack } = JSON.parse(text) as { stack?: unknown };
        return typeof stack === "string" ? stack : undefined;
    } catch {
        return undefined;
    }
}
