import { parseGithubToken } from "../../settings/github-token";
import { whyUnreachable } from "../../unreachable";

/** A repository on GitHub. */
export interface RepositoryName {
    readonly owner: string;
    readonly name: string;
}

/** GitHub's REST API as the identity of one token. */
export interface GitHubApi {
    /** @throws Error with the `status` and GitHub's own message. */
    readonly call: <Body>(method: string, path: string, body?: unknown) => Promise<Body>;
    /** A GET that gives undefined for what does not exist. */
    readonly find: <Body>(path: string) => Promise<Body | undefined>;
}

/**
 * Passing faults (no connection, 5xx, rate limits) are tried again, five times: after as many seconds as GitHub asks
 * for, or 1, 2, 4, 8 and 16.
 *
 * Plain functions on the global `fetch`, because Pulumi serializes what a dynamic provider calls, and a client
 * library's classes do not survive that.
 */
export function githubApi(token: string): GitHubApi {
    const call = <Body>(method: string, path: string, body?: unknown) => request<Body>(token, method, path, body);
    const find = async <Body>(path: string) => {
        try {
            return await call<Body>("GET", path);
        } catch (error) {
            if (statusOf(error) === 404) {
                return undefined;
            }
            throw error;
        }
    };
    return { call, find };
}

/**
 * The API for a dynamic provider, which gets `github:token` from the engine.
 *
 * @throws Error that says how to set a token.
 */
export function configuredGitHub(configuredToken: string | undefined): GitHubApi {
    const token = parseGithubToken(configuredToken, process.env.GITHUB_TOKEN);
    if (typeof token !== "string") {
        throw new Error(`${token.key}: ${token.message}`);
    }
    return githubApi(token);
}

export function statusOf(error: unknown): number | undefined {
    return error instanceof Error && "status" in error ? Number(error.status) : undefined;
}

async function request<Body>(token: string, method: string, path: string, body: unknown): Promise<Body> {
    for (let attempt = 0; ; attempt++) {
        const response = await attemptRequest(token, method, path, body);
        if (response instanceof Response && response.ok) {
            return (response.status === 204 ? undefined : await response.json()) as Body;
        }
        const wait = retryAfterSeconds(response, attempt);
        if (wait === undefined || attempt >= 5) {
            throw await asError(method, path, response);
        }
        await new Promise((resolve) => setTimeout(resolve, wait * 1000));
    }
}

async function attemptRequest(token: string, method: string, path: string, body: unknown): Promise<Response | Error> {
    try {
        return await fetch(`https://api.github.com${path}`, {
            method,
            headers: {
                accept: "application/vnd.github+json",
                authorization: `Bearer ${token}`,
                "user-agent": "landfall",
                "x-github-api-version": "2022-11-28",
            },
            ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
    } catch (error) {
        return error instanceof Error ? error : new Error(String(error));
    }
}

// https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#handle-rate-limit-errors-appropriately
function retryAfterSeconds(response: Response | Error, attempt: number): number | undefined {
    if (response instanceof Error) {
        return 2 ** attempt;
    }
    const asked = response.headers.get("retry-after");
    const limited = response.status === 429 || (response.status === 403 && asked !== null);
    if (response.status < 500 && !limited) {
        return undefined;
    }
    return asked !== null && Number.isFinite(Number(asked)) ? Math.min(Number(asked), 60) : 2 ** attempt;
}

async function asError(method: string, path: string, response: Response | Error): Promise<Error> {
    if (response instanceof Error) {
        return new Error(`GitHub: ${method} ${path}: no answer from api.github.com: ${whyUnreachable(response)}`);
    }
    const message = messageOf(await response.text());
    const advice = response.status === 401 ? "; check the token in github:token or GITHUB_TOKEN" : "";
    return Object.assign(new Error(`GitHub: ${method} ${path}: ${response.status} ${message}${advice}`), {
        status: response.status,
    });
}

// https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#validation-failed
function messageOf(text: string): string {
    try {
        const { message, errors } = JSON.parse(text) as { message?: string; errors?: unknown };
        const details = Array.isArray(errors) ? `: ${JSON.stringify(errors)}` : "";
        return message === undefined ? text : message + details;
    } catch {
        // Not GitHub's API but something before it, such as a proxy.
        return text;
    }
}
