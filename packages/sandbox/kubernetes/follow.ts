import type { IncomingMessage } from "node:http";
import { json } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import type { KubernetesApi } from "./api";
import { ApiError } from "./api-error";
import type { KubernetesObject } from "./object";

const retryMs = 500;

export interface WatchHandler<T> {
    changed(object: T): void;
    deleted(object: T): void;
    /** A list or watch failed, and is tried again. */
    failed(error: unknown): void;
}

/** A collection that is followed, with the objects known of it by uid. */
interface Collection<T> {
    readonly api: KubernetesApi;
    readonly path: string;
    readonly handler: WatchHandler<T>;
    readonly signal: AbortSignal;
    readonly known: Map<string, T>;
}

/**
 * Lists the collection at `path`, then watches it until `signal` aborts. `changed` gets every object now and later,
 * `deleted` those that are gone; both may hear of the same object twice. After a lost connection or an expired version
 * (410) the collection is listed again.
 */
export async function follow<T extends KubernetesObject>(
    api: KubernetesApi,
    path: string,
    handler: WatchHandler<T>,
    signal: AbortSignal,
): Promise<void> {
    const collection: Collection<T> = { api, path, handler, signal, known: new Map() };
    while (!signal.aborted) {
        try {
            let version = await list(collection);
            while (!signal.aborted) {
                version = await watch(collection, version);
            }
        } catch (error) {
            if (!signal.aborted) {
                handler.failed(error);
                await sleep(retryMs, undefined, { signal }).catch(() => undefined);
            }
        }
    }
}

/** Gives the version of the list, from which to watch. */
async function list<T extends KubernetesObject>(collection: Collection<T>): Promise<string> {
    const { api, path, handler, signal, known } = collection;
    const answer = (await json(await api.stream(path, signal))) as {
        metadata: { resourceVersion: string };
        items: T[];
    };
    const present = new Set(answer.items.map((item) => item.metadata.uid));
    for (const [uid, item] of known) {
        if (!present.has(uid)) {
            known.delete(uid);
            handler.deleted(item);
        }
    }
    for (const item of answer.items) {
        known.set(item.metadata.uid, item);
        handler.changed(item);
    }
    return answer.metadata.resourceVersion;
}

/** Gives the version from which to watch on when the server ends the watch. */
async function watch<T extends KubernetesObject>(collection: Collection<T>, from: string): Promise<string> {
    const { api, path, handler, signal, known } = collection;
    const query = `watch=true&allowWatchBookmarks=true&resourceVersion=${from}`;
    let version = from;
    for await (const line of lines(await api.stream(`${path}?${query}`, signal))) {
        const { type, object } = JSON.parse(line) as { type: string; object: T };
        if (type === "ERROR") {
            throw new ApiError(`watch of ${path}`, 410, JSON.stringify(object));
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

/** Throws when the connection ends in the middle of an answer. */
async function* lines(response: IncomingMessage): AsyncGenerator<string> {
    let rest = "";
    for await (const chunk of response.setEncoding("utf8")) {
        const parts = (rest + (chunk as string)).split("\n");
        rest = parts.pop() ?? "";
        yield* parts;
    }
}
