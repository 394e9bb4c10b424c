import { request as httpRequest } from "node:http";
import type { IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import type { RequestOptions } from "node:https";

import type { KubeConfig } from "@kubernetes/client-node";

const requestTimeoutMilliseconds = 30_000;

/** The API server's answer to a request that it refused (`Status` of the Kubernetes API). */
export class ApiError extends Error {
    constructor(
        readonly status: number,
        message: string,
        /** Machine-readable, such as `AlreadyExists` or `Conflict`; empty when there was none. */
        readonly reason = "",
    ) {
        super(message);
    }
}

/** The API server did not answer, or there were no credentials to ask it with. */
export class UnreachableError extends Error {}

export interface ApiRequest {
    readonly method: "GET" | "PATCH" | "POST" | "DELETE";
    readonly path: string;
    readonly query?: Readonly<Record<string, string>>;
    readonly body?: unknown;
    readonly contentType?: string;
}

/** Requests to one API server, with the credentials of a kubeconfig. */
export class ApiClient {
    constructor(
        private readonly config: KubeConfig,
        /** What the API server warns of, such as a deprecated version. */
        private readonly onWarning: (text: string) => void,
    ) {}

    /**
     * The body of the answer.
     *
     * @throws ApiError for an answer other than success; UnreachableError when there is none, or it was 401.
     */
    async send<T>(call: ApiRequest): Promise<T> {
        const server = this.config.getCurrentCluster()?.server ?? "";
        const url = new URL(server.replace(/\/$/, "") + call.path);
        url.search = new URLSearchParams(call.query).toString();
        const headers: Record<string, string> = { accept: "application/json" };
        if (call.body !== undefined) {
            headers["content-type"] = call.contentType ?? "application/json";
        }
        const options: RequestOptions = { method: call.method, headers, timeout: requestTimeoutMilliseconds };
        await this.authenticate(options, server);
        const { response, text } = await exchange(url, options, call.body);
        this.warnings(response);
        const status = response.statusCode ?? 0;
        if (status === 401) {
            throw new UnreachableError(`${server} did not accept the kubeconfig's credentials (401 Unauthorized)`);
        }
        if (status >= 300) {
            throw apiError(status, text);
        }
        return JSON.parse(text) as T;
    }

    private async authenticate(options: RequestOptions, server: string): Promise<void> {
        try {
            await this.config.applyToHTTPSOptions(options);
        } catch (error) {
            throw new UnreachableError(`there are no credentials for ${server}: ${(error as Error).message.trim()}`);
        }
    }

    private warnings(response: IncomingMessage): void {
        const header = [response.headers["warning"] ?? []].flat().join(", ");
        for (const [, text] of header.matchAll(/299 - "((?:[^"\\]|\\.)*)"/g)) {
            this.onWarning(JSON.parse(`"${text}"`) as string);
        }
    }
}

function exchange(
    url: URL,
    options: RequestOptions,
    body: unknown,
): Promise<{ response: IncomingMessage; text: string }> {
    return new Promise((resolve, reject) => {
        const fail = (error: Error): void =>
            reject(new UnreachableError(`${url.origin} cannot be reached: ${error.message}`));
        const send = url.protocol === "http:" ? httpRequest : httpsRequest;
        const request = send(url, options, (response) => {
            const chunks: Buffer[] = [];
            response.on("data", (chunk: Buffer) => chunks.push(chunk));
            response.on("error", fail);
            response.on("end", () => resolve({ response, text: Buffer.concat(chunks).toString("utf8") }));
        });
        request.on("error", fail);
        request.on("timeout", () => request.destroy(new Error(`no answer in ${requestTimeoutMilliseconds / 1000} s`)));
        request.end(body === undefined ? undefined : JSON.stringify(body));
    });
}

function apiError(status: number, text: string): ApiError {
    try {
        const { message, reason } = JSON.parse(text) as { message?: string; reason?: string };
        return new ApiError(status, message ?? text, reason);
    } catch {
        // Not a Status: a proxy's answer, or the API server's own for an unknown path.
        return new ApiError(status, text.trim() || `HTTP ${status}`);
    }
}
