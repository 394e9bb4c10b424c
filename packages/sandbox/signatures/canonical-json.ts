/** JSON of one form only, with sorted keys and without spaces, as logs and TUF sign it. For text in ASCII. */
export function canonicalJson(value: unknown): string {
    return JSON.stringify(sorted(value));
}

function sorted(value: unknown): unknown {
    if (Array.isArray(value)) {
        return value.map(sorted);
    }
    if (typeof value === "object" && value !== null) {
        const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
        return Object.fromEntries(entries.map(([key, part]) => [key, sorted(part)]));
    }
    return value;
}
