import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import type { HttpResponse } from "../network/route";
import { ApiError, created, done, invalid, notFound, ok, unprocessable } from "./answers";
import { writeBlob } from "./blobs";
import { list, optionalFlag, optionalText, text } from "./body";
import { writeCommit } from "./commits";
import { type Git, nowhere } from "./git";
import type { Context, Endpoint, RepositoryCall } from "./router";
import { changedSettings, defaultSettings } from "./settings";
import type { Repository } from "./store";
import { writeTree } from "./trees";

/** A repository as GET /repos/{owner}/{repo} shows it. */
export function renderRepository(repository: Repository): object {
    const { owner, name, settings } = repository;
    const full = `${owner}/${name}`;
    return {
        id: repository.id,
        node_id: `R_${Buffer.from(`Repository:${repository.id}`).toString("base64url")}`,
        name,
        full_name: full,
        owner: { login: owner, type: "Organization", url: `https://api.github.com/users/${owner}` },
        ...settings,
        private: settings.visibility !== "public",
        fork: false,
        disabled: false,
        has_pages: false,
        language: null,
        license: null,
        default_branch: repository.defaultBranch,
        url: `https://api.github.com/repos/${full}`,
        html_url: `https://github.com/${full}`,
        clone_url: `https://github.com/${full}.git`,
        git_url: `git://github.com/${full}.git`,
        ssh_url: `git@github.com:${full}.git`,
        svn_url: `https://github.com/${full}`,
        created_at: repository.createdAt,
        updated_at: repository.updatedAt,
        pushed_at: repository.updatedAt,
        permissions: { admin: true, maintain: true, push: true, triage: true, pull: true },
    };
}

function checkedName(context: Context, name: string, self?: Repository): string {
    // GitHub turns what it does not like into a hyphen instead of refusing it.
    const clean = name.replace(/[^A-Za-z0-9._-]+/g, "-");
    const other = context.store.find(context.owner, clean);
    const reserved = /^\.{1,2}$|\.(git|wiki)$/.test(clean);
    const problems = [
        name.trim() === "" && "name is too short (minimum is 1 character)",
        name.length > 100 && "name is too long (maximum is 100 characters)",
        reserved && "name is reserved",
        other !== undefined && other !== self && "name already exists on this account",
    ];
    const message = problems.find((problem) => typeof problem === "string");
    if (message === undefined) {
        return clean;
    }
    const error = { resource: "Repository", code: "custom", field: "name", message };
    throw new ApiError(422, self ? "Validation Failed" : "Repository creation failed.", [error]);
}

async function create({ context, params, body }: RepositoryCall): Promise<HttpResponse> {
    if (params.org!.toLowerCase() !== context.owner.toLowerCase()) {
        throw notFound();
    }
    const name = checkedName(context, text(body, "name"));
    const settings: Record<string, unknown> = { ...defaultSettings };
    Object.assign(settings, changedSettings(settings, body), { archived: false });
    const repository = await makeRepository(context, context.owner, name, settings);
    if (optionalFlag(body, "auto_init") ?? false) {
        await addReadme(context.git(repository), repository);
    }
    return created(renderRepository(repository));
}

/** Makes a repository without a commit. */
export async function makeRepository(
    { store, git }: Pick<Context, "store" | "git">,
    owner: string,
    name: string,
    settings: Record<string, unknown>,
): Promise<Repository> {
    const now = new Date().toISOString().replace(/\.\d+Z$/, "Z");
    const repository: Repository = {
        id: store.newId(),
        owner,
        name,
        formerNames: [],
        defaultBranch: "main",
        createdAt: now,
        updatedAt: now,
        settings,
        vulnerabilityAlerts: false,
        keys: [],
        rulesets: [],
        protections: {},
        pulls: [],
        statuses: [],
    };
    // Taken before the first wait, so that two requests at once cannot both have the name.
    store.add(repository);
    const path = store.path(repository);
    // What a deleted repository of the same name left behind must not come back.
    if (existsSync(path)) {
        await rm(path, { recursive: true });
    }
    await mkdir(path, { recursive: true, mode: 0o700 });
    await git(repository).run(["init", "--quiet", "--bare", `--initial-branch=${repository.defaultBranch}`, path]);
    return repository;
}

async function addReadme(git: Git, repository: Repository): Promise<void> {
    const description = repository.settings.description;
    const readme = `# ${repository.name}\n${typeof description === "string" ? `${description}\n` : ""}`;
    const sha = await writeBlob(git, Buffer.from(readme));
    const tree = await writeTree(git, new Map([["README.md", { mode: "100644", sha }]]));
    const commit = await writeCommit(git, { tree, parents: [], message: "Initial commit" });
    await git.compareAndSwap(`refs/heads/${repository.defaultBranch}`, commit, nowhere);
}

async function update(call: RepositoryCall): Promise<HttpResponse> {
    const { context, repository, body } = call;
    const unarchives = body.archived === false;
    if (repository.settings.archived === true && !unarchives) {
        throw unprocessable("Repository was archived so is read-only.");
    }
    const name = optionalText(body, "name");
    const branch = optionalText(body, "default_branch");
    const next = name === undefined ? repository.name : checkedName(context, name, repository);
    const changes = changedSettings(repository.settings, body);
    if (branch !== undefined) {
        await setDefaultBranch(call, branch);
    }
    if (next !== repository.name) {
        await renameTo(context, repository, next);
    }
    Object.assign(repository.settings, changes);
    touch(context, repository);
    return ok(renderRepository(repository));
}

async function setDefaultBranch({ git, repository }: RepositoryCall, branch: string): Promise<void> {
    if (branch === repository.defaultBranch) {
        return;
    }
    if ((await git.resolve(`refs/heads/${branch}`, "commit")) === undefined) {
        const message = `The branch ${branch} was not found. Please push that ref first or create it via the Git Data API.`;
        throw invalid({ resource: "Repository", field: "default_branch", code: "invalid", message });
    }
    await git.run(["symbolic-ref", "HEAD", `refs/heads/${branch}`]);
    repository.defaultBranch = branch;
}

async function renameTo(context: Context, repository: Repository, name: string): Promise<void> {
    const from = context.store.path(repository);
    const to = context.store.path({ owner: repository.owner, name });
    await mkdir(dirname(to), { recursive: true, mode: 0o700 });
    await rename(from, to);
    repository.formerNames.push(repository.name);
    repository.name = name;
}

/** Notes a change of the repository itself and keeps it. */
function touch(context: Context, repository: Repository): void {
    repository.updatedAt = new Date().toISOString().replace(/\.\d+Z$/, "Z");
    context.store.save();
}

async function remove({ context, repository }: RepositoryCall): Promise<HttpResponse> {
    const path = context.store.path(repository);
    context.store.remove(repository);
    await rm(path, { recursive: true, force: true });
    return done;
}

function setTopics({ context, repository, body }: RepositoryCall): HttpResponse {
    const names = list(body, "names").map(String);
    const wrong = names.find((name) => !/^[a-z0-9][a-z0-9-]{0,49}$/.test(name));
    if (wrong !== undefined) {
        throw invalid({
            resource: "Repository",
            field: "topics",
            code: "custom",
            message: `${wrong} is not a valid topic name`,
        });
    }
    repository.settings.topics = names;
    touch(context, repository);
    return ok({ names });
}

const setAlerts =
    (enabled: boolean) =>
    ({ context, repository }: RepositoryCall): HttpResponse => {
        repository.vulnerabilityAlerts = enabled;
        context.store.save();
        return done;
    };

function getAlerts({ repository }: RepositoryCall): HttpResponse {
    if (!repository.vulnerabilityAlerts) {
        throw notFound("Vulnerability alerts are disabled.");
    }
    return done;
}

const listAll = ({ context }: { context: Context }): HttpResponse =>
    ok(context.store.repositories.map(renderRepository));

const base = "/repos/:owner/:repo";

export const repositoryEndpoints: readonly Endpoint[] = [
    {
        method: "POST",
        path: "/orgs/:org/repos",
        docs: "repos/repos#create-an-organization-repository",
        handle: create,
    },
    { method: "GET", path: "/orgs/:org/repos", docs: "repos/repos#list-organization-repositories", handle: listAll },
    {
        method: "GET",
        path: base,
        docs: "repos/repos#get-a-repository",
        open: true,
        handle: ({ repository }) => ok(renderRepository(repository)),
    },
    { method: "PATCH", path: base, docs: "repos/repos#update-a-repository", handle: update },
    { method: "DELETE", path: base, docs: "repos/repos#delete-a-repository", handle: remove },
    { method: "PUT", path: `${base}/topics`, docs: "repos/repos#replace-all-repository-topics", handle: setTopics },
    {
        method: "GET",
        path: `${base}/vulnerability-alerts`,
        docs: "repos/repos#check-if-vulnerability-alerts-are-enabled-for-a-repository",
        handle: getAlerts,
    },
    {
        method: "PUT",
        path: `${base}/vulnerability-alerts`,
        docs: "repos/repos#enable-vulnerability-alerts",
        handle: setAlerts(true),
    },
    {
        method: "DELETE",
        path: `${base}/vulnerability-alerts`,
        docs: "repos/repos#disable-vulnerability-alerts",
        handle: setAlerts(false),
    },
];
