const units: Readonly<Record<string, number>> = { h: 60 * 60 * 1000, m: 60_000, s: 1000 };

/**
 * Milliseconds of a duration as Go and Kubernetes write it (`2160h0m0s`), or another number when there is none.
 *
 * @see https://pkg.go.dev/time#ParseDuration
 */
export function millisecondsOf(duration: string | undefined, otherwise: number): number {
    const parts = [...(duration ?? "").matchAll(/([\d.]+)([hms])/g)];
    return parts.length === 0
        ? otherwise
        : parts.reduce((sum, [, value, unit = ""]) => sum + Number(value) * (units[unit] ?? 0), 0);
}
