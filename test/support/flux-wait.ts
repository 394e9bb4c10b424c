import * as assert from "node:assert/strict";
import type { FluxObject } from "../../components/gitops/readiness/flux-object";
import { type FluxWait, type FluxWaitArgs, waitForFlux } from "../../components/gitops/readiness/flux-wait";
import { withoutWaiting } from "./time";

/** The commit that a wait is for. */
export const ours = "c0ffee";

/** What a poll finds: the objects of the cluster, or that the question failed. */
export type Poll = readonly FluxObject[] | Error;

export interface Wait {
    readonly outcome: FluxWait;
    readonly progress: readonly string[];
    readonly polls: number;
    readonly seconds: number;
    /** The objects that Flux was asked to reconcile. */
    readonly requests: readonly string[];
}

type Changes = Partial<Omit<FluxWaitArgs, "cluster">> & { readonly cluster?: Partial<FluxWaitArgs["cluster"]> };

/** Waits for a cluster that a poll finds in one state after the other, and in the last one for ever. */
export async function wait(states: readonly Poll[], over: Changes = {}): Promise<Wait> {
    const progress: string[] = [];
    let polls = 0;
    const requests: string[] = [];
    const handled = new Map<string, string>();
    const cluster: FluxWaitArgs["cluster"] = {
        fluxObjects: () => answer(states[Math.min(polls++, states.length - 1)] ?? [], handled),
        configMapChanged: () => Promise.resolve("2026-01-01T00:00:00.000Z"),
        lastWarning: () => Promise.resolve(undefined),
        requestReconciliation: (kind, _, name, at) => {
            requests.push(`${kind} ${name}`);
            handled.set(`${kind} ${name}`, at);
            return Promise.resolve();
        },
        ...over.cluster,
    };
    return withoutWaiting(async (waited) => {
        const outcome = await waitForFlux({
            commit: ours,
            isSuccessor: () => Promise.resolve(false),
            timeoutMinutes: 1,
            progress: (line) => progress.push(line),
            ...over,
            cluster,
        });
        return { outcome, progress, polls, requests, seconds: waited.reduce((sum, one) => sum + one, 0) };
    });
}

function answer(poll: Poll, handled: ReadonlyMap<string, string>): Promise<FluxObject[]> {
    if (poll instanceof Error) {
        return Promise.reject(poll);
    }
    const objects = poll.map((object) => {
        const at = handled.get(`${object.kind} ${object.metadata.name}`);
        return at === undefined ? object : { ...object, status: { ...object.status, lastHandledReconcileAt: at } };
    });
    return Promise.resolve(objects);
}

export function messageOf({ outcome }: Wait): string {
    assert.ok(!outcome.ready, "it became ready");
    return outcome.problem;
}

export function readinessOf({ outcome }: Pick<Wait, "outcome">): Extract<FluxWait, { ready: true }> {
    if (!outcome.ready) {
        throw new Error(outcome.problem);
    }
    return outcome;
}

export const handledAt = (object: FluxObject, at: string): FluxObject => {
    return { ...object, status: { ...object.status, lastHandledReconcileAt: at } };
};
