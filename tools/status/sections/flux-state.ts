import { fluxNamespace } from "../../../components/gitops/flux-names";
import { conditionOf, type FluxObject } from "../../../components/gitops/readiness/flux-object";
import type { ObjectStatus } from "../../../components/gitops/readiness/flux-status";
import type { State } from "../status";

/** Reasons of a condition that is not true for the time being. */
const passing = /^(Progressing|ProgressingWithRetry|NotReconciled|ReconciliationInProgress)$/;

/** The state of an object of Flux, by its own condition and by what `evaluate` makes of it. */
export function stateOf(object: FluxObject, status: ObjectStatus | undefined): State {
    if (object.spec?.suspend === true) {
        return "suspended";
    }
    if (status?.ready === true || isCheckedAgain(object)) {
        return "ready";
    }
    const condition = conditionOf(object, "Ready");
    if (condition?.reason === "DependencyNotReady") {
        return "waiting";
    }
    return condition?.status === "False" && !passing.test(condition.reason) ? "failed" : "working";
}

/** Whether a Kustomization that was healthy at this very revision is looked at again, as it is every few minutes. */
function isCheckedAgain({ kind, metadata, status }: FluxObject): boolean {
    const condition = status?.conditions?.find(({ type }) => type === "Ready");
    return (
        kind === "Kustomization" &&
        condition?.status === "Unknown" &&
        status?.observedGeneration === metadata.generation &&
        status.lastAppliedRevision !== undefined &&
        status.lastAppliedRevision === status.lastAttemptedRevision
    );
}

/** The layer that an object of the platform was applied by; empty if it is no layer's. */
export function layerOf({ metadata }: FluxObject): string {
    const { labels } = metadata;
    return labels?.["kustomize.toolkit.fluxcd.io/namespace"] === fluxNamespace
        ? (labels["kustomize.toolkit.fluxcd.io/name"] ?? "")
        : "";
}

/** Kind, namespace and name. */
export function nameOf({ kind, metadata }: FluxObject): string {
    return `${kind} ${metadata.namespace}/${metadata.name}`;
}
