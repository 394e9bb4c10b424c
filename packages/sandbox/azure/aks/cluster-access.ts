import type { AccessReview } from "../../cluster/access";

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
export function dataActionOf({ verb, apiGroup = "", resource, subresource, path = "" }: AccessReview): string {
    if (resource === undefined || resource === "") {
        const name = path.split("/").find(Boolean) ?? "api";
        return `${cluster}/${name}/${verbs[verb] ?? "read"}`;
    }
    const kind = [apiGroup, resource].filter((part) => part !== "").join("/");
    const known = verbs[verb];
    if (known === undefined) {
        return `${cluster}/${kind}/${verb}/action`;
    }
    const interactive = subresource && ["exec", "attach", "portforward", "proxy"].includes(subresource);
    return interactive ? `${cluster}/${kind}/${subresource}/action` : `${cluster}/${kind}/${known}`;
}
