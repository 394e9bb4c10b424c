import { field, isMap, list, mapAt, textAt } from "./object";

/** Whether a label selector of Kubernetes selects these labels. An empty one selects everything, none nothing. */
export function selects(selector: unknown, labels: Readonly<Record<string, unknown>>): boolean {
    return (
        isMap(selector) &&
        Object.entries(mapAt(selector, "matchLabels")).every(([key, value]) => labels[key] === value) &&
        list(selector, "matchExpressions").every((expression) => holds(expression, labels))
    );
}

function holds(expression: unknown, labels: Readonly<Record<string, unknown>>): boolean {
    const value = labels[textAt(expression, "key") ?? ""];
    const values = list(expression, "values");
    switch (field(expression, "operator")) {
        case "In":
            return value !== undefined && values.includes(value);
        case "NotIn":
            return value === undefined || !values.includes(value);
        case "Exists":
            return value !== undefined;
        default:
            return value === undefined;
    }
}

/** Whether a selector, or one that is not there, selects everything. */
export function selectsAll(selector: unknown): boolean {
    return Object.keys(mapAt(selector, "matchLabels")).length === 0 && list(selector, "matchExpressions").length === 0;
}
