import type { HttpResponse } from "../network/route";
import { ApiError, done, notFound, ok } from "./answers";
import { type Body, optionalFlag, optionalObject, text } from "./body";
import { readCommit, renderCommit } from "./commits";
import { rulesFor } from "./policy";
import type { Endpoint, RepositoryCall } from "./router";
import type { Protection, Repository } from "./store";

async function head({ git }: RepositoryCall, branch: string): Promise<string> {
    const sha = await git.resolve(`refs/heads/${branch}`, "commit");
    if (sha === undefined) {
        throw notFound("Branch not found");
    }
    return sha;
}

const isProtected = (repository: Repository, branch: string): boolean =>
    repository.protections[branch] !== undefined || rulesFor(repository, `refs/heads/${branch}`).length > 0;

async function get(call: RepositoryCall): Promise<HttpResponse> {
    const { git, repository, params } = call;
    const name = params.branch!;
    const commit = await readCommit(git, await head(call, name));
    const url = `https://api.github.com/repos/${repository.owner}/${repository.name}/branches/${name}`;
    return ok({
        name,
        commit: renderCommit(repository, commit),
        _links: { self: url, html: `https://github.com/${repository.owner}/${repository.name}/tree/${name}` },
        protected: isProtected(repository, name),
        protection: { enabled: repository.protections[name] !== undefined },
        protection_url: `${url}/protection`,
    });
}

async function list({ git, repository }: RepositoryCall): Promise<HttpResponse> {
    const lines = await git.text(["for-each-ref", "--format=%(objectname) %(refname:lstrip=2)", "refs/heads"]);
    const branches = lines.split("\n").filter((line) => line !== "");
    const url = `https://api.github.com/repos/${repository.owner}/${repository.name}/commits`;
    return ok(
        branches.map((line) => {
            const [sha, name] = [line.slice(0, 40), line.slice(41)];
            return { name, commit: { sha, url: `${url}/${sha}` }, protected: isProtected(repository, name) };
        }),
    );
}

const switches = [
    "enforce_admins",
    "required_linear_history",
    "allow_force_pushes",
    "allow_deletions",
    "lock_branch",
] as const;

function renderProtection(repository: Repository, branch: string, protection: Protection): object {
    const url = `https://api.github.com/repos/${repository.owner}/${repository.name}/branches/${branch}/protection`;
    const { required_status_checks: checks, required_pull_request_reviews: reviews } = protection;
    return {
        url,
        ...Object.fromEntries(switches.map((name) => [name, { enabled: protection[name] }])),
        ...(checks && {
            required_status_checks: {
                ...checks,
                checks: checks.contexts.map((context) => ({ context, app_id: null })),
            },
        }),
        ...(reviews && { required_pull_request_reviews: { required_approving_review_count: 1, ...reviews } }),
    };
}

function getProtection({ repository, params }: RepositoryCall): HttpResponse {
    const protection = repository.protections[params.branch!];
    if (!protection) {
        throw notFound("Branch not protected");
    }
    return ok(renderProtection(repository, params.branch!, protection));
}

async function setProtection(call: RepositoryCall): Promise<HttpResponse> {
    const { repository, params, body, context } = call;
    const branch = params.branch!;
    await head(call, branch);
    // All four must be there; null switches the requirement off.
    for (const name of ["required_status_checks", "enforce_admins", "required_pull_request_reviews", "restrictions"]) {
        if (body[name] === undefined) {
            throw new ApiError(422, `Invalid request.\n\n"${name}" wasn't supplied.`);
        }
    }
    const flag = (name: string): boolean => optionalFlag(body, name) ?? false;
    const protection: Protection = {
        required_status_checks: statusChecks(optionalObject(body, "required_status_checks")),
        required_pull_request_reviews: optionalObject(body, "required_pull_request_reviews") ?? null,
        enforce_admins: flag("enforce_admins"),
        required_linear_history: flag("required_linear_history"),
        allow_force_pushes: flag("allow_force_pushes"),
        allow_deletions: flag("allow_deletions"),
        lock_branch: flag("lock_branch"),
    };
    repository.protections[branch] = protection;
    context.store.save();
    return ok(renderProtection(repository, branch, protection));
}

function statusChecks(value: Body | undefined): Protection["required_status_checks"] {
    if (!value) {
        return null;
    }
    const checks = (value.checks ?? []) as readonly Body[];
    const contexts = (value.contexts ?? checks.map((check) => text(check, "context"))) as readonly string[];
    return { strict: optionalFlag(value, "strict") ?? false, contexts };
}

function removeProtection({ repository, params, context }: RepositoryCall): HttpResponse {
    if (!repository.protections[params.branch!]) {
        throw notFound("Branch not protected");
    }
    delete repository.protections[params.branch!];
    context.store.save();
    return done;
}

const base = "/repos/:owner/:repo/branches";
const protection = `${base}/:branch{.+}/protection`;
const docs = "branches/branch-protection";

export const branchEndpoints: readonly Endpoint[] = [
    { method: "GET", path: protection, docs: `${docs}#get-branch-protection`, handle: getProtection },
    { method: "PUT", path: protection, docs: `${docs}#update-branch-protection`, handle: setProtection },
    { method: "DELETE", path: protection, docs: `${docs}#delete-branch-protection`, handle: removeProtection },
    { method: "GET", path: base, docs: "branches/branches#list-branches", open: true, handle: list },
    { method: "GET", path: `${base}/:branch{.+}`, docs: "branches/branches#get-a-branch", open: true, handle: get },
];
