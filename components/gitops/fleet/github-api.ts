import * as pulumi from "@pulumi/pulumi";
import { type GitHubApp, type GitHubLogin, isProblem, parseGitHubLogin } from "../../settings/github-login";
import { whyUnreachable } from "../../unreachable";
import { appToken, type InstallationToken, isFresh } from "./github-app";

/** A repository on GitHub. */
export interface RepositoryName {
    readonly owner: string;
    readonly name: string;
}

/** GitHub's REST API as one identity: whoever issued a token, or the installation of an App. */
export interface GitHubApi {
    /** What an App's installation may do; undefined for a token, of which GitHub does not tell. */
    readonly installation: () => Promise<InstallationToken | undefined>;
    /** When the token ends; undefined if it does not, or if GitHub does not tell. */
    readonly tokenEnds: () => Promise<Date | undefined>;
    /** @throws Error with the `status`, GitHub's own message, and what to do where that is known. */
    readonly call: <Body>(method: string, path: string, body?: unknown) => Promise<Body>;
    /** A GET that gives undefined for what does not exist. */
    readonly find: <Body>(path: string) => Promise<Body | undefined>;
}

/** An answer of GitHub, or the Error of a request that got none. */
type Answer = { readonly status: number; readonly headers: Headers; readonly text: string } | Error;

const attempts = 6;
/** Seconds. GitHub may ask for up to an hour, and nobody waits that long for an update. */
const longestWait = 300;

/**
 * Passing faults (no connection, 5xx) are tried again, five times: after 1, 2, 4, 8 and 16 seconds. So are rate limits,
 * after as many seconds as GitHub asks for, with a line in the log; one that lasts longer than five minutes fails, and
 * says until when.
 */
export function githubApi(login: GitHubLogin): GitHubApi {
    const installation = "app" in login ? installationOf(login.app) : () => Promise.resolve(undefined);
    const secret = async () => ("token" in login ? login.token : ((await installation())?.token ?? ""));
    const call = async <Body>(method: string, path: string, body?: unknown) =>
        request<Body>(await secret(), method, path, body);
    const find = async <Body>(path: string) => {
        // An installation that does not exist is not a repository that does not exist.
        const token = await secret();
        try {
            return await request<Body>(token, "GET", path, undefined);
        } catch (error) {
            if (statusOf(error) === 404) {
                return undefined;
            }
            throw error;
        }
    };
    // The one question that counts towards no limit.
    const tokenEnds = async () => endIn(await ask(await secret(), "GET", "/rate_limit", undefined));
    return { installation, tokenEnds, call, find };
}

/** Gives the token of an installation, which it asks for once an hour. */
function installationOf({ installationId, ...app }: GitHubApp): () => Promise<InstallationToken> {
    let issued: Promise<InstallationToken> | undefined;
    return async () => {
        const found = await issued;
        if (found !== undefined && isFresh(found)) {
            return found;
        }
        const path = `/app/installations/${installationId}/access_tokens`;
        issued = request<InstallationToken>(appToken({ installationId, ...app }), "POST", path, undefined);
        return issued;
    };
}

/**
 * The API for a dynamic provider, whose engine gives it `github:token` and `github:appAuth`.
 *
 * @throws Error that says how to log in.
 */
export function configuredGitHub(config: ConfiguredLogin): GitHubApi {
    const login = parseGitHubLogin({ ...config, fromEnvironment: process.env.GITHUB_TOKEN });
    if (isProblem(login)) {
        throw new Error(`${login.key}: ${login.message}`);
    }
    return githubApi(login);
}

/** What a dynamic provider keeps of its configuration. */
export interface ConfiguredLogin {
    readonly token: string | undefined;
    readonly appAuth: string | undefined;
}

export function configuredLogin(config: { get(key: string): string | undefined }): ConfiguredLogin {
    return { token: config.get("github:token"), appAuth: config.get("github:appAuth") };
}

export function statusOf(error: unknown): number | undefined {
    return error instanceof Error && "status" in error ? Number(error.status) : undefined;
}

async function request<Body>(token: string, method: string, path: string, body: unknown): Promise<Body> {
    for (let attempt = 0; ; attempt++) {
        const answer = await ask(token, method, path, body);
        if (!(answer instanceof Error) && answer.status < 300) {
            return (answer.status === 204 ? undefined : JSON.parse(answer.text)) as Body;
        }
        const limited = limitSeconds(answer, attempt);
        const wait = limited ?? faultSeconds(answer, attempt);
        if (wait === undefined || attempt + 1 >= attempts || wait > longestWait) {
            throw refusal(method, path, answer, limited);
        }
        if (limited !== undefined) {
            await pulumi.log.warn(`GitHub asks to wait; ${method} ${path} goes on in ${limited} s`);
        }
        await new Promise((resolve) => setTimeout(resolve, wait * 1000));
    }
}

async function ask(token: string, method: string, path: string, body: unknown): Promise<Answer> {
    try {
        const response = await fetch(`https://api.github.com${path}`, {
            method,
            headers: {
                accept: "application/vnd.github+json",
                authorization: `Bearer ${token}`,
                "user-agent": "landfall",
                "x-github-api-version": "2022-11-28",
            },
            ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        return { status: response.status, headers: response.headers, text: await response.text() };
    } catch (error) {
        return error instanceof Error ? error : new Error(String(error));
    }
}

/** GitHub writes `2026-12-01 10:00:00 UTC`, or an offset such as +0100 in the place of UTC. */
function endIn(answer: Answer): Date | undefined {
    const text = answer instanceof Error ? null : answer.headers.get("github-authentication-token-expiration");
    const end = text === null ? NaN : Date.parse(text);
    return Number.isNaN(end) ? undefined : new Date(end);
}

function faultSeconds(answer: Answer, attempt: number): number | undefined {
    return answer instanceof Error || answer.status >= 500 ? 2 ** attempt : undefined;
}

/**
 * Seconds until a request that a rate limit refused may be made again; undefined if no limit refused it. Without a word
 * of GitHub on it: a minute, and twice as long each time.
 * @see https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#handle-rate-limit-errors-appropriately
 */
function limitSeconds(answer: Answer, attempt: number): number | undefined {
    if (answer instanceof Error) {
        return undefined;
    }
    const { status, headers, text } = answer;
    const asked = Number(headers.get("retry-after") ?? NaN);
    if (Number.isFinite(asked) && (status === 403 || status === 429 || status >= 500)) {
        return asked;
    }
    const isUsedUp = headers.get("x-ratelimit-remaining") === "0";
    if (status !== 429 && !(status === 403 && (isUsedUp || /rate limit/i.test(text)))) {
        return undefined;
    }
    const reset = Number(headers.get("x-ratelimit-reset") ?? NaN);
    // A second more, since the clocks of the two machines differ.
    return isUsedUp && Number.isFinite(reset)
        ? Math.max(1, Math.ceil(reset - Date.now() / 1000) + 1)
        : Math.min(60 * 2 ** attempt, longestWait);
}

function refusal(method: string, path: string, answer: Answer, limited: number | undefined): Error {
    if (answer instanceof Error) {
        return new Error(`GitHub: ${method} ${path}: no answer from api.github.com: ${whyUnreachable(answer)}`);
    }
    const { status } = answer;
    const advice = limited === undefined ? adviceOn(answer) : until(limited);
    return Object.assign(new Error(`GitHub: ${method} ${path}: ${status} ${messageOf(answer.text)}${advice}`), {
        status,
    });
}

function until(seconds: number): string {
    const time = new Date(Date.now() + seconds * 1000).toISOString().replace(/\.\d+Z$/, "Z");
    return `; this rate limit lasts until ${time}, run again then`;
}

/** What to do about a refusal, where GitHub's headers say more than its message. */
function adviceOn({ status, headers }: Exclude<Answer, Error>): string {
    if (status === 401) {
        return "; check the token in github:token or GITHUB_TOKEN, or the App in github:appAuth";
    }
    // https://docs.github.com/en/rest/authentication/authenticating-to-the-rest-api#authenticating-to-an-organization-that-uses-single-sign-on
    const signOn = /\burl=(\S+)/.exec(headers.get("x-github-sso") ?? "")?.[1];
    if (signOn !== undefined) {
        return `; the organisation wants single sign-on: authorise the token at ${signOn}`;
    }
    const accepted = headers.get("x-accepted-github-permissions");
    return status === 403 && accepted
        ? `; the token has too few permissions: grant it ${accepted} (docs/permissions.md)`
        : "";
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
