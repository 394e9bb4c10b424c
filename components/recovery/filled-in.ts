/** The paths of what Azure shows of a resource and nobody asked for, as `ignoreChanges` takes them. */
export function filledIn(asked: object, shown: object, within = ""): string[] {
    const wanted = asked as Readonly<Record<string, unknown>>;
    return Object.entries(shown).flatMap(([key, value]) => {
        const path = within === "" ? key : `${within}.${key}`;
        const own = wanted[key];
        return own === undefined ? [path] : isMap(own) && isMap(value) ? filledIn(own, value, path) : [];
    });
}

function isMap(value: unknown): value is object {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
