/** Reading what somebody else wrote, whatever it is: what is missing or of another kind counts as nothing. */

export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The map at a key; empty if there is none. */
export function mapIn(value: unknown, key: string): Readonly<Record<string, unknown>> {
    const found = isMap(value) ? value[key] : undefined;
    return isMap(found) ? found : {};
}

/** The list at a key; empty if there is none. */
export function listIn(value: unknown, key: string): readonly unknown[] {
    const found = isMap(value) ? value[key] : undefined;
    return Array.isArray(found) ? (found as unknown[]) : [];
}

/** The text at a key; empty if there is none. */
export function textIn(value: unknown, key: string): string {
    const found = isMap(value) ? value[key] : undefined;
    return typeof found === "string" || typeof found === "number" ? String(found) : "";
}
