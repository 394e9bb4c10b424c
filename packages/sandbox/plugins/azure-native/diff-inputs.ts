import { normalizeRegion } from "../../azure/arm/regions";
import { pathParameters } from "../../azure/arm/resource-id";
import type { ResourceType } from "../../azure/arm/resource-types";
import { without } from "../../azure/arm/without";
import { differingPaths } from "../compare";
import { parsePath, valueAt } from "../property-path";
import type { Difference, Properties } from "../provider";
import { createBeforeDelete } from "./check-inputs";

/** Inputs against inputs, as azure-native does: what changed in Azure shows after a refresh only. */
export function diffInputs(type: ResourceType, olds: Properties, news: Properties): Difference {
    const paths = differingPaths(comparable(olds), comparable(news));
    const fixed = [...pathParameters(type), ...type.forceNew];
    const replaces = paths.filter((path) => fixed.some((entry) => concerns(path, entry, olds, news)));
    return {
        updates: paths.filter((path) => !replaces.includes(path)),
        replaces,
        // A resource whose name the program gives cannot stand beside its successor.
        ...(replaces.length > 0 ? { deleteBeforeReplace: olds[createBeforeDelete] !== true } : {}),
    };
}

function concerns(path: string, fixed: string, olds: Properties, news: Properties): boolean {
    if (path === fixed || path.startsWith(`${fixed}.`) || path.startsWith(`${fixed}[`)) {
        return true;
    }
    // The whole object came, went or is unknown: what counts is the fixed property in it.
    const steps = parsePath(fixed);
    return fixed.startsWith(`${path}.`) && differingPaths(valueAt(olds, steps), valueAt(news, steps)).length > 0;
}

function comparable(inputs: Properties): Properties {
    const rest: Properties = without(inputs, createBeforeDelete);
    return typeof rest.location === "string" ? { ...rest, location: normalizeRegion(rest.location) } : rest;
}
