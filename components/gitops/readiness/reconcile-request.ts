import { clusterVarsName, decryptionCheckLayer, fluxNamespace, rootName, secretVarsName } from "../flux-names";
import { conditionOf, type FluxObject, keyOf } from "./flux-object";

/**
 * Whether the Ready condition of this object proves that a key of the stack works: the root source fetches with the
 * deploy key, and the decryption check is decrypted with each of the others. A condition from before an update proves
 * the keys from before it.
 */
export function dependsOnKeys(object: FluxObject): boolean {
    const name = `${object.kind} ${keyOf(object)}`;
    return (
        name === `GitRepository ${fluxNamespace}/${rootName}` ||
        name === `Kustomization ${fluxNamespace}/${decryptionCheckLayer}`
    );
}

/**
 * Whether the object's controller has started an attempt since `asked`, the time of a request in ISO 8601. A later
 * request by somebody else counts too: controllers keep only the newest.
 */
export function attemptedSince({ status }: FluxObject, asked: string): boolean {
    return Date.parse(status?.lastHandledReconcileAt ?? "") >= Date.parse(asked);
}

/** The times after which an attempt counts, even though revision and generation may not have changed. */
export interface Freshness {
    /** When this update asked Flux to reconcile, in ISO 8601. */
    readonly asked: string;
    /** When ConfigMap `cluster-vars` last changed, by the API server's clock, in ISO 8601. */
    readonly variablesChanged: string;
    /** When what layer `canary` applies last changed, Secret `secret-vars` among it; undefined if it is not there. */
    readonly secretsChanged?: string | undefined;
}

/** When the Secrets of layer `canary` last changed, in ISO 8601. */
export function secretsChanged(objects: readonly FluxObject[]): string | undefined {
    const layer = objects.find(
        (object) => object.kind === "Kustomization" && keyOf(object) === `${fluxNamespace}/${decryptionCheckLayer}`,
    );
    return layer?.status?.history?.[0]?.firstReconciled;
}

/** Why the object's Ready condition is about earlier keys or variables; undefined if it is about the present ones. */
export function staleReason(object: FluxObject, freshness: Freshness): string | undefined {
    if (dependsOnKeys(object) && !attemptedSince(object, freshness.asked)) {
        return "waiting for an attempt with this update's keys";
    }
    const changes: Readonly<Record<string, string | undefined>> = {
        [clusterVarsName]: freshness.variablesChanged,
        [secretVarsName]: freshness.secretsChanged,
    };
    const changed = object.spec?.postBuild?.substituteFrom?.find(({ name }) => builtBefore(object, changes[name]));
    return changed && `waiting for an attempt with the present ${changed.name}`;
}

/** Whether the newest attempt started before a time. Flux records when it ended, in whole seconds, and its duration. */
function builtBefore({ status }: FluxObject, time: string | undefined): boolean {
    const newest = status?.history?.[0];
    if (time === undefined || !newest) {
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

/** Whether to ask for an attempt: the object's status may be about keys or variables that are gone. */
export function needsReconcile(object: FluxObject, freshness: Freshness): boolean {
    const ready = conditionOf(object, "Ready");
    const failed = object.kind === "Kustomization" && ready?.status === "False" && ready.reason === "BuildFailed";
    const stale = ready?.status === "True" && staleReason(object, freshness) !== undefined;
    const wanted = dependsOnKeys(object) || failed || stale;
    return object.spec?.suspend !== true && wanted && !attemptedSince(object, freshness.asked);
}
