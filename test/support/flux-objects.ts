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

/** Digest of what a layer's artifact holds, which most commits leave as it is. */
export const content = "latest@sha256:5afe";

/** A layer that is built from an artifact of its own, and that artifact, made of a commit: Ready, but for `over`. */
export function layerWithArtifact(
    name: string,
    commit: string,
    over: { readonly layer?: FluxObject["status"]; readonly artifact?: FluxObject["status"] } = {},
): FluxObject[] {
    const metadata = { "org.opencontainers.image.revision": `staging@sha1:${commit}` };
    const artifact = { revision: content, metadata };
    const conditions = [{ ...ready, observedGeneration: 1 }];
    return [
        fluxObject("Kustomization", name, commit, {
            spec: { sourceRef: { kind: "ExternalArtifact", name } },
            status: { lastAppliedRevision: content, lastAttemptedRevision: content, ...over.layer },
        }),
        {
            kind: "ExternalArtifact",
            metadata: { name, namespace: "flux-system", generation: 1 },
            status: { conditions, artifact, ...over.artifact },
        },
    ];
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
