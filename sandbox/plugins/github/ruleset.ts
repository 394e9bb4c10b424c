import type { Properties } from "../provider";
import type { GitHubClient } from "./client";
import { mustRead, Reading, Resource, twoParts } from "./resource";

/** Rules without parameters. */
const flags: Readonly<Record<string, string>> = {
    creation: "creation",
    update: "update",
    deletion: "deletion",
    nonFastForward: "non_fast_forward",
    requiredLinearHistory: "required_linear_history",
    requiredSignatures: "required_signatures",
};

const pullRequestFields: Readonly<Record<string, string>> = {
    allowedMergeMethods: "allowed_merge_methods",
    dismissStaleReviewsOnPush: "dismiss_stale_reviews_on_push",
    requireCodeOwnerReview: "require_code_owner_review",
    requireLastPushApproval: "require_last_push_approval",
    requiredApprovingReviewCount: "required_approving_review_count",
    requiredReviewThreadResolution: "required_review_thread_resolution",
};

const known = [...Object.keys(flags), "pullRequest", "requiredStatusChecks"];

function rulesOf(rules: Properties): Properties[] {
    const found: Properties[] = Object.entries(flags)
        .filter(([name]) => rules[name] === true)
        .map(([, type]) => ({ type }));
    const pull = rules.pullRequest as Properties | undefined;
    if (pull) found.push({ type: "pull_request", parameters: renamed(pull, pullRequestFields) });
    const checks = rules.requiredStatusChecks as Properties | undefined;
    if (checks) {
        const required = checks.requiredChecks as Properties[];
        const parameters = {
            required_status_checks: required.map(({ context, integrationId }) => ({
                context,
                ...(integrationId !== undefined && { integration_id: integrationId }),
            })),
            strict_required_status_checks_policy: checks.strictRequiredStatusChecksPolicy ?? false,
            do_not_enforce_on_create: checks.doNotEnforceOnCreate ?? false,
        };
        found.push({ type: "required_status_checks", parameters });
    }
    return found;
}

function renamed(value: Properties, fields: Readonly<Record<string, string>>): Properties {
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [fields[name] ?? name, one]));
}

function backwards(rules: readonly Properties[]): Properties {
    const result: Properties = {};
    const inverse = (map: Readonly<Record<string, string>>) =>
        Object.fromEntries(Object.entries(map).map(([a, b]) => [b, a]));
    for (const { type, parameters } of rules) {
        const values = (parameters ?? {}) as Properties;
        if (type === "pull_request") result.pullRequest = renamed(values, inverse(pullRequestFields));
        else if (type === "required_status_checks") {
            const checks = values.required_status_checks as Properties[];
            result.requiredStatusChecks = {
                requiredChecks: checks.map(({ context, integration_id: integrationId }) => ({
                    context,
                    ...(integrationId !== undefined && { integrationId }),
                })),
                strictRequiredStatusChecksPolicy: values.strict_required_status_checks_policy,
                doNotEnforceOnCreate: values.do_not_enforce_on_create,
            };
        } else result[inverse(flags)[String(type)] ?? String(type)] = true;
    }
    return result;
}

function request(inputs: Properties): Properties {
    const names = (inputs.conditions as { refName: { includes: string[]; excludes: string[] } } | undefined)?.refName;
    const actors = (inputs.bypassActors ?? []) as Properties[];
    return {
        name: inputs.name,
        target: inputs.target,
        enforcement: inputs.enforcement,
        bypass_actors: actors.map(({ actorId, actorType, bypassMode }) => ({
            actor_id: actorId,
            actor_type: actorType,
            bypass_mode: bypassMode,
        })),
        conditions: { ref_name: { include: names?.includes ?? [], exclude: names?.excludes ?? [] } },
        rules: rulesOf(inputs.rules as Properties),
    };
}

async function read(client: GitHubClient, id: string): Promise<Reading | undefined> {
    const [repository, number] = twoParts(id, "repository:ruleset-id");
    const answer = await client.find(client.repository(repository, `/rulesets/${number}`));
    if (!answer) return undefined;
    const { body } = answer;
    const names = (body.conditions as { ref_name: { include: string[]; exclude: string[] } }).ref_name;
    const actors = body.bypass_actors as Properties[];
    const inputs = {
        repository,
        name: body.name,
        target: body.target,
        enforcement: body.enforcement,
        bypassActors: actors.map((actor) => ({
            ...(actor.actor_id !== null && { actorId: actor.actor_id }),
            actorType: actor.actor_type,
            bypassMode: actor.bypass_mode,
        })),
        conditions: { refName: { includes: names.include, excludes: names.exclude } },
        rules: backwards(body.rules as Properties[]),
    };
    return { id, inputs, outputs: { ...inputs, nodeId: body.node_id, rulesetId: body.id, etag: answer.etag } };
}

export const repositoryRuleset: Resource = {
    type: "github:index/repositoryRuleset:RepositoryRuleset",
    inputs: ["bypassActors", "conditions", "enforcement", "name", "repository", "rules", "target"],
    required: ["enforcement", "repository", "rules", "target"],
    replaces: ["repository"],
    named: "name",
    problems: ({ rules }) =>
        (typeof rules === "object" && rules !== null ? Object.keys(rules) : [])
            .filter((name) => !known.includes(name))
            .map((name) => ({
                property: `rules.${name}`,
                reason: `is not enforced by the sandbox's GitHub, which knows ${known.join(", ")}`,
            })),
    create: async (client, inputs) => {
        const answer = await client.send("POST", client.repository(inputs.repository, "/rulesets"), request(inputs));
        const id = `${String(inputs.repository)}:${String(answer.body.id)}`;
        return mustRead(read(client, id), `ruleset ${id}`);
    },
    update: async (client, id, _olds, news) => {
        const [repository, number] = twoParts(id, "repository:ruleset-id");
        await client.send("PUT", client.repository(repository, `/rulesets/${number}`), request(news));
        return mustRead(read(client, id), `ruleset ${id}`);
    },
    delete: async (client, id) => {
        const [repository, number] = twoParts(id, "repository:ruleset-id");
        await client.send("DELETE", client.repository(repository, `/rulesets/${number}`));
    },
    read,
};
