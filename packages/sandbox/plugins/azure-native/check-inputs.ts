import { randomBytes, randomUUID } from "node:crypto";
import { pathParameters } from "../../azure/arm/resource-id";
import type { ResourceType } from "../../azure/arm/resource-types";
import { type Properties, unknown } from "../provider";

/**
 * Says in a resource's inputs that its name was made here, so that a replacement may be created before the old one
 * goes.
 */
export const createBeforeDelete = "__createBeforeDelete";

/** The region of a resource group, or `unknown` when the group is. */
export type RegionOf = (resourceGroupName: unknown) => Promise<unknown>;

/**
 * Fills in what azure-native fills in: a name that is not given (logical name and eight hex digits, or a GUID), kept
 * from `olds` when there are some, and the region (of the provider's configuration, else of the resource group).
 */
export async function completeInputs(
    type: ResourceType,
    logicalName: string,
    olds: Properties | undefined,
    news: Properties,
    defaultRegion: string | undefined,
    regionOf: RegionOf,
): Promise<Properties> {
    const inputs = Object.fromEntries<unknown>(
        Object.entries(news).filter(([, value]) => value !== undefined && value !== null),
    );
    const nameInput = pathParameters(type).at(-1) ?? "";
    if (inputs[nameInput] === undefined && type.naming !== "none") {
        inputs[nameInput] = olds?.[nameInput] ?? autoName(type, logicalName);
        if (type.naming !== "default") {
            inputs[createBeforeDelete] = true;
        }
    }
    if (type.location === "region" && inputs.location === undefined) {
        inputs.location = olds?.location ?? defaultRegion ?? (await regionOf(inputs.resourceGroupName));
    }
    return inputs;
}

/** For resource groups, whose region nothing else tells. */
export function lacksRegion(type: ResourceType, inputs: Properties): boolean {
    return type.location !== undefined && inputs.location === undefined;
}

function autoName({ naming }: ResourceType, logicalName: string): string {
    switch (naming) {
        case "uuid":
            return randomUUID();
        case "default":
            return "default";
        default:
            return `${logicalName}${randomBytes(4).toString("hex")}`;
    }
}

/** Whether a value is, or is not yet, known. */
export function isKnown(value: unknown): boolean {
    return value !== unknown;
}
