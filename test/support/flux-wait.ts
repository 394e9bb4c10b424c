import * as assert from "node:assert/strict";
import { type Readiness, type ReadinessArgs, waitForFlux } from "../../components/gitops/readiness/flux-readiness";
import type { FluxObject } from "../../components/gitops/readiness/flux-status";
import { UserError } from "../../components/user-error";
import { withoutWaiting } from "./time";

/** The commit that a wait is for. */
export const ours = "c0ffee";

/** What a poll finds: the objects of the cluster, or that the question failed. */
export type Poll = readonly FluxObject[] | Error;

export interface Wait {
    readonly outcome: Readiness | Error;
    readonly progress: readonly string[];
    readonly polls: number;
    readonly seconds: number;
    /** The objects that Flux was asked to reconcile. */
    readonly requests: readonly string[];
}

type Changes = Partial<Omit<ReadinessArgs, "cluster">> & { readonly cluster?: Partial<ReadinessArgs["cluster"]> };

/** Waits for a cluster that a poll finds in one state after the other, and in the last one for ever. */
export async function wait(states: readonly Poll[], over: Changes = {}): Promise<Wait> {
    const progress: string[] = [];
    let polls = 0;
    const requests: string[] = [];
    const handled = new Map<string, string>();
    const cluster: ReadinessArgs["cluster"] = {
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
        }).catch((error: Error) => error);
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
    assert.ok(outcome instanceof UserError, "it became ready");
    return outcome.message;
}

export function readinessOf({ outcome }: Pick<Wait, "outcome">): Readiness {
    if (outcome instanceof Error) throw outcome;
    return outcome;
}

export const handledAt = (object: FluxObject, at: string): FluxObject => {
    return { ...object, status: { ...object.status, lastHandledReconcileAt: at } };
};
