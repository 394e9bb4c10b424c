import type { RepositoryName } from "./github-api";

/** Who may read a repository. `internal` is everybody in an enterprise. */
export type Visibility = "private" | "internal" | "public";

/** A repository as GitHub's API shows it, as far as a fleet repository depends on it. */
export interface Repository {
    /** `owner/name`: another one than was asked for once the repository was renamed or transferred. */
    readonly full_name: string;
    readonly default_branch: string;
    readonly visibility: Visibility;
    /** Read-only. */
    readonly archived: boolean;
    /** By GitHub's staff. */
    readonly disabled: boolean;
    readonly is_template: boolean;
    readonly permissions?: { readonly admin: boolean; readonly push: boolean };
}

const widening: readonly Visibility[] = ["private", "internal", "public"];

/** What keeps a repository that exists from being a fleet repository, each with what to do. */
export function stateProblems(
    { owner, name }: RepositoryName,
    found: Repository,
    allowed: Visibility,
): readonly string[] {
    const asked = `${owner}/${name}`;
    return [
        ...movedProblems(asked, found),
        ...stoppedProblems(asked, found),
        ...visibleProblems(asked, found, allowed),
    ];
}

/** GitHub redirects from the old name until somebody else takes it, and Flux would follow whoever does. */
function movedProblems(asked: string, { full_name: fullName }: Repository): string[] {
    if (fullName.toLowerCase() === asked.toLowerCase()) {
        return [];
    }
    const [owner, name] = fullName.split("/");
    const isTransferred = owner?.toLowerCase() !== asked.split("/")[0]?.toLowerCase();
    return [
        isTransferred
            ? `github:owner: ${asked} was transferred to ${fullName}; transfer it back, or follow it (docs/delivery.md): pulumi config set github:owner ${owner}`
            : `landfall:fleetRepository: ${asked} was renamed to ${fullName}; rename it back, or follow it (docs/delivery.md): pulumi config set landfall:fleetRepository ${name}`,
    ];
}

function stoppedProblems(asked: string, { archived, disabled, is_template: isTemplate }: Repository): string[] {
    const which = `landfall:fleetRepository: ${asked}`;
    return [
        ...(archived ? [`${which} is archived, so nothing can be written to it; unarchive it in its settings`] : []),
        ...(disabled ? [`${which} is disabled by GitHub; ask support.github.com, or name another repository`] : []),
        ...(isTemplate
            ? [`${which} is a template, whose copies would hold this stack's record; switch that off in its settings`]
            : []),
    ];
}

function visibleProblems(asked: string, { visibility }: Repository, allowed: Visibility): string[] {
    return widening.indexOf(visibility) <= widening.indexOf(allowed)
        ? []
        : [
              `landfall:fleetVisibility: ${asked} is ${visibility}, so others can read what the cluster runs; make it ${allowed} in its settings, or allow it: pulumi config set landfall:fleetVisibility ${visibility}`,
          ];
}
