/** The steps of a property path as the engine writes it: `a.b[0]["c.d"]` is `["a", "b", 0, "c.d"]`. */
export type PropertyPath = readonly (string | number)[];

const step = /\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|\.?([^.[\]]+)/gy;

/** @throws an Error when `text` is not a property path. */
export function parsePath(text: string): PropertyPath {
    const steps: (string | number)[] = [];
    let end = 0;
    for (const match of text.matchAll(step)) {
        const [all, quoted, index, key] = match;
        end = match.index + all.length;
        steps.push(index !== undefined ? Number(index) : (key ?? (JSON.parse(`"${quoted}"`) as string)));
    }
    if (end !== text.length) {
        throw new Error(`"${text}" is not a property path: write it like a.b[0]["c.d"].`);
    }
    return steps;
}

export function formatPath(path: PropertyPath): string {
    return path.reduce<string>((text, key) => {
        if (typeof key === "number") {
            return `${text}[${key}]`;
        }
        if (/[.[\]"]/.test(key)) {
            return `${text}[${JSON.stringify(key)}]`;
        }
        return text === "" ? key : `${text}.${key}`;
    }, "");
}

/** The value at `path`, or undefined when there is none. */
export function valueAt(value: unknown, path: PropertyPath): unknown {
    return path.reduce<unknown>(
        (current, key) =>
            typeof current === "object" && current !== null
                ? (current as Record<string | number, unknown>)[key]
                : undefined,
        value,
    );
}
