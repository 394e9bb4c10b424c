/** A small client of the API server for the sandbox's own use: JSON in and out, and watches that survive reconnects. */
import { Agent, request as httpsRequest, type RequestOptions } from "node:https";
import type { IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

export interface Metadata {
    readonly name: string;
    readonly namespace?: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
    readonly deletionGracePeriodSeconds?: number;
}

export interface KubernetesObject {
    readonly apiVersion?: string;
    readonly kind?: string;
    readonly metadata: Metadata;
}

export interface ApiOptions {
    /** https URL of the API server. */
    readonly server: string;
    readonly caPem: string;
    readonly token: string;
}

/** The API server's refusal: `status` is the HTTP status, the message is the server's. */
export class ApiError extends Error {
    constructor(
        readonly status: number,
        message: string,
    ) {
        super(message);
    }
}

export class KubernetesApi {
    private readonly agent: Agent;

    constructor(private readonly options: ApiOptions) {
        this.agent = new Agent({ keepAlive: true, ca: options.caPem });
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

    /** Server-side apply under the name `landfall-sandbox`. */
    apply<T>(path: string, object: object): Promise<T> {
        const query = "?fieldManager=landfall-sandbox&force=true";
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

    /** Deletes, taking "not found" and "another object by now" (409 on the uid) for done. */
    async delete(path: string, options: object = {}): Promise<void> {
        await this.send("DELETE", path, options).catch((error: unknown) => {
            if (!(error instanceof ApiError) || (error.status !== 404 && error.status !== 409)) {
                throw error;
            }
        });
    }

    /** Whether the API server says it is ready. Throws when it does not answer. */
    async ready(): Promise<boolean> {
        return (await this.open("GET", "/readyz")).statusCode === 200;
    }

    /**
     * Lists a collection, then follows it until `signal` aborts. `changed` gets every object now and later, `deleted`
     * those that are gone; both may hear of the same object twice. A lost connection or an expired version (410) is
     * followed by a new list.
     */
    async follow<T extends KubernetesObject>(path: string, handler: WatchHandler<T>, signal: AbortSignal) {
        const known = new Map<string, T>();
        while (!signal.aborted) {
            try {
                let version = await this.relist(path, known, handler, signal);
                while (!signal.aborted) {
                    version = await this.watchFrom(path, version, known, handler, signal);
                }
            } catch (error) {
                if (!signal.aborted) {
                    handler.failed(error);
                    await sleep(500, undefined, { signal }).catch(() => undefined);
                }
            }
        }
    }

    close(): void {
        this.agent.destroy();
    }

    private async relist<T extends KubernetesObject>(
        path: string,
        known: Map<string, T>,
        handler: WatchHandler<T>,
        signal: AbortSignal,
    ) {
        const response = await this.open("GET", path, { signal });
        if (response.statusCode !== 200) {
            throw await errorOf(response, `GET ${path}`);
        }
        const list = JSON.parse(await text(response)) as { metadata: { resourceVersion: string }; items: T[] };
        const present = new Set(list.items.map((item) => item.metadata.uid));
        for (const [uid, item] of known) {
            if (!present.has(uid)) {
                known.delete(uid);
                handler.deleted(item);
            }
        }
        for (const item of list.items) {
            known.set(item.metadata.uid, item);
            handler.changed(item);
        }
        return list.metadata.resourceVersion;
    }

    private async watchFrom<T extends KubernetesObject>(
        path: string,
        from: string,
        known: Map<string, T>,
        handler: WatchHandler<T>,
        signal: AbortSignal,
    ): Promise<string> {
        const query = `watch=true&allowWatchBookmarks=true&resourceVersion=${from}`;
        const response = await this.open("GET", `${path}${path.includes("?") ? "&" : "?"}${query}`, { signal });
        if (response.statusCode !== 200) {
            throw await errorOf(response, `GET ${path}`);
        }
        let version = from;
        for await (const line of lines(response)) {
            const { type, object } = JSON.parse(line) as { type: string; object: T };
            if (type === "ERROR") {
                throw new ApiError(410, JSON.stringify(object));
            }
            version = object.metadata.resourceVersion;
            if (type === "DELETED") {
                known.delete(object.metadata.uid);
                handler.deleted(object);
            } else if (type !== "BOOKMARK") {
                known.set(object.metadata.uid, object);
                handler.changed(object);
            }
        }
        return version;
    }

    private async send<T>(method: string, path: string, body?: object, contentType?: string): Promise<T> {
        const response = await this.open(method, path, {}, body, contentType);
        if ((response.statusCode ?? 0) >= 300) {
            throw await errorOf(response, `${method} ${path}`);
        }
        return JSON.parse(await text(response)) as T;
    }

    private open(
        method: string,
        path: string,
        extra: RequestOptions = {},
        body?: object,
        contentType = "application/json",
    ): Promise<IncomingMessage> {
        const { server, token } = this.options;
        const content = body && Buffer.from(JSON.stringify(body));
        const headers = {
            authorization: `Bearer ${token}`,
            // Node gives the body of a DELETE no length by itself, and the server would not read it.
            ...(content && { "content-type": contentType, "content-length": content.length }),
        };
        return new Promise((resolve, reject) => {
            const options = { ...extra, method, headers, agent: this.agent };
            const request = httpsRequest(new URL(path, server), options, resolve);
            request.on("error", reject);
            request.end(content);
        });
    }
}

export interface WatchHandler<T> {
    changed(object: T): void;
    deleted(object: T): void;
    /** A list or watch failed and will be tried again. */
    failed(error: unknown): void;
}

/** Throws when the connection ends in the middle of an answer. */
async function* lines(response: IncomingMessage): AsyncGenerator<string> {
    let rest = "";
    for await (const chunk of response.setEncoding("utf8")) {
        const parts = (rest + (chunk as string)).split("\n");
        rest = parts.pop() ?? "";
        yield* parts;
    }
}

async function errorOf(response: IncomingMessage, what: string): Promise<ApiError> {
    const body = await text(response);
    let message = body;
    try {
        message = (JSON.parse(body) as { message?: string }).message ?? body;
    } catch {
        // Not a Status object: the body is all there is to say.
    }
    return new ApiError(response.statusCode ?? 0, `${what}: ${response.statusCode} ${message}`);
}

async function text(response: IncomingMessage): Promise<string> {
    const chunks: Buffer[] = [];
    for await (const chunk of response) {
        chunks.push(chunk as Buffer);
    }
    return Buffer.concat(chunks).toString("utf8");
}
