import { ArmError } from "./arm-error";
import { armType } from "./resource-id";

const byGateway = { headers: { "x-ms-failure-cause": "gateway" } };

export function groupNotFound(name: string): ArmError {
    const message = `Resource group '${name}' could not be found.`;
    return new ArmError(404, "ResourceGroupNotFound", message, undefined, byGateway);
}

/** What Resource Manager answers for a resource whose parent it does not know. */
export function parentNotFound(id: string, parent: string, operation: "write" | "delete"): ArmError {
    const type = armType(id).split("/").slice(1).join("/");
    const what = `Failed to perform '${operation}' on resource(s) of type '${type}'`;
    const message = `${what}, because the parent resource '${parent}' could not be found.`;
    return new ArmError(404, "ParentResourceNotFound", message, undefined, byGateway);
}

/** What Resource Manager answers for a resource that it does not know. */
export function resourceNotFound(id: string, group: string | undefined): ArmError {
    const name = id.slice(id.lastIndexOf("/") + 1);
    const parents = id.slice(id.toLowerCase().lastIndexOf("/providers/") + "/providers/".length).split("/");
    const names = parents.filter((_, index) => index > 0 && index % 2 === 0);
    return new ArmError(
        404,
        "ResourceNotFound",
        `The Resource '${armType(id)}/${names.join("/") || name}' under resource group '${group ?? "(none)"}' was not found. ` +
            "For more details please go to https://aka.ms/ARMResourceNotFoundFix",
        undefined,
        byGateway,
    );
}
