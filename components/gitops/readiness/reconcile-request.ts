import type { FluxObject } from "./flux-status";

/**
 * Whether Ready of this object tells that a key of the stack works: the source fetches with the deploy key, and layer
 * `canary` is decrypted with each of the others. Ready from before an update was said of the keys from before it.
 */
export function dependsOnKeys({ kind, metadata: { namespace, name } }: FluxObject): boolean {
    const key = `${kind} ${namespace}/${name}`;
    return key === "GitRepository flux-system/flux-system" || key === "Kustomization flux-system/canary";
}

/**
 * Whether the object's controller has begun an attempt since `asked`, the time of a request in ISO 8601. A later request
 * by somebody else will do: controllers keep the newest alone.
 */
export function attemptedSince({ status }: FluxObject, asked: string): boolean {
    return Date.parse(status?.lastHandledReconcileAt ?? "") >= Date.parse(asked);
}

/** What has to have been tried anew before Ready counts, though neither revision nor generation has changed. */
export interface Freshness {
    /** Time of this update's request to reconcile, in ISO 8601. */
    readonly asked: string;
    /** When ConfigMap `cluster-vars` changed last, by the API server's clock, in ISO 8601. */
    readonly variablesChanged: string;
}

/** Why Ready of this object is about keys or variables from before, or undefined if it is about the present ones. */
export function staleReason(object: FluxObject, since: Freshness): string | undefined {
    if (dependsOnKeys(object) && !attemptedSince(object, since.asked)) {
        return "waiting for an attempt with this update's keys";
    }
    return builtBefore(object, since.variablesChanged)
        ? "waiting for an attempt with the present cluster-vars"
        : undefined;
}

/** Whether the newest attempt began before a time. Flux notes when it ended, in whole seconds, and how long it took. */
function builtBefore({ spec, status }: FluxObject, time: string): boolean {
    const isFilled = spec?.postBuild?.substituteFrom?.some(({ name }) => name === "cluster-vars");
    const newest = status?.history?.[0];
    if (!isFilled || !newest) {
        return false;
    }
    return Date.parse(newest.lastReconciled) - milliseconds(newest.lastReconciledDuration) <= Date.parse(time);
}

/** A duration as Go prints it, such as `1m2.5s` or `840ms`. */
function milliseconds(duration: string): number {
    const units: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };
    const parts = [...duration.matchAll(/([\d.]+)(ms|h|m|s)/g)];
    return parts.reduce((sum, [, value, unit]) => sum + Number(value) * (units[unit ?? ""] ?? 0), 0);
}

/** Whether to ask for an attempt: what the object says now may be about keys or variables that are no longer there. */
export function needsReconcile(object: FluxObject, since: Freshness): boolean {
    const ready = object.status?.conditions?.find(({ type }) => type === "Ready");
    const failed = object.kind === "Kustomization" && ready?.status === "False" && ready.reason === "BuildFailed";
    const isPast = ready?.status === "True" && staleReason(object, since) !== undefined;
    const wanted = dependsOnKeys(object) || failed || isPast;
    return object.spec?.suspend !== true && wanted && !attemptedSince(object, since.asked);
}
