import type { Manifest } from "../team";

/** The namespace of the team that makes the attempts. */
export const own = "team-example";

/** What says that the tenants' controllers reconcile an object; a team's Kustomization labels all that it applies. */
export const forTenants = { "sharding.fluxcd.io/key": "tenants" };

/** An object that the team asks the API server for, with the account that Flux acts as for it, and is not given. */
export interface Attempt {
    /** Completes "a tenant is refused …". */
    readonly title: string;
    readonly object: Manifest;
    readonly message: RegExp;
}

/** An attempt in the team's own namespace, or in the one that the metadata name. */
export function attempt(
    title: string,
    apiVersion: string,
    kind: string,
    content: Readonly<Record<string, unknown>>,
    message: RegExp,
    metadata: Readonly<Record<string, unknown>> = {},
): Attempt {
    const common = { name: "escape", namespace: own, labels: forTenants };
    const object = { apiVersion, kind, metadata: { ...common, ...metadata }, ...content };
    return { title, object, message };
}

/** What the API server says where admission refuses. */
export function denied(what: string): RegExp {
    return new RegExp(`denied request: ${what}`);
}

/** What the API server says where the team's role does not have it. */
export function forbidden(resource: string): RegExp {
    return new RegExp(`${resource}.* is forbidden: User "system:serviceaccount:${own}:flux" cannot `);
}
