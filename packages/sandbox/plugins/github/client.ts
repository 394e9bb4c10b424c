import type { Properties } from "../provider";

export interface Answer {
    readonly status: number;
    readonly body: Properties;
    readonly etag: string;
}

/** A refusal of the REST API, worded as the real provider words it. */
export class GitHubError extends Error {
    constructor(
        readonly status: number,
        method: string,
        url: string,
        body: Properties,
    ) {
        const details = body.errors === undefined ? "" : ` ${JSON.stringify(body.errors)}`;
        super(`${method} ${url}: ${status} ${String(body.message)}${details}`);
    }
}

/** Sends a request: `fetch`, or what a test puts in its place. */
export type Transport = (url: string, init: RequestInit) => Promise<Response>;

/** The REST API as the provider uses it, for one owner. */
export class GitHubClient {
    constructor(
        readonly owner: string,
        /** Gives the token; of an App, that of its installation. */
        private readonly token: () => Promise<string | undefined>,
        private readonly baseUrl: string,
        private readonly transport: Transport,
    ) {}

    /** @throws GitHubError for every answer above 299. */
    async send(method: string, path: string, body?: unknown): Promise<Answer> {
        const url = new URL(path.replace(/^\//, ""), this.baseUrl).href;
        const token = await this.token();
        const response = await this.transport(url, {
            method,
            headers: {
                accept: "application/vnd.github+json",
                "content-type": "application/json",
                "user-agent": "pulumi-github",
                "x-github-api-version": "2022-11-28",
                ...(token !== undefined && { authorization: `Bearer ${token}` }),
            },
            ...(body !== undefined && { body: JSON.stringify(body) }),
        });
        const text = await response.text();
        const parsed = parse(text);
        if (!response.ok) {
            throw new GitHubError(response.status, method, url, parsed);
        }
        return { status: response.status, body: parsed, etag: response.headers.get("etag") ?? "" };
    }

    /** The answer, or undefined when there is no such thing. */
    async find(path: string): Promise<Answer | undefined> {
        try {
            return await this.send("GET", path);
        } catch (error) {
            if (error instanceof GitHubError && error.status === 404) {
                return undefined;
            }
            throw error;
        }
    }

    /** Path below a repository of the owner. */
    repository(name: unknown, rest = ""): string {
        return `/repos/${encodeURIComponent(this.owner)}/${encodeURIComponent(String(name))}${rest}`;
    }
}

function parse(text: string): Properties {
    if (text === "") {
        return {};
    }
    try {
        return JSON.parse(text) as Properties;
    } catch {
        return { message: text };
    }
}
