/**
 * The `github` provider over the REST API, for the resources of the table below.
 *
 * Stands in for pulumi-resource-github, whose defaults and replacements it follows. It talks to whatever answers at
 * api.github.com; it does not prove that the real provider sends the same requests. Other types are refused by name.
 */
import { randomBytes } from "node:crypto";
import { version } from "@pulumi/github/package.json";
import { differingPaths } from "../compare";
import {
    type CheckFailure,
    type Difference,
    type Properties,
    type Provider,
    type ResourceState,
    unknown,
} from "../provider";
import { appAuthOf, installationToken } from "./app-auth";
import { branchDefault, branchProtection } from "./branches";
import { GitHubClient, GitHubError, type Transport } from "./client";
import { deployKey } from "./deploy-key";
import { functions } from "./functions";
import { repository } from "./repository";
import type { Reading, Resource } from "./resource";

const resources = new Map(
    [repository, deployKey, branchDefault, branchProtection].map((resource) => [resource.type, resource]),
);

function resourceOf(type: string): Resource {
    const resource = resources.get(type);
    if (resource) {
        return resource;
    }
    throw new Error(
        `The sandbox has no stand-in for ${type}; of the package github it knows ${[...resources.keys()].join(", ")}.`,
    );
}

function check(
    resource: Resource,
    name: string,
    olds: Properties | undefined,
    news: Properties,
): { inputs: Properties; failures: CheckFailure[] } {
    const inputs = { ...news };
    const { named } = resource;
    if (named !== undefined && inputs[named] === undefined) {
        inputs[named] = olds?.[named] ?? `${name}-${randomBytes(4).toString("hex").slice(0, 7)}`;
    }
    const surplus = Object.keys(inputs).filter((one) => !resource.inputs.includes(one));
    const missing = resource.required.filter((one) => inputs[one] === undefined);
    return {
        inputs,
        failures: [
            ...surplus.map((property) => ({ property, reason: `is not an input of ${resource.type}` })),
            ...missing.map((property) => ({ property, reason: `is required by ${resource.type}` })),
            ...(resource.problems?.(inputs) ?? []),
        ],
    };
}

function diff(resource: Resource, olds: Properties, news: Properties): Difference {
    const comparable = resource.comparable ?? ((inputs: Properties) => inputs);
    const paths = differingPaths(comparable(olds), comparable(news));
    // Without a way to update, everything replaces; an etag is never a difference.
    const isReplace = (path: string): boolean => resource.replaces.includes(path.split(/[.[]/)[0]!);
    const relevant = paths.filter((path) => path !== "etag");
    return { updates: relevant.filter((path) => !isReplace(path)), replaces: relevant.filter(isReplace) };
}

/** The inputs that describe what was read: those that the program sets, or on import all that have a value. */
function readInputs(resource: Resource, given: Properties | undefined, actual: Properties): Properties {
    if (!given) {
        const known = Object.entries(actual).filter(
            ([name, value]) => resource.inputs.includes(name) && value !== undefined,
        );
        return Object.fromEntries(known);
    }
    // What GitHub does not give back (autoInit, a secret) stays as the program set it.
    const found = Object.entries(given).map(
        ([name, value]) => [name, name in actual ? within(value, actual[name]) : value] as const,
    );
    const inputs = Object.fromEntries(found);
    const comparable = resource.comparable ?? ((one: Properties) => one);
    // A key with a comment is still the key.
    return differingPaths(comparable(given), comparable(inputs)).length === 0 ? given : inputs;
}

/** The actual value without what GitHub filled in beside the given. */
function within(given: unknown, actual: unknown): unknown {
    if (Array.isArray(given) && Array.isArray(actual) && given.length === actual.length) {
        return actual.map((one: unknown, index) => within(given[index], one));
    }
    if (!isObject(given) || !isObject(actual)) {
        return actual;
    }
    return Object.fromEntries(Object.keys(given).map((name) => [name, within(given[name], actual[name])]));
}

const isObject = (value: unknown): value is Properties =>
    typeof value === "object" && value !== null && !Array.isArray(value);

/** Another owner is another place: nothing there is the old resource. */
function diffConfig(olds: Properties, news: Properties): Difference {
    const paths = differingPaths(olds, news);
    const moves = (path: string): boolean => path === "owner" || path === "organization" || path === "baseUrl";
    return { updates: paths.filter((path) => !moves(path)), replaces: paths.filter(moves) };
}

/** Deletes what somebody else may have deleted already. */
async function ifThere(remove: () => Promise<void>): Promise<void> {
    try {
        await remove();
    } catch (error) {
        if (!(error instanceof GitHubError && error.status === 404)) {
            throw error;
        }
    }
}

function stateOf(resource: Resource, reading: Reading): ResourceState {
    return { id: reading.id, outputs: reading.outputs, secrets: resource.secrets };
}

function clientOf(config: Properties, transport: Transport): GitHubClient {
    const text = (name: string, ...variables: string[]): string | undefined => {
        const value =
            config[name] ?? variables.map((variable) => process.env[variable]).find((one) => one !== undefined);
        if (value === unknown) {
            throw new Error(`github: ${name} of the provider is not known yet.`);
        }
        return typeof value === "string" && value !== "" ? value : undefined;
    };
    const owner = text("owner", "GITHUB_OWNER") ?? text("organization", "GITHUB_ORGANIZATION");
    if (owner === undefined) {
        throw new Error("github: no owner. Set github:owner in the stack's configuration or GITHUB_OWNER.");
    }
    const baseUrl = text("baseUrl", "GITHUB_BASE_URL") ?? "https://api.github.com/";
    const appAuth = appAuthOf(config);
    const token = text("token", "GITHUB_TOKEN");
    const secret = appAuth ? installationToken(appAuth, baseUrl, transport) : () => Promise.resolve(token);
    return new GitHubClient(owner, secret, baseUrl, transport);
}

/** `transport` carries the requests; by default the process's own fetch. */
export function createGitHubProvider(transport: Transport = (url, init) => fetch(url, init)): Provider {
    let config: Properties = {};
    let configured: GitHubClient | undefined;
    const client = (): GitHubClient => (configured ??= clientOf(config, transport));
    return {
        name: "github",
        version,
        configure: (given) => {
            config = given;
            configured = undefined;
            return Promise.resolve();
        },
        diffConfig,
        check: async (type, name, olds, news) => Promise.resolve(check(resourceOf(type), name, olds, news)),
        diff: async (type, _id, olds, news) => Promise.resolve(diff(resourceOf(type), olds, news)),
        create: async (type, _name, inputs) =>
            stateOf(resourceOf(type), await resourceOf(type).create(client(), inputs)),
        update: async (type, id, olds, news) => {
            const resource = resourceOf(type);
            if (!resource.update) {
                throw new Error(`${type} cannot be updated: every change makes a new one.`);
            }
            return stateOf(resource, await resource.update(client(), id, olds, news));
        },
        delete: (type, id, inputs, outputs) => ifThere(() => resourceOf(type).delete(client(), id, inputs, outputs)),
        read: async (type, id, inputs) => {
            const resource = resourceOf(type);
            const reading = await resource.read(client(), id, inputs);
            return reading && { ...stateOf(resource, reading), inputs: readInputs(resource, inputs, reading.inputs) };
        },
        invoke: async (token, args) => {
            const invoke = functions[token];
            if (!invoke) {
                throw new Error(`The sandbox has no stand-in for the function ${token}.`);
            }
            return invoke(client(), args);
        },
    };
}
