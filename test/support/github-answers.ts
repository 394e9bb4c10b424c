import { notAToken } from "./fixtures";

/** A request to GitHub's REST API. */
export interface GitHubCall {
    readonly method: string;
    /** Path and query. */
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: unknown;
}

/** What GitHub answers; an Error means that no answer arrives. */
export type GitHubAnswer =
    { readonly status?: number; readonly body?: unknown; readonly headers?: Record<string, string> } | Error;

/**
 * Answers what the program asks of GitHub while `run` runs, with GITHUB_TOKEN set, and gives it the calls. Nothing of
 * GitHub's own behaviour is in it: test/program has that.
 */
export async function answeringGitHub<T>(
    answer: (call: GitHubCall) => GitHubAnswer,
    run: (calls: readonly GitHubCall[]) => Promise<T>,
): Promise<T> {
    const calls: GitHubCall[] = [];
    const fetch = globalThis.fetch;
    const token = process.env.GITHUB_TOKEN;
    process.env.GITHUB_TOKEN = notAToken;
    globalThis.fetch = (input, init) => {
        const call = readCall(new Request(input).url, init ?? {});
        calls.push(call);
        const given = answer(call);
        if (given instanceof Error) {
            return Promise.reject(given);
        }
        const { status = 200, body = {}, headers = {} } = given;
        const text = typeof body === "string" ? body : JSON.stringify(body);
        return Promise.resolve(new Response(status === 204 ? null : text, { status, headers }));
    };
    try {
        return await run(calls);
    } finally {
        globalThis.fetch = fetch;
        if (token === undefined) {
            delete process.env.GITHUB_TOKEN;
        } else {
            process.env.GITHUB_TOKEN = token;
        }
    }
}

function readCall(url: string, { method = "GET", headers, body }: RequestInit): GitHubCall {
    const { host, pathname, search } = new URL(url);
    if (host !== "api.github.com") {
        throw new Error(`a request to ${host}`);
    }
    return {
        method,
        path: pathname + search,
        headers: headers as Record<string, string>,
        body: typeof body === "string" ? JSON.parse(body) : undefined,
    };
}
