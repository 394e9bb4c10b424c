import { createHash, timingSafeEqual } from "node:crypto";
import type { HttpHandler, HttpRequest, HttpResponse } from "../network/route";
import { Router } from "../network/router";
import { ApiError, notFound } from "./answers";
import { type App, type Apps, checkPermission, type Installation, type Permissions, reaches } from "./apps";
import type { Body } from "./body";
import type { Git } from "./git";
import type { Repository, Store } from "./store";

/** A fine-grained token of a member of the organisation, for all of its repositories. */
export interface LimitedToken {
    readonly token: string;
    readonly permissions: Permissions;
}

/** What every endpoint works with. */
export interface Context {
    /** The organisation that exists. */
    readonly owner: string;
    readonly token: string;
    readonly limitedTokens: readonly LimitedToken[];
    readonly apps: Apps;
    readonly store: Store;
    git(repository: Repository): Git;
}

/** Who asks; nothing of it without credentials. */
interface Caller {
    /** With the token of the owner. */
    readonly isOwner?: boolean;
    /** With a token that may not do everything. */
    readonly limited?: LimitedToken;
    /** The App that speaks for itself. */
    readonly app?: App;
    /** The installation of an App whose token was sent. */
    readonly installation?: Installation;
}

export interface Call extends Caller {
    readonly context: Context;
    readonly params: Readonly<Record<string, string>>;
    readonly query: URLSearchParams;
    readonly body: Body;
}

export interface RepositoryCall extends Call {
    readonly repository: Repository;
    readonly git: Git;
}

/**
 * One operation of the REST API. For a path under `/repos/:owner/:repo`, the repository is looked up first.
 */
export interface Endpoint {
    readonly method: string;
    /** A pattern of `Router`. */
    readonly path: string;
    /** Page and anchor below docs.github.com/rest. */
    readonly docs: string;
    /** Answers without a token too. */
    readonly open?: boolean;
    /** Answers an App that speaks for itself, and nobody else. */
    readonly byApp?: boolean;
    readonly handle: (call: RepositoryCall) => HttpResponse | Promise<HttpResponse>;
}

/** 100 MB: what GitHub documents for a blob, the largest thing that the API takes. */
const largestBody = 100 * 1024 * 1024;

const documentation = (page: string): string => `https://docs.github.com/rest${page === "" ? "" : `/${page}`}`;

/** The handler for api.github.com. `counted` is called once a request. */
export function createRouter(context: Context, endpoints: readonly Endpoint[], counted: () => void): HttpHandler {
    const router = new Router(endpoints.map((endpoint) => [endpoint.method, endpoint.path, endpoint]));
    return async (request) => {
        counted();
        if (!request.headers["user-agent"]) {
            return {
                status: 403,
                body: "Request forbidden by administrative rules. Please make sure your request has a User-Agent header.",
            };
        }
        const found = router.find(request.method, canonical(request.url.pathname, context.store));
        try {
            return withEtag(request, await dispatch(context, found, request));
        } catch (error) {
            if (error instanceof ApiError) {
                return failure(error, found?.target.docs ?? "");
            }
            throw error;
        }
    };
}

type Match = ReturnType<Router<Endpoint>["find"]>;

/** The old addresses of a renamed repository redirect to `/repositories/{id}/…`. */
function canonical(path: string, store: Store): string {
    const [, id, rest] = /^\/repositories\/(\d+)(\/.*)?$/.exec(path) ?? [];
    const repository = id === undefined ? undefined : store.byId(Number(id));
    return repository ? `/repos/${repository.owner}/${repository.name}${rest ?? ""}` : path;
}

async function dispatch(context: Context, found: Match, request: HttpRequest): Promise<HttpResponse> {
    const caller = callerOf(context, request.headers.authorization);
    const authenticated = caller !== undefined;
    if (!authenticated && !found?.target.open) {
        throw found?.params.repo !== undefined ? notFound() : new ApiError(401, "Requires authentication");
    }
    if (!found) {
        throw notFound();
    }
    if ((caller?.app !== undefined) !== (found.target.byApp === true)) {
        throw new ApiError(401, found.target.byApp ? "A JSON web token could not be decoded" : "Bad credentials");
    }
    const body = parse(request);
    const call: Call = { ...caller, context, params: found.params, query: request.url.searchParams, body };
    const { owner, repo } = found.params;
    if (owner === undefined || repo === undefined) {
        checkCaller(caller, undefined, found.target);
        return found.target.handle(call as RepositoryCall);
    }
    const repository = context.store.find(owner, repo);
    checkCaller(caller, repository ?? context.store.findFormer(owner, repo), found.target);
    if (!authenticated && (repository ?? context.store.findFormer(owner, repo))?.settings.visibility !== "public") {
        throw notFound();
    }
    if (!repository) {
        return moved(context, request, owner, repo);
    }
    if (repository.settings.archived === true && request.method !== "GET" && !found.target.path.endsWith(":repo")) {
        throw new ApiError(403, "Repository was archived so is read-only.");
    }
    return found.target.handle({ ...call, repository, git: context.git(repository) });
}

function moved(context: Context, request: HttpRequest, owner: string, name: string): HttpResponse {
    const repository = context.store.findFormer(owner, name);
    if (!repository) {
        throw notFound();
    }
    const rest = request.url.pathname.split("/").slice(4).join("/");
    const location = `https://api.github.com/repositories/${repository.id}${rest === "" ? "" : `/${rest}`}${request.url.search}`;
    const status = request.method === "GET" ? 301 : 307;
    return { status, headers: { location }, body: { message: "Moved Permanently", url: location } };
}

/** Refuses an installation what it does not reach, and it and a token what they may not do. */
function checkCaller(caller: Caller | undefined, repository: Repository | undefined, endpoint: Endpoint): void {
    const { installation, limited } = caller ?? {};
    if (limited) {
        checkPermission(limited.permissions, endpoint.method, endpoint.path, "personal access token");
    }
    if (!installation) {
        return;
    }
    if (repository && repository.settings.visibility !== "public" && !reaches(installation, repository)) {
        throw notFound();
    }
    checkPermission(installation.permissions, endpoint.method, endpoint.path, "integration");
}

/** Undefined when no credentials came; throws when they are wrong. */
export function callerOf(context: Context, header: string | undefined): Caller | undefined {
    if (header === undefined) {
        return undefined;
    }
    const given = /^(?:bearer|token) +(\S+)$/i.exec(header)?.[1] ?? basicPassword(header) ?? "";
    if (given.split(".").length === 3) {
        return { app: context.apps.appOf(given) };
    }
    const installation = context.apps.installationOf(given);
    if (installation) {
        return { installation };
    }
    const digest = (value: string): Buffer => createHash("sha256").update(value).digest();
    const isGiven = (token: string) => timingSafeEqual(digest(given), digest(token));
    const limited = context.limitedTokens.find(({ token }) => isGiven(token));
    if (limited) {
        return { limited };
    }
    if (!isGiven(context.token)) {
        throw new ApiError(401, "Bad credentials");
    }
    return { isOwner: true };
}

/** The password of an `Authorization: Basic` header. */
function basicPassword(header: string): string | undefined {
    const encoded = /^basic +(\S+)$/i.exec(header)?.[1];
    return encoded === undefined
        ? undefined
        : Buffer.from(encoded, "base64")
              .toString()
              .replace(/^[^:]*:/, "");
}

function parse(request: HttpRequest): Body {
    if (request.body.length > largestBody) {
        throw new ApiError(413, "Payload Too Large");
    }
    if (request.body.length === 0) {
        return {};
    }
    let value: unknown;
    try {
        value = JSON.parse(request.body.toString());
    } catch {
        throw new ApiError(400, "Problems parsing JSON");
    }
    if (typeof value !== "object" || Array.isArray(value)) {
        throw new ApiError(400, "Body should be a JSON object");
    }
    // go-github writes null where a call has no options, Flux's call for a token of an App among them.
    return (value ?? {}) as Body;
}

function failure(error: ApiError, docs: string): HttpResponse {
    const body = {
        message: error.message,
        ...(error.errors && { errors: error.errors }),
        documentation_url: error.documentation ?? documentation(error.status === 401 ? "" : docs),
        status: String(error.status),
    };
    const headers = { "content-type": "application/json; charset=utf-8", ...error.headers };
    return { status: error.status, headers, body };
}

function withEtag(request: HttpRequest, response: HttpResponse): HttpResponse {
    const headers = { "x-github-media-type": "github.v3; format=json", ...response.headers };
    if (request.method !== "GET" || response.status !== 200 || response.body === undefined) {
        return { ...response, headers };
    }
    const content =
        Buffer.isBuffer(response.body) || typeof response.body === "string"
            ? response.body
            : JSON.stringify(response.body);
    const etag = `W/"${createHash("sha256").update(content).digest("hex")}"`;
    if (request.headers["if-none-match"] === etag) {
        return { status: 304, headers: { ...headers, etag } };
    }
    return { ...response, headers: { ...headers, etag } };
}
