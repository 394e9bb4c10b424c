import { setTimeout as sleep } from "node:timers/promises";
import type { Cluster } from "./cluster";
import { type Condition, describe, type ObjectReference, referenceTo, type ResourceObject } from "./object";
import type { Wait } from "./wait-for";

const shortestPauseMilliseconds = 200;
const longestPauseMilliseconds = 2000;
const shownEvents = 3;

/** A point in time to wait until, and the user's request to stop waiting. */
export class Deadline {
    readonly #end: number;
    #pause = shortestPauseMilliseconds;

    constructor(
        readonly seconds: number,
        readonly signal: AbortSignal,
    ) {
        this.#end = Date.now() + seconds * 1000;
    }

    /** Pauses, longer each time and until a cancellation at most, and says whether there was time left. */
    async pause(): Promise<boolean> {
        const left = this.#end - Date.now();
        if (left <= 0) {
            return false;
        }
        // Ended early by a cancellation, which is for the caller to see.
        await sleep(Math.min(this.#pause, left), undefined, { signal: this.signal }).catch(() => undefined);
        this.#pause = Math.min(this.#pause * 1.5, longestPauseMilliseconds);
        return true;
    }
}

/** The object once nothing is left to wait for, or as it was at the deadline with the reasons that it is not ready. */
export async function waitUntilReady(
    cluster: Cluster,
    applied: ResourceObject,
    waits: readonly Wait[],
    deadline: Deadline,
): Promise<{ object: ResourceObject; reasons: string[] }> {
    let object = applied;
    for (;;) {
        const missing = waits.map((wait) => wait(object)).filter((reason) => reason !== undefined);
        if (missing.length === 0) {
            return { object, reasons: [] };
        }
        if (deadline.signal.aborted) {
            return {
                object,
                reasons: [`The wait for ${describe(referenceTo(object))} was cancelled: ${missing.join("; ")}.`],
            };
        }
        if (!(await deadline.pause())) {
            return { object, reasons: await explain(cluster, object, missing, deadline) };
        }
        const found = await cluster.get(referenceTo(object));
        if (!found) {
            return { object, reasons: [`${describe(referenceTo(object))} was deleted while it was waited for.`] };
        }
        object = found;
    }
}

async function explain(
    cluster: Cluster,
    object: ResourceObject,
    missing: readonly string[],
    { seconds }: Deadline,
): Promise<string[]> {
    const reference = referenceTo(object);
    const events = await cluster.warningEvents(reference).catch((error: Error) => [`its events: ${error.message}`]);
    const conditions = (object.status?.conditions ?? []).map(conditionText);
    return [
        `${describe(reference)} exists but was not ready after ${seconds} s: ${missing.join("; ")}.`,
        ...conditions,
        ...events.slice(0, shownEvents),
    ];
}

function conditionText({ type, status, reason, message }: Condition): string {
    return `${type}=${status}${reason ? ` (${reason})` : ""}${message ? `: ${message}` : ""}`;
}

/** Waits until the object is gone, or another is there under its name. @throws an Error at the deadline. */
export async function waitUntilGone(
    cluster: Cluster,
    reference: ObjectReference,
    uid: string | undefined,
    deadline: Deadline,
): Promise<void> {
    for (;;) {
        const found = await cluster.get(reference);
        if (!found || (uid !== undefined && found.metadata.uid !== uid)) {
            return;
        }
        if (deadline.signal.aborted) {
            throw new Error(
                `The wait for the deletion of ${describe(reference)} was cancelled; it goes on in the cluster.`,
            );
        }
        if (!(await deadline.pause())) {
            // A namespace holds back its own deletion in its spec.
            const ofNamespace = found.kind === "Namespace" ? found.spec?.finalizers : undefined;
            const finalizers = [...(found.metadata.finalizers ?? []), ...((ofNamespace as string[] | undefined) ?? [])];
            const why = [
                finalizers.length > 0 ? `it waits for its finalizers ${finalizers.join(", ")}` : "it has no finalizers",
                ...(found.status?.conditions ?? []).map(conditionText),
            ].join("; ");
            throw new Error(`${describe(reference)} is still there ${deadline.seconds} s after its deletion: ${why}.`);
        }
    }
}
