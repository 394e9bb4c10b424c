import { isDeepStrictEqual } from "node:util";
import { normalizeRegion } from "../../azure/arm/regions";
import type { Properties } from "../provider";

/**
 * The inputs that describe what Azure shows now, as far as they were given. As in azure-native, what changed is found
 * between the outputs before and now: what Azure spells in another way than it was asked, or fills in, is no change.
 * Properties that were not given stay out, where azure-native takes them in.
 */
export function refreshInputs(inputs: Properties, before: Properties, outputs: Properties): Properties {
    return merge(inputs, before, outputs) as Properties;
}

function merge(input: unknown, before: unknown, output: unknown): unknown {
    if (output === undefined || output === null || isDeepStrictEqual(before, output)) {
        return input;
    }
    if (Array.isArray(input) && Array.isArray(output)) {
        return input.length === output.length
            ? input.map((item, index) => merge(item, itemOf(before, index), output[index]))
            : output;
    }
    if (isObject(input) && isObject(output)) {
        return Object.fromEntries(
            Object.entries(input).map(([key, value]) => [
                key,
                key === "location"
                    ? region(value, output[key])
                    : merge(value, isObject(before) ? before[key] : undefined, output[key]),
            ]),
        );
    }
    // A list that Azure shows as a map (identities) says the same.
    return typeof input === typeof output && Array.isArray(input) === Array.isArray(output) ? output : input;
}

function itemOf(list: unknown, index: number): unknown {
    return Array.isArray(list) ? (list as unknown[])[index] : undefined;
}

function region(input: unknown, output: unknown): unknown {
    const same =
        typeof input === "string" && typeof output === "string" && normalizeRegion(input) === normalizeRegion(output);
    return same || output === undefined ? input : output;
}

function isObject(value: unknown): value is Properties {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
