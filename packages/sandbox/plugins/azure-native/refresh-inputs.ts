import { normalizeRegion } from "../../azure/arm/regions";
import type { Properties } from "../provider";

/**
 * The inputs that describe what Azure shows now, as far as they were given; what Azure does not tell stays as it was.
 */
export function refreshInputs(inputs: Properties, outputs: Properties): Properties {
    return merge(inputs, outputs) as Properties;
}

function merge(input: unknown, output: unknown): unknown {
    if (output === undefined || output === null) {
        return input;
    }
    if (Array.isArray(input) && Array.isArray(output)) {
        return input.length === output.length ? input.map((item, index) => merge(item, output[index])) : output;
    }
    if (isObject(input) && isObject(output)) {
        return Object.fromEntries(
            Object.entries(input).map(([key, value]) => [
                key,
                key === "location" ? region(value, output[key]) : merge(value, output[key]),
            ]),
        );
    }
    // A list that Azure shows as a map (identities) says the same.
    return typeof input === typeof output && Array.isArray(input) === Array.isArray(output) ? output : input;
}

function region(input: unknown, output: unknown): unknown {
    const same =
        typeof input === "string" && typeof output === "string" && normalizeRegion(input) === normalizeRegion(output);
    return same || output === undefined ? input : output;
}

function isObject(value: unknown): value is Properties {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
