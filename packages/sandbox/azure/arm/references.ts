import { formatPath } from "../../plugins/property-path";
import type { Properties } from "../../plugins/provider";
import type { AzureState, Resource } from "../state";
import { ArmError } from "./arm-error";
import { isWithin, parentOf, type ResourceId } from "./resource-id";

/** Properties that hold ids of what need not exist: roles are checked by their own rule, scopes may lie anywhere. */
const unchecked = new Set(["roleDefinitionId", "assignableScopes", "managedBy"]);

interface Reference {
    readonly id: string;
    readonly path: string;
}

/** @throws an ArmError naming the property whose resource does not exist. */
export function checkReferences(state: AzureState, address: ResourceId, inputs: Properties): void {
    const missing = referencesOf(inputs).find(({ id }) => !state.get(withoutBlock(id)) && !isSelf(id, address));
    if (missing) {
        throw new ArmError(
            400,
            "InvalidResourceReference",
            `Resource ${missing.id} referenced by resource ${address.id} was not found. Please make sure that the referenced resource ` +
                "exists, and that both resources are in the same region.",
            missing.path,
        );
    }
}

/**
 * A network resource stays for as long as something else refers to it.
 * @throws an ArmError naming what does.
 */
export function checkUnused(state: AzureState, removed: readonly Resource[]): void {
    const ids = removed.map(({ address }) => address.id.toLowerCase());
    const networks = new Set(ids.filter((id) => id.includes("/providers/microsoft.network/")));
    for (const user of state.resources().filter(({ address }) => !ids.includes(address.id.toLowerCase()))) {
        // What contains it does not use it: a network lists its subnets.
        const used = referencesOf(user.inputs).find(
            ({ id }) => networks.has(id.toLowerCase()) && !isWithin(id, user.address.id),
        );
        if (used) {
            const kind = used.id.split("/").at(-2)?.replace(/s$/, "") ?? "Resource";
            throw new ArmError(
                400,
                `InUse${kind.charAt(0).toUpperCase()}${kind.slice(1)}CannotBeDeleted`,
                `'${used.id}' is in use by '${user.address.id}' and cannot be deleted.`,
            );
        }
    }
}

export function referencesOf(inputs: Properties): Reference[] {
    return collect(inputs, []);
}

function collect(value: unknown, path: (string | number)[]): Reference[] {
    if (typeof value === "string") {
        return /^\/subscriptions\/[^/]+\/resourceGroups\//i.test(value) ? [{ id: value, path: formatPath(path) }] : [];
    }
    if (Array.isArray(value)) {
        return value.flatMap((item, index) => collect(item, [...path, index]));
    }
    if (typeof value === "object" && value !== null) {
        return Object.entries(value)
            .filter(([key]) => !unchecked.has(key))
            .flatMap(([key, item]) => collect(item, [...path, key]));
    }
    return [];
}

/** Parts of a resource that have an id, such as the front end of a load balancer, stand for the resource. */
function withoutBlock(id: string): string {
    return /\/(ipConfigurations|frontendIPConfigurations)\/[^/]+$/i.test(id) ? (parentOf(id) ?? id) : id;
}

function isSelf(id: string, address: ResourceId): boolean {
    return isWithin(id, address.id);
}
