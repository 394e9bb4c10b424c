import type { Properties } from "../provider";
import type { GitHubClient } from "./client";
import { mustRead, type Reading, type Resource } from "./resource";

/** Inputs that are settings of the REST API, with the value the real provider sends when the program sets none. */
const settings = {
    description: ["description", ""],
    homepageUrl: ["homepage", ""],
    hasIssues: ["has_issues", false],
    hasDiscussions: ["has_discussions", false],
    hasProjects: ["has_projects", false],
    hasDownloads: ["has_downloads", false],
    hasWiki: ["has_wiki", false],
    isTemplate: ["is_template", false],
    allowMergeCommit: ["allow_merge_commit", true],
    allowSquashMerge: ["allow_squash_merge", true],
    allowRebaseMerge: ["allow_rebase_merge", true],
    allowAutoMerge: ["allow_auto_merge", false],
    allowUpdateBranch: ["allow_update_branch", false],
    deleteBranchOnMerge: ["delete_branch_on_merge", false],
    webCommitSignoffRequired: ["web_commit_signoff_required", false],
    squashMergeCommitTitle: ["squash_merge_commit_title", "COMMIT_OR_PR_TITLE"],
    squashMergeCommitMessage: ["squash_merge_commit_message", "COMMIT_MESSAGES"],
    mergeCommitTitle: ["merge_commit_title", "MERGE_MESSAGE"],
    mergeCommitMessage: ["merge_commit_message", "PR_TITLE"],
    archived: ["archived", false],
} as const satisfies Record<string, readonly [string, string | boolean]>;

/** Inputs that the stand-in takes but cannot do anything with are refused by name. */
const beyond = ["pages", "template", "fork", "sourceOwner", "sourceRepo", "licenseTemplate", "gitignoreTemplate"];

const names = [
    ...Object.keys(settings),
    ...beyond,
    "allowForking",
    "archiveOnDestroy",
    "autoInit",
    "defaultBranch",
    "etag",
    "ignoreVulnerabilityAlertsDuringRead",
    "name",
    "private",
    "securityAndAnalysis",
    "topics",
    "visibility",
    "vulnerabilityAlerts",
];

function visibility(inputs: Properties): unknown {
    return inputs.visibility ?? (inputs.private === true ? "private" : "public");
}

function request(inputs: Properties): Properties {
    const body = Object.entries(settings).map(
        ([name, [field, fallback]]) => [field, inputs[name] ?? fallback] as const,
    );
    const security = inputs.securityAndAnalysis as Properties | undefined;
    return {
        ...Object.fromEntries(body),
        name: inputs.name,
        visibility: visibility(inputs),
        ...(inputs.allowForking !== undefined &&
            visibility(inputs) !== "public" && { allow_forking: inputs.allowForking }),
        ...(security && { security_and_analysis: snakeKeys(security) }),
    };
}

const snakeKeys = (value: Properties): Properties =>
    Object.fromEntries(
        Object.entries(value).map(([key, one]) => [key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), one]),
    );

const camelKeys = (value: Properties): Properties =>
    Object.fromEntries(
        Object.entries(value).map(([key, one]) => [
            key.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
            one,
        ]),
    );

/** The properties of a repository under the SDK's names. */
export function repositoryProperties(body: Properties): Properties {
    const own = Object.entries(settings).map(([name, [field]]) => [name, body[field] ?? ""] as const);
    return {
        ...Object.fromEntries(own),
        name: body.name,
        visibility: body.visibility,
        private: body.private,
        allowForking: body.allow_forking,
        topics: body.topics,
        defaultBranch: body.default_branch,
        fullName: body.full_name,
        nodeId: body.node_id,
        repoId: body.id,
        primaryLanguage: body.language ?? "",
        htmlUrl: body.html_url,
        httpCloneUrl: body.clone_url,
        gitCloneUrl: body.git_url,
        sshCloneUrl: body.ssh_url,
        svnUrl: body.svn_url,
    };
}

async function read(client: GitHubClient, id: string, inputs: Properties | undefined): Promise<Reading | undefined> {
    const answer = await client.find(client.repository(id));
    if (!answer) {
        return undefined;
    }
    const alerts = await client.find(client.repository(answer.body.name, "/vulnerability-alerts"));
    const security = answer.body.security_and_analysis as Properties | undefined;
    const state = {
        ...repositoryProperties(answer.body),
        vulnerabilityAlerts: alerts !== undefined,
        securityAndAnalysis: camelKeys(security ?? {}),
    };
    const outputs = { ...inputs, ...state, fork: "false", sourceOwner: "", sourceRepo: "", etag: answer.etag };
    return { id, outputs, inputs: state };
}

async function setTopicsAndAlerts(client: GitHubClient, inputs: Properties, topics: boolean): Promise<void> {
    const repository = (rest: string): string => client.repository(inputs.name, rest);
    if (topics) {
        await client.send("PUT", repository("/topics"), { names: inputs.topics ?? [] });
    }
    await client.send(inputs.vulnerabilityAlerts === true ? "PUT" : "DELETE", repository("/vulnerability-alerts"));
}

export const repository: Resource = {
    type: "github:index/repository:Repository",
    inputs: names,
    required: [],
    // Renamed in place.
    replaces: [],
    named: "name",
    problems: (inputs) => [
        ...beyond
            .filter((name) => inputs[name] !== undefined)
            .map((property) => ({
                property,
                reason: "is not in the sandbox's GitHub: leave it out or use the real one",
            })),
        ...(typeof inputs.name === "string" && !/^[-a-zA-Z0-9_.]{1,100}$/.test(inputs.name)
            ? [
                  {
                      property: "name",
                      reason: "must include only alphanumeric characters, underscores or hyphens and consist of 100 characters or less",
                  },
              ]
            : []),
        ...(inputs.private !== undefined && inputs.visibility !== undefined
            ? [{ property: "private", reason: "conflicts with visibility" }]
            : []),
    ],
    create: async (client, inputs) => {
        if (inputs.defaultBranch !== undefined && inputs.defaultBranch !== "main") {
            throw new Error("cannot set the default branch on a new repository to something other than 'main'");
        }
        const body = { ...request({ ...inputs, archived: false }), auto_init: inputs.autoInit ?? false };
        const { body: made } = await client.send("POST", `/orgs/${encodeURIComponent(client.owner)}/repos`, body);
        const id = String(made.name);
        await setTopicsAndAlerts(client, inputs, inputs.topics !== undefined);
        if (inputs.archived === true) {
            await client.send("PATCH", client.repository(id), { archived: true });
        }
        return mustRead(read(client, id, inputs), `repository ${id}`);
    },
    update: async (client, id, olds, news) => {
        const branch = news.defaultBranch === olds.defaultBranch ? {} : { default_branch: news.defaultBranch };
        await client.send("PATCH", client.repository(olds.name ?? id), { ...request(news), ...branch });
        const topics = JSON.stringify(olds.topics) !== JSON.stringify(news.topics);
        if (news.archived !== true) {
            await setTopicsAndAlerts(client, news, topics);
        }
        const reading = await mustRead(read(client, String(news.name), news), `repository ${String(news.name)}`);
        return { ...reading, id };
    },
    delete: async (client, id, inputs) => {
        const path = client.repository(inputs.name ?? id);
        if (inputs.archiveOnDestroy !== true) {
            await client.send("DELETE", path);
        } else if (inputs.archived !== true) {
            await client.send("PATCH", path, { archived: true });
        }
    },
    read,
};
