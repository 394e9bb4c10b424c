import { type ResourceType, resourceTypes } from "./resource-types";

/** A resource's address, taken apart. */
export interface ResourceId {
    /** As it was written; ids are compared without regard to case. */
    readonly id: string;
    readonly type: ResourceType;
    /** Path parameters by placeholder, `subscriptionId` and `scope` among them. A scope starts with "/". */
    readonly parameters: Readonly<Record<string, string>>;
    readonly name: string;
}

const matchers = resourceTypes.map((type) => ({ type, pattern: pattern(type.path) }));

/** The placeholders of a type's path that its resource takes as inputs, in order; the last is its own name. */
export function pathParameters(type: ResourceType): string[] {
    return [...type.path.matchAll(/{(\w+)}/g)]
        .map((match) => match[1] ?? "")
        .filter((name) => name !== "subscriptionId");
}

/** Undefined when no known type has such an address. */
export function parseResourceId(id: string): ResourceId | undefined {
    for (const { type, pattern } of matchers) {
        const groups = pattern.exec(id)?.groups;
        if (groups) {
            const parameters = { ...groups };
            for (const scope of ["scope", "resourceUri"]) {
                if (parameters[scope] !== undefined) {
                    parameters[scope] = `/${parameters[scope]}`;
                }
            }
            return { id, type, parameters, name: id.slice(id.lastIndexOf("/") + 1) };
        }
    }
    return undefined;
}

/** @throws an Error naming the parameter when one is missing. */
export function formatResourceId(type: ResourceType, parameters: Readonly<Record<string, unknown>>): string {
    const id = type.path.replace(/{(\w+)}/g, (_, name: string) => {
        const value = parameters[name];
        if (typeof value !== "string" || value === "") {
            throw new Error(`${type.token} needs "${name}" to have an address.`);
        }
        return name === "scope" || name === "resourceUri" ? value.replace(/^\/+/, "") : value;
    });
    return id;
}

/**
 * The ARM type of an id, e.g. `Microsoft.Network/virtualNetworks/subnets`; a resource group is
 * `Microsoft.Resources/subscriptions/resourceGroups`.
 */
export function armType(id: string): string {
    const provider = id.toLowerCase().lastIndexOf("/providers/");
    if (provider < 0) {
        return /\/resourcegroups\//i.test(id)
            ? "Microsoft.Resources/subscriptions/resourceGroups"
            : "Microsoft.Resources/subscriptions";
    }
    const [namespace, ...segments] = id.slice(provider + "/providers/".length).split("/");
    return [namespace, ...segments.filter((_, index) => index % 2 === 0)].join("/");
}

/** The namespace of the service that an id belongs to, e.g. `Microsoft.Network`. */
export function namespaceOf(id: string): string {
    return armType(id).split("/")[0] ?? "";
}

/** The id of the resource that this one lives in or on; undefined for a subscription. */
export function parentOf(id: string): string | undefined {
    const segments = id.split("/");
    const parent = segments.slice(0, -2);
    if (parent.at(-2)?.toLowerCase() === "providers") {
        return parent.slice(0, -2).join("/");
    }
    return parent.length > 1 ? parent.join("/") : undefined;
}

/** Whether `id` is `scope` or lies within it. */
export function isWithin(id: string, scope: string): boolean {
    const inner = id.toLowerCase();
    const outer = scope.toLowerCase().replace(/\/+$/, "");
    return outer === "" || inner === outer || inner.startsWith(`${outer}/`);
}

function pattern(path: string): RegExp {
    const source = path
        .replace(/[.]/g, "\\.")
        .replace(/{(\w+)}/g, (_, name: string) =>
            name === "scope" || name === "resourceUri" ? `(?<${name}>.+)` : `(?<${name}>[^/]+)`,
        );
    return new RegExp(`^${source}$`, "i");
}
