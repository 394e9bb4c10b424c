import { invalid, unprocessable } from "./answers";
import { type Body, optionalChoice, optionalFlag, optionalObject, optionalText } from "./body";

/** What a new repository of an organisation has. */
export const defaultSettings = {
    description: null as string | null,
    homepage: null as string | null,
    visibility: "public",
    has_issues: true,
    has_projects: true,
    has_wiki: true,
    has_downloads: true,
    has_discussions: false,
    is_template: false,
    allow_squash_merge: true,
    allow_merge_commit: true,
    allow_rebase_merge: true,
    allow_auto_merge: false,
    allow_update_branch: false,
    allow_forking: false,
    delete_branch_on_merge: false,
    web_commit_signoff_required: false,
    squash_merge_commit_title: "COMMIT_OR_PR_TITLE",
    squash_merge_commit_message: "COMMIT_MESSAGES",
    merge_commit_title: "MERGE_MESSAGE",
    merge_commit_message: "PR_TITLE",
    archived: false,
    topics: [] as string[],
};

const flags = Object.entries(defaultSettings)
    .filter(([, value]) => typeof value === "boolean")
    .map(([name]) => name);

const titles: Readonly<Record<string, readonly string[]>> = {
    squash_merge_commit_title: ["PR_TITLE", "COMMIT_OR_PR_TITLE"],
    squash_merge_commit_message: ["PR_BODY", "COMMIT_MESSAGES", "BLANK"],
    merge_commit_title: ["PR_TITLE", "MERGE_MESSAGE"],
    merge_commit_message: ["PR_BODY", "PR_TITLE", "BLANK"],
};

/** The settings that a request changes, checked against those there are. */
export function changedSettings(current: Readonly<Record<string, unknown>>, body: Body): Record<string, unknown> {
    const changes: Record<string, unknown> = {};
    for (const name of flags) {
        changes[name] = optionalFlag(body, name);
    }
    for (const name of ["description", "homepage"]) {
        changes[name] = optionalText(body, name);
    }
    for (const [name, choices] of Object.entries(titles)) {
        changes[name] = optionalChoice(body, name, choices);
    }
    changes.visibility = visibility(current, body);
    const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
    const next = { ...current, ...given };
    if (!next.allow_squash_merge && !next.allow_merge_commit && !next.allow_rebase_merge) {
        const message = "Sorry, you need to allow at least one merge strategy.";
        throw invalid({ resource: "Repository", field: "merge_commit_allowed", code: "custom", message });
    }
    const security = securityAndAnalysis(next, body);
    return security ? { ...given, security_and_analysis: security } : given;
}

function visibility(current: Readonly<Record<string, unknown>>, body: Body): string | undefined {
    const wanted = optionalText(body, "visibility");
    if (wanted === "internal") {
        throw unprocessable("Only organizations associated with an enterprise can set visibility to internal");
    }
    if (wanted !== undefined && wanted !== "private" && wanted !== "public") {
        throw invalid({ resource: "Repository", field: "visibility", code: "invalid" });
    }
    const isPrivate = optionalFlag(body, "private");
    const next = wanted ?? (isPrivate === undefined ? undefined : isPrivate ? "private" : "public");
    return next === current.visibility ? undefined : next;
}

/** On a private repository these features are sold apart, and the sandbox's organisation has not bought them. */
function securityAndAnalysis(next: Readonly<Record<string, unknown>>, body: Body): Record<string, unknown> | undefined {
    const wanted = optionalObject(body, "security_and_analysis");
    if (!wanted) {
        return undefined;
    }
    const sold: Readonly<Record<string, string>> = {
        advanced_security: "Advanced security has not been purchased.",
        secret_scanning: "Secret scanning is not available for this repository.",
        secret_scanning_push_protection: "Secret scanning is not available for this repository.",
    };
    const features = Object.keys(wanted).map((name) => {
        const status =
            optionalChoice(optionalObject(wanted, name) ?? {}, "status", ["enabled", "disabled"]) ?? "disabled";
        if (status === "enabled" && next.visibility !== "public") {
            throw unprocessable(sold[name] ?? `${name} is not available for this repository.`);
        }
        return [name, { status }] as const;
    });
    return { ...(next.security_and_analysis as object | undefined), ...Object.fromEntries(features) };
}
