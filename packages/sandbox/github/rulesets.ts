import type { HttpResponse } from "../network/route";
import { created, done, invalid, notFound, ok } from "./answers";
import { type Body, optionalChoice, optionalList, optionalObject, text } from "./body";
import { rulesFor } from "./policy";
import type { Endpoint, RepositoryCall } from "./router";
import type { BypassActor, Repository, Rule, Ruleset } from "./store";

const ruleTypes = [
    "creation",
    "update",
    "deletion",
    "required_linear_history",
    "required_signatures",
    "pull_request",
    "required_status_checks",
    "non_fast_forward",
] as const;

function render(repository: Repository, ruleset: Ruleset): object {
    return {
        id: ruleset.id,
        node_id: `RRS_${Buffer.from(`Ruleset:${ruleset.id}`).toString("base64url")}`,
        name: ruleset.name,
        target: ruleset.target,
        source_type: "Repository",
        source: `${repository.owner}/${repository.name}`,
        enforcement: ruleset.enforcement,
        bypass_actors: ruleset.bypassActors,
        conditions: { ref_name: { include: ruleset.include, exclude: ruleset.exclude } },
        rules: ruleset.rules,
        created_at: ruleset.createdAt,
    };
}

/** Rule types outside the list are refused: the sandbox would accept them and then not enforce them. */
function parse(body: Body, id: number): Ruleset {
    const names = optionalObject(optionalObject(body, "conditions") ?? {}, "ref_name") ?? {};
    const enforcement = optionalChoice(body, "enforcement", ["active", "evaluate", "disabled"]);
    if (enforcement === undefined) {
        throw invalid({ resource: "Ruleset", field: "enforcement", code: "missing_field" });
    }
    const rules = (optionalList(body, "rules") ?? []) as readonly Body[];
    return {
        id,
        name: text(body, "name"),
        target: optionalChoice(body, "target", ["branch", "tag", "push"]) ?? "branch",
        enforcement,
        bypassActors: (optionalList(body, "bypass_actors") ?? []).map((actor) => parseActor(actor as Body)),
        include: (optionalList(names, "include") ?? []).map(String),
        exclude: (optionalList(names, "exclude") ?? []).map(String),
        rules: rules.map(parseRule),
        createdAt: new Date().toISOString(),
    };
}

function parseRule(rule: Body): Rule {
    const type = optionalChoice(rule, "type", ruleTypes) ?? text(rule, "type");
    const parameters = optionalObject(rule, "parameters");
    return parameters ? { type, parameters } : { type };
}

function parseActor(actor: Body): BypassActor {
    const types = ["Integration", "OrganizationAdmin", "RepositoryRole", "Team", "DeployKey", "User"] as const;
    return {
        actor_type: optionalChoice(actor, "actor_type", types) ?? text(actor, "actor_type"),
        actor_id: typeof actor.actor_id === "number" ? actor.actor_id : null,
        bypass_mode: optionalChoice(actor, "bypass_mode", ["always", "pull_request", "exempt"]) ?? "always",
    };
}

function unique(repository: Repository, ruleset: Ruleset): void {
    if (repository.rulesets.some((one) => one.name === ruleset.name && one.id !== ruleset.id)) {
        throw invalid({ resource: "Ruleset", field: "name", code: "custom", message: "Name must be unique" });
    }
}

function create({ repository, body, context }: RepositoryCall): HttpResponse {
    const ruleset = parse(body, context.store.newId());
    unique(repository, ruleset);
    repository.rulesets.push(ruleset);
    context.store.save();
    return created(render(repository, ruleset));
}

function index({ repository, params }: RepositoryCall): number {
    const found = repository.rulesets.findIndex((one) => one.id === Number(params.id));
    if (found < 0) {
        throw notFound();
    }
    return found;
}

function update(call: RepositoryCall): HttpResponse {
    const { repository, body, context } = call;
    const at = index(call);
    const before = repository.rulesets[at]!;
    const ruleset = { ...parse({ ...render(repository, before), ...body }, before.id), createdAt: before.createdAt };
    unique(repository, ruleset);
    repository.rulesets[at] = ruleset;
    context.store.save();
    return ok(render(repository, ruleset));
}

function remove(call: RepositoryCall): HttpResponse {
    call.repository.rulesets.splice(index(call), 1);
    call.context.store.save();
    return done;
}

function activeRules({ repository, params }: RepositoryCall): HttpResponse {
    const source = `${repository.owner}/${repository.name}`;
    const found = rulesFor(repository, `refs/heads/${params.branch}`);
    return ok(
        found.map(({ rule, ruleset }) => ({
            ...rule,
            ruleset_source_type: "Repository",
            ruleset_source: source,
            ruleset_id: ruleset.id,
        })),
    );
}

const base = "/repos/:owner/:repo/rulesets";
const docs = "repos/rules";

export const rulesetEndpoints: readonly Endpoint[] = [
    {
        method: "GET",
        path: "/repos/:owner/:repo/rules/branches/:branch{.+}",
        docs: `${docs}#get-rules-for-a-branch`,
        open: true,
        handle: activeRules,
    },
    { method: "POST", path: base, docs: `${docs}#create-a-repository-ruleset`, handle: create },
    {
        method: "GET",
        path: base,
        docs: `${docs}#get-all-repository-rulesets`,
        handle: ({ repository }) => ok(repository.rulesets.map((one) => render(repository, one))),
    },
    {
        method: "GET",
        path: `${base}/:id`,
        docs: `${docs}#get-a-repository-ruleset`,
        handle: (call) => ok(render(call.repository, call.repository.rulesets[index(call)]!)),
    },
    { method: "PUT", path: `${base}/:id`, docs: `${docs}#update-a-repository-ruleset`, handle: update },
    { method: "DELETE", path: `${base}/:id`, docs: `${docs}#delete-a-repository-ruleset`, handle: remove },
];
