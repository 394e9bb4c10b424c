import type { Properties } from "../provider";
import type { GitHubClient } from "./client";
import { mustRead, Reading, Resource, twoParts } from "./resource";

async function readVariable(client: GitHubClient, id: string): Promise<Reading | undefined> {
    const [repository, name] = twoParts(id, "repository:variable");
    const answer = await client.find(client.repository(repository, `/actions/variables/${name}`));
    if (!answer) return undefined;
    const inputs = { repository, variableName: answer.body.name, value: answer.body.value };
    return { id, inputs, outputs: { ...inputs, createdAt: answer.body.created_at, updatedAt: answer.body.updated_at } };
}

export const actionsVariable: Resource = {
    type: "github:index/actionsVariable:ActionsVariable",
    inputs: ["repository", "value", "variableName"],
    required: ["repository", "value", "variableName"],
    replaces: ["repository", "variableName"],
    create: async (client, { repository, variableName, value }) => {
        await client.send("POST", client.repository(repository, "/actions/variables"), { name: variableName, value });
        const id = `${String(repository)}:${String(variableName)}`;
        return mustRead(readVariable(client, id), `variable ${id}`);
    },
    update: async (client, id, _olds, { repository, variableName, value }) => {
        await client.send("PATCH", client.repository(repository, `/actions/variables/${String(variableName)}`), {
            value,
        });
        return mustRead(readVariable(client, id), `variable ${id}`);
    },
    delete: async (client, id) => {
        const [repository, name] = twoParts(id, "repository:variable");
        await client.send("DELETE", client.repository(repository, `/actions/variables/${name}`));
    },
    read: readVariable,
};

const environmentPath = (client: GitHubClient, id: string): string => {
    const [repository, name] = twoParts(id, "repository:environment");
    return client.repository(repository, `/environments/${encodeURIComponent(name)}`);
};

/** Waiting, reviewers and branch policies are kept by the sandbox's GitHub, which runs no deployment to hold up. */
async function setEnvironment(client: GitHubClient, inputs: Properties): Promise<Reading> {
    const id = `${String(inputs.repository)}:${String(inputs.environment)}`;
    const policy = inputs.deploymentBranchPolicy as Properties | undefined;
    const reviewers = ((inputs.reviewers as { users?: number[]; teams?: number[] }[] | undefined) ?? []).flatMap(
        (one) => [
            ...(one.users ?? []).map((user) => ({ type: "User", id: user })),
            ...(one.teams ?? []).map((team) => ({ type: "Team", id: team })),
        ],
    );
    await client.send("PUT", environmentPath(client, id), {
        wait_timer: inputs.waitTimer ?? 0,
        can_admins_bypass: inputs.canAdminsBypass ?? true,
        prevent_self_review: inputs.preventSelfReview ?? false,
        reviewers,
        deployment_branch_policy: policy
            ? { protected_branches: policy.protectedBranches, custom_branch_policies: policy.customBranchPolicies }
            : null,
    });
    const reading = await mustRead(readEnvironment(client, id), `environment ${id}`);
    return { ...reading, outputs: { ...reading.outputs, ...inputs } };
}

async function readEnvironment(client: GitHubClient, id: string): Promise<Reading | undefined> {
    const answer = await client.find(environmentPath(client, id));
    if (!answer) return undefined;
    const [repository, environment] = twoParts(id, "repository:environment");
    const {
        wait_timer: waitTimer,
        can_admins_bypass: canAdminsBypass,
        prevent_self_review: preventSelfReview,
    } = answer.body;
    const state = { repository, environment, waitTimer, canAdminsBypass, preventSelfReview };
    return { id, inputs: state, outputs: state };
}

export const repositoryEnvironment: Resource = {
    type: "github:index/repositoryEnvironment:RepositoryEnvironment",
    inputs: [
        "canAdminsBypass",
        "deploymentBranchPolicy",
        "environment",
        "preventSelfReview",
        "repository",
        "reviewers",
        "waitTimer",
    ],
    required: ["environment", "repository"],
    replaces: ["repository", "environment"],
    create: setEnvironment,
    update: (client, _id, _olds, news) => setEnvironment(client, news),
    delete: async (client, id) => {
        await client.send("DELETE", environmentPath(client, id));
    },
    read: readEnvironment,
};

function hookRequest(inputs: Properties): Properties {
    const { url, contentType, secret, insecureSsl } = (inputs.configuration ?? {}) as Properties;
    const config = {
        url,
        content_type: contentType ?? "form",
        insecure_ssl: insecureSsl === true ? "1" : "0",
        ...(secret !== undefined && { secret }),
    };
    return { name: "web", active: inputs.active ?? true, events: inputs.events, config };
}

async function readHook(
    client: GitHubClient,
    id: string,
    inputs: Properties | undefined,
): Promise<Reading | undefined> {
    const repository = inputs?.repository ?? twoParts(id, "repository:hook-id")[0];
    const number = id.includes(":") ? twoParts(id, "repository:hook-id")[1] : id;
    const answer = await client.find(client.repository(repository, `/hooks/${number}`));
    if (!answer) return undefined;
    const config = answer.body.config as Properties;
    // GitHub shows a secret as asterisks: what the program set stands.
    const secret = (inputs?.configuration as Properties | undefined)?.secret;
    const configuration = {
        url: config.url,
        contentType: config.content_type,
        insecureSsl: config.insecure_ssl === "1",
        ...(secret !== undefined && { secret }),
    };
    const state = { repository, active: answer.body.active, events: answer.body.events, configuration };
    return { id: number, inputs: state, outputs: { ...state, url: answer.body.url, etag: answer.etag } };
}

export const repositoryWebhook: Resource = {
    type: "github:index/repositoryWebhook:RepositoryWebhook",
    inputs: ["active", "configuration", "etag", "events", "repository"],
    required: ["events", "repository"],
    replaces: ["repository"],
    secrets: ["configuration"],
    create: async (client, inputs) => {
        const answer = await client.send("POST", client.repository(inputs.repository, "/hooks"), hookRequest(inputs));
        return mustRead(readHook(client, String(answer.body.id), inputs), "the webhook");
    },
    update: async (client, id, _olds, news) => {
        await client.send("PATCH", client.repository(news.repository, `/hooks/${id}`), hookRequest(news));
        return mustRead(readHook(client, id, news), `webhook ${id}`);
    },
    delete: async (client, id, inputs) => {
        await client.send("DELETE", client.repository(inputs.repository, `/hooks/${id}`));
    },
    read: readHook,
};
