/**
 * Whether what Azure shows is what was asked for. Azure adds properties, spells names and ids in capitals of its own,
 * lists by name, and leaves out what is off or empty, `Enabled` and `Regular`: none of these is a difference. What it
 * adds to a list is one.
 */
export function isAsWanted(wanted: unknown, live: unknown): boolean {
    if (live === undefined || live === null) {
        return isDefault(wanted);
    }
    if (Array.isArray(wanted)) {
        return Array.isArray(live) && wanted.length === live.length && sorted(wanted).every(sameAsIn(sorted(live)));
    }
    if (typeof wanted === "object" && wanted !== null) {
        const shown = live as Record<string, unknown>;
        return Object.entries(wanted).every(([key, value]) => value === undefined || isAsWanted(value, shown[key]));
    }
    return typeof wanted === "string" && typeof live === "string"
        ? wanted.toLowerCase() === live.toLowerCase()
        : wanted === live;
}

function isDefault(wanted: unknown): boolean {
    if (typeof wanted === "object" && wanted !== null) {
        return Object.values(wanted).every(isDefault);
    }
    return !wanted || wanted === "Enabled" || wanted === "Regular";
}

function sorted(list: readonly unknown[]): unknown[] {
    return [...list].sort((a, b) => String(a).toLowerCase().localeCompare(String(b).toLowerCase(), "en"));
}

function sameAsIn(list: readonly unknown[]): (wanted: unknown, index: number) => boolean {
    return (wanted, index) => isAsWanted(wanted, list[index]);
}
