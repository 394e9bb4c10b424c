import type { FluxObject } from "./flux-status";

/**
 * Whether Ready of this object tells that a key of the stack works: the source fetches with the deploy key, and layer
 * `canary` is decrypted with each of the others. Ready from before an update was said of the keys from before it.
 */
export function provesKeys({ kind, metadata: { namespace, name } }: FluxObject): boolean {
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

/** Whether to ask for an attempt: what the object says now may be about keys or variables that are no longer there. */
export function wantsAttempt(object: FluxObject, asked: string): boolean {
    const ready = object.status?.conditions?.find(({ type }) => type === "Ready");
    const failed = object.kind === "Kustomization" && ready?.status === "False" && ready.reason === "BuildFailed";
    return object.spec?.suspend !== true && (provesKeys(object) || failed) && !attemptedSince(object, asked);
}
