import type { Properties } from "../provider";
import type { GitHubClient } from "./client";
import { mustRead, type Reading, type Resource, twoParts } from "./resource";

async function readDefault(client: GitHubClient, id: string): Promise<Reading | undefined> {
    const answer = await client.find(client.repository(id));
    if (!answer) {
        return undefined;
    }
    const inputs = { repository: id, branch: answer.body.default_branch };
    return { id, inputs, outputs: { ...inputs, repositoryId: answer.body.id, etag: answer.etag } };
}

async function setDefault(client: GitHubClient, inputs: Properties): Promise<Reading> {
    if (inputs.rename === true) {
        throw new Error("BranchDefault.rename is not in the sandbox's GitHub: make the branch first.");
    }
    await client.send("PATCH", client.repository(inputs.repository), { default_branch: inputs.branch });
    const reading = await mustRead(
        readDefault(client, String(inputs.repository)),
        `repository ${String(inputs.repository)}`,
    );
    return { ...reading, outputs: { ...inputs, ...reading.outputs } };
}

export const branchDefault: Resource = {
    type: "github:index/branchDefault:BranchDefault",
    inputs: ["branch", "etag", "rename", "repository", "waitForRename"],
    required: ["branch", "repository"],
    replaces: ["repository"],
    create: setDefault,
    update: (client, _id, _olds, news) => setDefault(client, news),
    // A repository always has a default branch: the real provider sets it to "main".
    delete: async (client, id) => {
        await client.send("PATCH", client.repository(id), { default_branch: "main" });
    },
    read: readDefault,
};

const flags = {
    enforceAdmins: "enforce_admins",
    requiredLinearHistory: "required_linear_history",
    allowsForcePushes: "allow_force_pushes",
    allowsDeletions: "allow_deletions",
    lockBranch: "lock_branch",
} as const;

const elsewhere = ["forcePushBypassers", "requireConversationResolution", "requireSignedCommits", "restrictPushes"];

/** Name of a repository that is given by name or by node id. */
async function nameOf(client: GitHubClient, repository: unknown): Promise<string> {
    if (await client.find(client.repository(repository))) {
        return String(repository);
    }
    const { body } = await client.send("GET", `/orgs/${encodeURIComponent(client.owner)}/repos`);
    const found = (body as unknown as Properties[]).find((one) => one.node_id === repository);
    if (!found) {
        throw new Error(`BranchProtection.repositoryId: there is no repository ${String(repository)}.`);
    }
    return String(found.name);
}

const protectionPath = (client: GitHubClient, repository: string, branch: string): string =>
    client.repository(repository, `/branches/${encodeURIComponent(branch)}/protection`);

async function createProtection(client: GitHubClient, inputs: Properties): Promise<Reading> {
    const repository = await nameOf(client, inputs.repositoryId);
    // The REST API would overwrite a rule that is there already, which the API of the real provider refuses.
    if (await client.find(protectionPath(client, repository, String(inputs.pattern)))) {
        throw new Error(`Name already protected: ${String(inputs.pattern)}`);
    }
    return protect(client, inputs);
}

async function protect(client: GitHubClient, inputs: Properties): Promise<Reading> {
    const repository = await nameOf(client, inputs.repositoryId);
    const branch = String(inputs.pattern);
    const reviews = (inputs.requiredPullRequestReviews as Properties[] | undefined)?.[0];
    const checks = (inputs.requiredStatusChecks as Properties[] | undefined)?.[0];
    await client.send("PUT", protectionPath(client, repository, branch), {
        ...Object.fromEntries(Object.entries(flags).map(([name, field]) => [field, inputs[name] ?? false])),
        required_pull_request_reviews: reviews
            ? { required_approving_review_count: reviews.requiredApprovingReviewCount ?? 1 }
            : null,
        required_status_checks: checks ? { strict: checks.strict ?? false, contexts: checks.contexts ?? [] } : null,
        restrictions: null,
    });
    const reading = await mustRead(
        readProtection(client, `${repository}:${branch}`, inputs),
        `protection of ${branch}`,
    );
    return { ...reading, outputs: { ...reading.outputs, ...inputs } };
}

async function readProtection(
    client: GitHubClient,
    id: string,
    inputs: Properties | undefined,
): Promise<Reading | undefined> {
    const [repository, pattern] = twoParts(id, "repository:pattern");
    const answer = await client.find(protectionPath(client, repository, pattern));
    if (!answer) {
        return undefined;
    }
    const enabled = (field: string): boolean => (answer.body[field] as { enabled: boolean }).enabled;
    const reviews = answer.body.required_pull_request_reviews as Properties | undefined;
    const checks = answer.body.required_status_checks as Properties | undefined;
    const given = inputs?.repositoryId;
    const state = {
        // A node id stays a node id.
        repositoryId: given !== undefined && (await nameOf(client, given)) === repository ? given : repository,
        pattern,
        ...Object.fromEntries(Object.entries(flags).map(([name, field]) => [name, enabled(field)])),
        requiredPullRequestReviews: reviews && [
            { requiredApprovingReviewCount: reviews.required_approving_review_count },
        ],
        requiredStatusChecks: checks && [{ strict: checks.strict, contexts: checks.contexts }],
    };
    return { id, inputs: state, outputs: state };
}

export const branchProtection: Resource = {
    type: "github:index/branchProtection:BranchProtection",
    inputs: [
        ...Object.keys(flags),
        ...elsewhere,
        "pattern",
        "repositoryId",
        "requiredPullRequestReviews",
        "requiredStatusChecks",
    ],
    required: ["pattern", "repositoryId"],
    replaces: ["repositoryId", "pattern"],
    problems: (inputs) => [
        ...elsewhere
            .filter((name) => inputs[name] !== undefined)
            .map((property) => ({
                property,
                reason: "is not enforced by the sandbox's GitHub; use RepositoryRuleset",
            })),
        ...(/[*?[]/.test(String(inputs.pattern))
            ? [{ property: "pattern", reason: "must be one branch in the sandbox; use RepositoryRuleset for patterns" }]
            : []),
    ],
    create: createProtection,
    update: (client, _id, _olds, news) => protect(client, news),
    delete: async (client, id) => {
        const [repository, branch] = twoParts(id, "repository:pattern");
        await client.send("DELETE", protectionPath(client, repository, branch));
    },
    read: readProtection,
};
