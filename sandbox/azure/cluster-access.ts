/** What a SubjectAccessReview of an API server asks, as far as Azure RBAC for Kubernetes looks at it. */
export interface AccessReview {
    /** The object id of a principal in Entra; other users are none of Azure's. */
    readonly user: string;
    readonly groups: readonly string[];
    readonly verb?: string;
    /** API group; "" is the core. */
    readonly group?: string;
    readonly resource?: string;
    readonly subresource?: string;
    readonly namespace?: string;
    /** Of a request that is not for a resource, e.g. `/healthz`. */
    readonly path?: string;
}

const cluster = "Microsoft.ContainerService/managedClusters";
const verbs: Readonly<Record<string, string>> = {
    get: "read",
    list: "read",
    watch: "read",
    create: "write",
    update: "write",
    patch: "write",
    delete: "delete",
    deletecollection: "delete",
};

/** The data action that stands for a request: `…/apps/deployments/write`, `…/pods/exec/action`, `…/healthz/read`. */
export function dataActionOf({ verb = "get", group = "", resource, subresource, path = "" }: AccessReview): string {
    if (resource === undefined || resource === "") {
        const name = path.split("/").filter(Boolean)[0] ?? "api";
        return `${cluster}/${name}/${verbs[verb] ?? "read"}`;
    }
    const kind = [group, resource].filter((part) => part !== "").join("/");
    const known = verbs[verb];
    if (known === undefined) {
        return `${cluster}/${kind}/${verb}/action`;
    }
    const interactive = subresource && ["exec", "attach", "portforward", "proxy"].includes(subresource);
    return interactive ? `${cluster}/${kind}/${subresource}/action` : `${cluster}/${kind}/${known}`;
}
