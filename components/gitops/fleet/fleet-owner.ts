import { type GitHubApi, type RepositoryName, statusOf } from "./github-api";

/** What is wrong with the owner of a fleet repository that does not exist yet. */
export async function ownerProblems(github: GitHubApi, { owner }: RepositoryName): Promise<string[]> {
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
export async function deployKeyProblems(github: GitHubApi, { owner }: RepositoryName): Promise<string[]> {
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
