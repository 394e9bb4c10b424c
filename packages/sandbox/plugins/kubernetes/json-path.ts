/** A step of a JSONPath: a key or index, everything (`*`), or the elements where a field has a value. */
type Step = string | { readonly field: string; readonly equals: string };

const step =
    /\.?\[\?\(@\.([\w.-]+)\s*==\s*["']([^"']*)["']\)\]|\.?\[(\d+|\*)\]|\.?\[["']([^"']+)["']\]|\.((?:[\w-]|\\\.)+|\*)/gy;

/**
 * The values that a Kubernetes JSONPath template (`{.status.phase}`) finds in `value`. Of the language it knows keys,
 * indexes, `*` and `[?(@.field=="value")]`, which is what conditions and addresses need.
 *
 * @throws an Error for anything else.
 */
export function jsonPath(template: string, value: unknown): unknown[] {
    return parse(template).reduce<unknown[]>(
        (values, each) => values.flatMap((current) => follow(current, each)),
        [value],
    );
}

function parse(template: string): Step[] {
    const path = template.trim().replace(/^\{\s*\$?(.*?)\s*\}$/, "$1");
    const steps: Step[] = [];
    let end = 0;
    for (const match of path.matchAll(step)) {
        const [all, field, equals = "", index, quoted, key] = match;
        end = match.index + all.length;
        steps.push(field !== undefined ? { field, equals } : (index ?? quoted ?? key?.replaceAll("\\.", ".") ?? "*"));
    }
    if (steps.length === 0 || end !== path.length) {
        throw new Error(`The JSONPath ${template} is none that the sandbox knows: write it like {.status.phase}.`);
    }
    return steps;
}

function follow(value: unknown, each: Step): unknown[] {
    if (typeof value !== "object" || value === null) {
        return [];
    }
    if (typeof each === "object") {
        return Object.values(value).filter((item) => String(jsonPath(`.${each.field}`, item)[0]) === each.equals);
    }
    if (each === "*") {
        return Object.values(value);
    }
    const found = (value as Record<string, unknown>)[each];
    return found === undefined ? [] : [found];
}
