import type { FluxObject } from "../../components/gitops/readiness/flux-object";

const ready = { type: "Ready", status: "True", reason: "ReconciliationSucceeded", message: "Applied" };

/** A Flux object of namespace flux-system that follows the fleet repository: Ready at a commit, but for `over`. */
export function fluxObject(kind: string, name: string, commit: string, over: Partial<FluxObject> = {}): FluxObject {
    const revision = `staging@sha1:${commit}`;
    return {
        kind,
        metadata: { name, namespace: "flux-system", generation: 1 },
        spec: { sourceRef: { kind: "GitRepository", name: "flux-system" }, ...over.spec },
        status: {
            observedGeneration: 1,
            conditions: [ready],
            ...(kind === "GitRepository" ? { artifact: { revision } } : { lastAppliedRevision: revision }),
            ...over.status,
        },
    };
}

/** A condition that says why an object is not Ready. */
export function failing(reason: string, message: string, type = "Ready", status = "False") {
    return { type, status, reason, message };
}

/** Source and root Kustomization, Ready at a commit, and more objects. */
export function fluxStatus(commit: string, ...more: readonly FluxObject[]): FluxObject[] {
    return [
        fluxObject("GitRepository", "flux-system", commit),
        fluxObject("Kustomization", "flux-system", commit),
        ...more,
    ];
}
