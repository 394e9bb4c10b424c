import type { Manifest } from "../team";

/** The platform's namespace. */
export const platform = "flux-system";

/** A team's attempt to reach what is not its own, by a commit to its own repository. */
export interface Escape {
    /** Completes "a tenant is refused …". */
    readonly title: string;
    /** The object of the team that tells of the refusal. */
    readonly object: Manifest;
    /** What that object applies, in a folder of its own. */
    readonly applies?: readonly Manifest[];
    readonly message: RegExp;
    /** The condition that tells; `Ready` when false by default. */
    readonly condition?: readonly [type: string, status: string];
}

/**
 * A Kustomization that the team makes itself, beside the one that the platform made for it, with or without a service
 * account.
 */
export function kustomization(name: string, spec: Record<string, unknown>, namespace?: string): Manifest {
    return {
        apiVersion: "kustomize.toolkit.fluxcd.io/v1",
        kind: "Kustomization",
        metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
        spec: {
            interval: "10m",
            prune: true,
            path: `./${name}`,
            sourceRef: { kind: "GitRepository", name: "team" },
            ...spec,
        },
    };
}

/**
 * An escape by what a Kustomization of the team applies, with no target namespace that would move it into the team's.
 */
export function applying(name: string, title: string, manifest: Manifest, message: RegExp): Escape {
    return { title, object: kustomization(name, { serviceAccountName: "flux" }), applies: [manifest], message };
}

/** A release that the team makes itself. */
export function release(name: string, spec: Record<string, unknown>): Manifest {
    return {
        apiVersion: "helm.toolkit.fluxcd.io/v2",
        kind: "HelmRelease",
        metadata: { name },
        spec: { interval: "10m", serviceAccountName: "flux", ...spec },
    };
}

/** Something harmless. */
export const configMap = (name: string, namespace?: string): Manifest => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
    data: { from: "team-example" },
});
