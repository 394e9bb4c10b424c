import { formatPath } from "./property-path";

/**
 * Paths (`a.b[0].c`) at which two property values differ, the shortest that say so: an added object is one path.
 * A null is the same as an absence. An `unknown` differs from everything but another `unknown`.
 */
export function differingPaths(olds: unknown, news: unknown): string[] {
    return collect(olds, news, []).map(formatPath);
}

function collect(left: unknown, right: unknown, path: (string | number)[]): (string | number)[][] {
    const older = left ?? undefined;
    const newer = right ?? undefined;
    if (older === newer) {
        return [];
    }
    if (Array.isArray(older) && Array.isArray(newer)) {
        const length = Math.max(older.length, newer.length);
        return Array.from({ length }).flatMap((_, index) => collect(older[index], newer[index], [...path, index]));
    }
    if (isObject(older) && isObject(newer)) {
        const keys = new Set([...Object.keys(older), ...Object.keys(newer)]);
        return [...keys].flatMap((key) => collect(older[key], newer[key], [...path, key]));
    }
    return [path];
}

function isObject(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
