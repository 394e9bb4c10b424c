import { isAsWanted } from "../azure/as-wanted";

/**
 * The paths of what Azure shows of a resource and nobody asked for, or shows as it was asked for in a spelling of its
 * own, as `ignoreChanges` takes them. Without these, there is a difference only where there is one.
 */
export function filledIn(asked: object, shown: object, within = ""): string[] {
    const wanted = asked as Readonly<Record<string, unknown>>;
    return Object.entries(shown).flatMap(([key, value]) => {
        const path = within === "" ? key : `${within}.${key}`;
        const own = wanted[key];
        if (own === undefined || isAsWanted(own, Array.isArray(own) && isMap(value) ? Object.keys(value) : value)) {
            return [path];
        }
        return isMap(own) && isMap(value) ? filledIn(own, value, path) : [];
    });
}

function isMap(value: unknown): value is object {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
