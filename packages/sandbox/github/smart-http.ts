import { spawn } from "node:child_process";
import { basename, dirname } from "node:path";
import type { Duplex } from "node:stream";
import type { HttpHandler, HttpRequest, HttpResponse } from "../network/route";
import { ApiError } from "./answers";
import { reaches } from "./apps";
import { type Git, gitEnvironment } from "./git";
import { judgePush } from "./push";
import { callerOf, type Context } from "./router";
import type { Repository, Store } from "./store";

export interface SmartHttpOptions {
    /** Who may push, and fetch what is not public; absent: nobody. */
    readonly context?: Context;
    readonly store: Store;
    /** Folder of the pre-receive hook. */
    readonly hooks: string;
    git(repository: Repository): Git;
}

const plain = (status: number, body: string, headers: Record<string, string> = {}): HttpResponse => ({
    status,
    headers: { "content-type": "text/plain; charset=utf-8", ...headers },
    body,
});

/**
 * git over https for github.com, with a token of the owner or of an App's installation as password of any user; by
 * `git http-backend`. Pages are not served.
 */
export function createSmartHttp(options: SmartHttpOptions): HttpHandler {
    return async (request) => {
        const [, owner, name, service] =
            /^\/([^/]+)\/([^/]+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/.exec(
                request.url.pathname,
            ) ?? [];
        if (owner === undefined || name === undefined || service === undefined) {
            return plain(404, "github.com in the sandbox serves git repositories only.\n");
        }
        const repository = options.store.find(owner, name) ?? options.store.findFormer(owner, name);
        const writes = `${service}${request.url.search}`.includes("git-receive-pack");
        const open = repository?.settings.visibility === "public" && !writes;
        const authenticated = mayUse(options.context, request.headers.authorization, repository, writes);
        if (!authenticated && !open) {
            return plain(401, "Invalid username or token.\n", { "www-authenticate": 'Basic realm="GitHub"' });
        }
        if (!repository) {
            return plain(404, "Repository not found.\n");
        }
        if (writes && repository.settings.archived === true) {
            return plain(403, "This repository was archived so it is read-only.\n");
        }
        return backend(request, repository, service, options);
    };
}

/** GitHub tells a caller who may not read a repository from one without credentials by nothing. */
function mayUse(
    context: Context | undefined,
    header: string | undefined,
    repository: Repository | undefined,
    writes: boolean,
): boolean {
    const caller = identified(context, header);
    const { installation } = caller ?? {};
    if (!installation) {
        return caller?.isOwner === true;
    }
    const granted = installation.permissions.contents;
    return (
        repository !== undefined &&
        reaches(installation, repository) &&
        (granted === "write" || (granted === "read" && !writes))
    );
}

function identified(context: Context | undefined, header: string | undefined): ReturnType<typeof callerOf> {
    try {
        return context && callerOf(context, header);
    } catch (error) {
        if (error instanceof ApiError) {
            return undefined;
        }
        throw error;
    }
}

async function backend(
    request: HttpRequest,
    repository: Repository,
    service: string,
    options: SmartHttpOptions,
): Promise<HttpResponse> {
    const path = options.store.path(repository);
    const child = spawn("git", ["http-backend"], {
        env: { ...gitEnvironment(path), ...variables(request, path, service, options.hooks) },
        stdio: ["pipe", "pipe", "pipe", "pipe"],
    });
    judgePush(child.stdio[3] as Duplex, repository, options.git(repository), "admin");
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    // When git ends before it has read everything, its exit code tells why.
    child.stdin.on("error", () => undefined);
    child.stdin.end(request.body);
    const code = await new Promise<number>((resolve, reject) => {
        child.once("error", reject);
        child.once("close", (exit) => resolve(exit ?? 128));
    });
    if (code !== 0) {
        throw new Error(`git http-backend failed in ${path}: ${Buffer.concat(stderr).toString().trim()}`);
    }
    return parse(Buffer.concat(stdout));
}

/** The variables of CGI, and the hook. */
function variables(request: HttpRequest, path: string, service: string, hooks: string): Record<string, string> {
    const { headers } = request;
    return {
        GIT_PROJECT_ROOT: dirname(path),
        GIT_HTTP_EXPORT_ALL: "1",
        PATH_INFO: `/${basename(path)}/${service}`,
        REMOTE_USER: "sandbox-bot",
        REMOTE_ADDR: "127.0.0.1",
        REQUEST_METHOD: request.method,
        QUERY_STRING: request.url.search.slice(1),
        CONTENT_TYPE: headers["content-type"] ?? "",
        CONTENT_LENGTH: String(request.body.length),
        ...(headers["content-encoding"] !== undefined && { HTTP_CONTENT_ENCODING: headers["content-encoding"] }),
        ...(headers["git-protocol"] !== undefined && { GIT_PROTOCOL: headers["git-protocol"] }),
        GIT_CONFIG_COUNT: "1",
        GIT_CONFIG_KEY_0: "core.hooksPath",
        GIT_CONFIG_VALUE_0: hooks,
    };
}

function parse(output: Buffer): HttpResponse {
    const end = output.indexOf("\r\n\r\n");
    const lines = output.subarray(0, end).toString().split("\r\n");
    const fields = lines.map((line) => /^([^:]+): *(.*)$/.exec(line)).filter((field) => field !== null);
    const headers = Object.fromEntries(fields.map(([, name, value]) => [name!.toLowerCase(), value!]));
    const { status = "200", ...rest } = headers;
    return { status: parseInt(status, 10), headers: rest, body: output.subarray(end + 4) };
}
