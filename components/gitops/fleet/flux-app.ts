import type { GitHubApp } from "../../settings/github-login";
import { githubApi, type RepositoryName, statusOf } from "./github-api";

/** What an installation is to which GitHub gives no token (403). */
export const suspended =
    "the installation is suspended; have an owner take that back (the owner's settings, GitHub Apps, Configure)";

/** What it is that GitHub does not have (404). */
export const unknownInstallation =
    "the App has no such installation; its address ends in the id (the owner's settings, GitHub Apps, Configure)";

interface Needs {
    readonly repository: RepositoryName;
    /** Whether Flux commits to the repository. */
    readonly imageAutomation: boolean;
}

/**
 * What is wrong with the GitHub App that Flux reads the repository as. Its key lies in the cluster, so its installation
 * reaches this repository alone, and may do no more than Flux does.
 *
 * @throws Error if GitHub cannot be asked.
 */
export async function fluxAppProblems(app: GitHubApp, needs: Needs, exists: boolean): Promise<readonly string[]> {
    const github = githubApi({ app });
    try {
        const installation = await github.installation();
        const query = "/installation/repositories?per_page=2";
        const { repositories } = await github.call<{ repositories: { full_name: string }[] }>("GET", query);
        return [
            ...permissionProblems(installation?.permissions ?? {}, needs),
            ...reachProblems(
                repositories.map(({ full_name: fullName }) => fullName),
                needs,
                exists,
            ),
        ];
    } catch (error) {
        if (statusOf(error) === 401) {
            return [
                "landfall:fluxAppPrivateKey: GitHub does not know it as a key of App landfall:fluxAppId; make one in the App's settings",
            ];
        }
        if (statusOf(error) === 403 && (error as Error).message.includes("/app/installations/")) {
            return [`landfall:fluxAppInstallationId: ${suspended}`];
        }
        if (statusOf(error) === 404) {
            return [`landfall:fluxAppInstallationId: ${unknownInstallation}`];
        }
        throw error;
    }
}

function permissionProblems(granted: Readonly<Record<string, string>>, { imageAutomation }: Needs): string[] {
    const wanted = imageAutomation ? "write" : "read";
    const surplus = Object.keys(granted).filter((name) => name !== "contents" && name !== "metadata");
    const contents = granted.contents;
    const isTooWide = contents === "write" && !imageAutomation;
    return [
        ...(contents === undefined || (contents === "read" && imageAutomation)
            ? [`landfall:fluxAppId: Flux's App has not the permission that Flux needs; grant it Contents: ${wanted}`]
            : []),
        ...(surplus.length > 0 || isTooWide
            ? [
                  `landfall:fluxAppId: Flux's App may do more than Flux does (${[...surplus, ...(isTooWide ? ["contents: write"] : [])].join(", ")}), and its key lies in the cluster; leave it Contents: ${wanted} alone`,
              ]
            : []),
    ];
}

function reachProblems(reached: readonly string[], { repository }: Needs, exists: boolean): string[] {
    const name = `${repository.owner}/${repository.name}`;
    const isOwn = (other: string) => other.toLowerCase() === name.toLowerCase();
    const others = reached.filter((other) => !isOwn(other));
    const fix = `select ${name} alone in the settings of the installation`;
    return [
        ...(others.length > 0 ? [`landfall:fluxAppInstallationId: Flux's App also reaches ${others[0]}; ${fix}`] : []),
        ...(others.length > 0 || reached.some(isOwn)
            ? []
            : [
                  exists
                      ? `landfall:fluxAppInstallationId: Flux's App does not reach ${name}; ${fix}`
                      : `landfall:fluxAppInstallationId: Flux's App cannot reach ${name}, which does not exist; make it, private and empty, and ${fix}`,
              ]),
    ];
}
