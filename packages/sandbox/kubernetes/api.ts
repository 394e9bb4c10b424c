/** A small client of the Kubernetes API: JSON in and out. The library's client is not used: see CONTRIBUTING.md. */
import { type IncomingMessage, request as httpRequest } from "node:http";
import { request as httpsRequest, type RequestOptions } from "node:https";
import { text } from "node:stream/consumers";
import { type ApiAccess, impersonating } from "./access";
import { ApiError, UnreachableError } from "./api-error";

const requestTimeoutMs = 30_000;

export interface FieldManager {
    /** The name under which the API server records who owns a field. */
    readonly name: string;
    /** Whether to take over fields that belong to others, instead of failing with `Conflict`. */
    readonly force: boolean;
}

const sandboxManager: FieldManager = { name: "landfall-sandbox", force: true };

/**
 * Requests to one API server. Every method throws an ApiError for a refusal, and an UnreachableError when the server
 * does not answer or answers 401.
 */
export class KubernetesApi {
    constructor(
        private readonly access: ApiAccess,
        /** Hears what the API server warns of, such as a deprecated version. */
        private readonly warn: (message: string) => void = () => undefined,
    ) {}

    /** The same API in the name of a service account, with its rights and no others. Needs no closing. */
    asServiceAccount(namespace: string, name: string): KubernetesApi {
        return new KubernetesApi(impersonating(this.access, `system:serviceaccount:${namespace}:${name}`), this.warn);
    }

    get<T>(path: string): Promise<T> {
        return this.send("GET", path);
    }

    /** The object, or undefined when there is none. */
    async find<T>(path: string): Promise<T | undefined> {
        return this.get<T>(path).catch((error: unknown) => {
            if (error instanceof ApiError && error.status === 404) {
                return undefined;
            }
            throw error;
        });
    }

    create<T>(path: string, object: object): Promise<T> {
        return this.send("POST", path, object);
    }

    /** Server-side apply, by default as `landfall-sandbox` and by force. */
    apply<T>(path: string, object: object, manager: FieldManager = sandboxManager): Promise<T> {
        const query = `?fieldManager=${manager.name}&force=${manager.force}`;
        return this.send("PATCH", `${path}${query}`, object, "application/apply-patch+yaml");
    }

    /** Strategic merge: lists with a merge key, such as conditions, keep the entries that are not named. */
    patch<T>(path: string, patch: object): Promise<T> {
        return this.send("PATCH", path, patch, "application/strategic-merge-patch+json");
    }

    /** JSON merge, the only kind of merge that custom resources have: lists are replaced, null removes a field. */
    merge<T>(path: string, patch: object): Promise<T> {
        return this.send("PATCH", path, patch, "application/merge-patch+json");
    }

    /**
     * Deletes an object. Does nothing when it is not there, or when another object has its name by now
     * (`preconditions`).
     *
     * @param options DeleteOptions of the API.
     */
    async delete(path: string, options: object = {}): Promise<void> {
        await this.send("DELETE", path, options).catch((error: unknown) => {
            const status = error instanceof ApiError ? error.status : 0;
            if (status !== 404 && !(status === 409 && "preconditions" in options)) {
                throw error;
            }
        });
    }

    /** Whether the API server says that it is ready. */
    async ready(): Promise<boolean> {
        const response = await this.open("GET", "/readyz", { timeout: requestTimeoutMs });
        response.resume();
        return response.statusCode === 200;
    }

    /** The body of a long answer, such as a watch. There is no timeout. */
    async stream(path: string, signal: AbortSignal): Promise<IncomingMessage> {
        const response = await this.open("GET", path, { signal });
        await this.check(response, `GET ${path}`);
        return response;
    }

    close(): void {
        this.access.close?.();
    }

    private async send<T>(method: string, path: string, body?: object, contentType?: string): Promise<T> {
        const response = await this.open(method, path, { timeout: requestTimeoutMs }, body, contentType);
        await this.check(response, `${method} ${path}`);
        return JSON.parse(await this.read(response)) as T;
    }

    private async open(
        method: string,
        path: string,
        extra: RequestOptions,
        body?: object,
        contentType = "application/json",
    ): Promise<IncomingMessage> {
        const { server } = this.access;
        const content = body && Buffer.from(JSON.stringify(body));
        const headers = {
            // Some documents, such as the keys of the issuer, come as another kind of JSON.
            accept: "application/json, */*",
            // Node gives the body of a DELETE no length by itself, and the server would not read it.
            ...(content && { "content-type": contentType, "content-length": content.length }),
        };
        const options = { ...extra, method, headers };
        await this.access.authenticate(options).catch((error: Error) => {
            throw new UnreachableError(`there are no credentials for ${server}: ${error.message.trim()}`);
        });
        const url = new URL(server.replace(/\/$/, "") + path);
        return exchange(url, options, content).catch((error: Error) => Promise.reject(this.unreachable(error)));
    }

    private async check(response: IncomingMessage, request: string): Promise<void> {
        for (const message of warningsOf(response)) {
            this.warn(message);
        }
        const status = response.statusCode ?? 0;
        if (status === 401) {
            response.resume();
            throw new UnreachableError(`${this.access.server} did not accept the credentials (401 Unauthorized)`);
        }
        if (status >= 300) {
            throw refusal(request, status, await this.read(response));
        }
    }

    private read(response: IncomingMessage): Promise<string> {
        return text(response).catch((error: Error) => Promise.reject(this.unreachable(error)));
    }

    private unreachable(error: Error): UnreachableError {
        return new UnreachableError(`${new URL(this.access.server).origin} cannot be reached: ${error.message}`);
    }
}

/** Sends a request, and sends it again when the server had just closed the connection that was kept for it. */
function exchange(url: URL, options: RequestOptions, content: Buffer | undefined): Promise<IncomingMessage> {
    const send = url.protocol === "http:" ? httpRequest : httpsRequest;
    return new Promise((resolve, reject) => {
        const request = send(url, options, resolve);
        request.on("error", (error: NodeJS.ErrnoException) => {
            if (request.reusedSocket && error.code === "ECONNRESET" && options.signal?.aborted !== true) {
                exchange(url, options, content).then(resolve, reject);
            } else {
                reject(error);
            }
        });
        request.on("timeout", () => request.destroy(new Error(`no answer in ${requestTimeoutMs / 1000} s`)));
        request.end(content);
    });
}

function warningsOf({ headers }: IncomingMessage): string[] {
    const header = [headers.warning ?? []].flat().join(", ");
    return [...header.matchAll(/299 - ("(?:[^"\\]|\\.)*")/g)].map(([, quoted = '""']) => JSON.parse(quoted) as string);
}

function refusal(request: string, status: number, body: string): ApiError {
    try {
        const { message, reason } = JSON.parse(body) as { message?: string; reason?: string };
        return new ApiError(request, status, message ?? body, reason);
    } catch {
        // Not a Status: the answer of a proxy, or the API server's own for an unknown path.
        return new ApiError(request, status, body.trim() || `HTTP ${status}`);
    }
}
