import type { HttpResponse } from "../network/route";
import { ApiError, created, done, emptyRepository, notFound, ok, unprocessable } from "./answers";
import { optionalFlag, sha, text } from "./body";
import { type Git, nowhere } from "./git";
import { type RefUpdate, type RuleViolation, ruleViolation } from "./policy";
import type { Endpoint, RepositoryCall } from "./router";
import type { Repository } from "./store";

const repositoryUrl = (repository: Repository): string =>
    `https://api.github.com/repos/${repository.owner}/${repository.name}`;

interface Reference {
    readonly name: string;
    readonly sha: string;
    readonly type: string;
}

function render(repository: Repository, { name, sha, type }: Reference): object {
    const url = repositoryUrl(repository);
    return {
        ref: name,
        node_id: Buffer.from(`Ref:${repository.id}:${name}`).toString("base64"),
        url: `${url}/git/${name}`,
        object: { sha, type, url: `${url}/git/${type}s/${sha}` },
    };
}

async function list(git: Git, prefix: string): Promise<Reference[]> {
    const lines = await git.text(["for-each-ref", "--format=%(refname) %(objectname) %(objecttype)"]);
    return lines
        .split("\n")
        .filter((line) => line.startsWith(prefix))
        .map((line) => line.split(" "))
        .map(([name, sha, type]) => ({ name: name!, sha: sha!, type: type! }));
}

async function find(git: Git, name: string): Promise<Reference | undefined> {
    return (await list(git, name)).find((reference) => reference.name === name);
}

/** Throws what the API answers when protection or a ruleset forbids the update. */
function refuse(found: RuleViolation | undefined): void {
    if (!found) {
        return;
    }
    const reasons = found.reasons.join(" ");
    if (found.by === "rules") {
        throw unprocessable(`Repository rule violations found\n\n${found.reasons.join("\n\n")}\n\n`);
    }
    throw new ApiError(422, reasons, undefined, "https://docs.github.com/articles/about-protected-branches");
}

/**
 * Moves a reference as the token's owner, or throws the API's error. `previous` is the commit the caller
 * decided on: false comes back when the reference has moved since, and then nothing is changed.
 */
export async function moveReference(call: RepositoryCall, update: RefUpdate): Promise<boolean> {
    refuse(await ruleViolation(call.repository, call.git, update, "admin"));
    return call.git.compareAndSwap(update.reference, update.next, update.previous);
}

async function get({ git, repository, params }: RepositoryCall): Promise<HttpResponse> {
    if (await git.isEmpty()) {
        throw emptyRepository();
    }
    const reference = await find(git, `refs/${params.ref}`);
    if (!reference) {
        throw notFound();
    }
    return ok(render(repository, reference));
}

async function getMatching({ git, repository, params }: RepositoryCall): Promise<HttpResponse> {
    if (await git.isEmpty()) {
        throw emptyRepository();
    }
    const references = await list(git, `refs/${params.ref}`);
    return ok(references.map((reference) => render(repository, reference)));
}

async function create(call: RepositoryCall): Promise<HttpResponse> {
    const { git, body, repository } = call;
    const name = text(body, "ref");
    const next = sha(body, "sha");
    if (await git.isEmpty()) {
        throw emptyRepository();
    }
    const wellFormed = /^refs\/[^/]+\/.+/.test(name) && (await git.attempt(["check-ref-format", name])).code === 0;
    if (!wellFormed) {
        throw unprocessable(`${name} is not a valid ref name.`);
    }
    const type = await existing(git, name, next);
    const moved = await moveReference(call, { reference: name, previous: nowhere, next });
    if (!moved) {
        throw unprocessable((await find(git, name)) ? "Reference already exists" : "Reference update failed");
    }
    return created(render(repository, { name, sha: next, type }));
}

/** Type of the object that a reference shall point at; branches take commits only. */
async function existing(git: Git, name: string, sha: string): Promise<string> {
    const found = await git.attempt(["cat-file", "-t", sha]);
    if (found.code !== 0) {
        throw unprocessable("Object does not exist");
    }
    const type = found.stdout.toString().trim();
    if (name.startsWith("refs/heads/") && type !== "commit") {
        throw unprocessable("Reference update failed");
    }
    return type;
}

async function update(call: RepositoryCall): Promise<HttpResponse> {
    const { git, body, params, repository } = call;
    const next = sha(body, "sha");
    const force = optionalFlag(body, "force") ?? false;
    const name = `refs/${params.ref}`;
    if (await git.isEmpty()) {
        throw emptyRepository();
    }
    // A reference that moves between the check and the update is looked at again, as if this request came later.
    for (;;) {
        const current = await find(git, name);
        if (!current) {
            throw unprocessable("Reference does not exist");
        }
        const type = await existing(git, name, next);
        if (!force && !(await git.isAncestor(current.sha, next))) {
            throw unprocessable("Update is not a fast forward");
        }
        if (await moveReference(call, { reference: name, previous: current.sha, next })) {
            return ok(render(repository, { name, sha: next, type }));
        }
    }
}

async function remove(call: RepositoryCall): Promise<HttpResponse> {
    const { git, params, repository } = call;
    const name = `refs/${params.ref}`;
    if (name === `refs/heads/${repository.defaultBranch}`) {
        throw unprocessable("Cannot delete the default branch");
    }
    const current = await find(git, name);
    if (!current) {
        throw unprocessable("Reference does not exist");
    }
    const moved = await moveReference(call, { reference: name, previous: current.sha, next: nowhere });
    if (!moved) {
        throw unprocessable("Reference update failed");
    }
    return done;
}

const base = "/repos/:owner/:repo/git";

export const referenceEndpoints: readonly Endpoint[] = [
    { method: "GET", path: `${base}/ref/:ref{.+}`, docs: "git/refs#get-a-reference", open: true, handle: get },
    {
        method: "GET",
        path: `${base}/matching-refs/:ref{.+}`,
        docs: "git/refs#list-matching-references",
        open: true,
        handle: getMatching,
    },
    { method: "POST", path: `${base}/refs`, docs: "git/refs#create-a-reference", handle: create },
    { method: "PATCH", path: `${base}/refs/:ref{.+}`, docs: "git/refs#update-a-reference", handle: update },
    { method: "DELETE", path: `${base}/refs/:ref{.+}`, docs: "git/refs#delete-a-reference", handle: remove },
];
