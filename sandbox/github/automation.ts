import { HttpResponse } from "../network/route";
import { ApiError, created, done, invalid, notFound, ok, unprocessable } from "./answers";
import { optionalFlag, optionalList, optionalObject, text } from "./body";
import { Endpoint, RepositoryCall } from "./router";
import { Variable, Webhook } from "./store";

/** Variables, environments and webhooks are kept and given back; nothing runs in them and no event is sent. */

const now = (): string => new Date().toISOString().replace(/\.\d+Z$/, "Z");

function variableName(name: string): string {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || /^GITHUB_/i.test(name)) {
        throw unprocessable(
            "Variable names may only contain alphanumeric characters and underscores, and must not start with a number or GITHUB_",
        );
    }
    return name.toUpperCase();
}

function createVariable({ repository, body, context }: RepositoryCall): HttpResponse {
    const name = variableName(text(body, "name"));
    if (repository.variables[name]) throw new ApiError(409, `Already exists - Variable already exists`);
    repository.variables[name] = { name, value: text(body, "value"), created_at: now(), updated_at: now() };
    context.store.save();
    return created({});
}

function variable({ repository, params }: RepositoryCall): Variable {
    const found = repository.variables[params.name!.toUpperCase()];
    if (!found) throw notFound();
    return found;
}

function updateVariable(call: RepositoryCall): HttpResponse {
    const found = variable(call);
    Object.assign(found, { value: text(call.body, "value"), updated_at: now() });
    call.context.store.save();
    return done;
}

function removeVariable(call: RepositoryCall): HttpResponse {
    delete call.repository.variables[variable(call).name];
    call.context.store.save();
    return done;
}

function renderHook({ repository }: RepositoryCall, hook: Webhook): object {
    const config = hook.config.secret === undefined ? hook.config : { ...hook.config, secret: "********" };
    return {
        type: "Repository",
        id: hook.id,
        name: "web",
        active: hook.active,
        events: hook.events,
        config,
        created_at: hook.createdAt,
        url: `https://api.github.com/repos/${repository.owner}/${repository.name}/hooks/${hook.id}`,
    };
}

function createHook(call: RepositoryCall): HttpResponse {
    const { body, repository, context } = call;
    const config = optionalObject(body, "config") as Record<string, string> | undefined;
    if (!config || typeof config.url !== "string")
        throw invalid({ resource: "Hook", code: "custom", message: "Config must contain URL" });
    const events = (optionalList(body, "events") ?? ["push"]).map(String);
    if (repository.hooks.some((one) => one.config.url === config.url && String(one.events) === String(events))) {
        throw invalid({ resource: "Hook", code: "custom", message: "Hook already exists on this repository" });
    }
    const hook: Webhook = {
        id: context.store.newId(),
        active: optionalFlag(body, "active") ?? true,
        events,
        config,
        createdAt: now(),
    };
    repository.hooks.push(hook);
    context.store.save();
    return created(renderHook(call, hook));
}

function hook({ repository, params }: RepositoryCall): Webhook {
    const found = repository.hooks.find((one) => one.id === Number(params.id));
    if (!found) throw notFound();
    return found;
}

function updateHook(call: RepositoryCall): HttpResponse {
    const found = hook(call);
    const { body } = call;
    found.active = optionalFlag(body, "active") ?? found.active;
    found.events = optionalList(body, "events")?.map(String) ?? found.events;
    found.config = (optionalObject(body, "config") as Record<string, string> | undefined) ?? found.config;
    call.context.store.save();
    return ok(renderHook(call, found));
}

function removeHook(call: RepositoryCall): HttpResponse {
    call.repository.hooks.splice(call.repository.hooks.indexOf(hook(call)), 1);
    call.context.store.save();
    return done;
}

function setEnvironment({ repository, params, body, context }: RepositoryCall): HttpResponse {
    const name = params.name!;
    const known = repository.environments[name];
    repository.environments[name] = { id: known?.id ?? context.store.newId(), name, ...body };
    context.store.save();
    return ok(repository.environments[name]);
}

function environment({ repository, params }: RepositoryCall): object {
    const found = repository.environments[params.name!];
    if (!found) throw notFound();
    return found;
}

function removeEnvironment(call: RepositoryCall): HttpResponse {
    environment(call);
    delete call.repository.environments[call.params.name!];
    call.context.store.save();
    return done;
}

const base = "/repos/{owner}/{repo}";
const variables = `${base}/actions/variables`;
const hooks = `${base}/hooks`;
const environments = `${base}/environments`;

export const automationEndpoints: readonly Endpoint[] = [
    { method: "POST", path: variables, docs: "actions/variables#create-a-repository-variable", handle: createVariable },
    {
        method: "GET",
        path: `${variables}/{name}`,
        docs: "actions/variables#get-a-repository-variable",
        handle: (call) => ok(variable(call)),
    },
    {
        method: "PATCH",
        path: `${variables}/{name}`,
        docs: "actions/variables#update-a-repository-variable",
        handle: updateVariable,
    },
    {
        method: "DELETE",
        path: `${variables}/{name}`,
        docs: "actions/variables#delete-a-repository-variable",
        handle: removeVariable,
    },
    { method: "POST", path: hooks, docs: "repos/webhooks#create-a-repository-webhook", handle: createHook },
    {
        method: "GET",
        path: `${hooks}/{id}`,
        docs: "repos/webhooks#get-a-repository-webhook",
        handle: (call) => ok(renderHook(call, hook(call))),
    },
    { method: "PATCH", path: `${hooks}/{id}`, docs: "repos/webhooks#update-a-repository-webhook", handle: updateHook },
    { method: "DELETE", path: `${hooks}/{id}`, docs: "repos/webhooks#delete-a-repository-webhook", handle: removeHook },
    {
        method: "PUT",
        path: `${environments}/{name}`,
        docs: "deployments/environments#create-or-update-an-environment",
        handle: setEnvironment,
    },
    {
        method: "GET",
        path: `${environments}/{name}`,
        docs: "deployments/environments#get-an-environment",
        handle: (call) => ok(environment(call)),
    },
    {
        method: "DELETE",
        path: `${environments}/{name}`,
        docs: "deployments/environments#delete-an-environment",
        handle: removeEnvironment,
    },
];
