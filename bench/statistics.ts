/** The value that this share of the values is not above; of the values as they are, without interpolation. */
export function percentile(values: readonly number[], share: number): number {
    const sorted = [...values].sort((a, b) => a - b);
    const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
    if (value === undefined) {
        throw new Error("there is no percentile of no values");
    }
    return value;
}

export function median(values: readonly number[]): number {
    return percentile(values, 0.5);
}

/**
 * The exponent with which a cost grows with a size, by least squares of the logarithms: 0 is constant, 1 linear, 2
 * quadratic.
 */
export function growthExponent(points: readonly { readonly size: number; readonly cost: number }[]): number {
    const logs = points.map(({ size, cost }) => ({ x: Math.log(size), y: Math.log(cost) }));
    const mean = (of: readonly number[]) => of.reduce((sum, one) => sum + one, 0) / of.length;
    const [x, y] = [mean(logs.map((log) => log.x)), mean(logs.map((log) => log.y))];
    const spread = logs.reduce((sum, log) => sum + (log.x - x) ** 2, 0);
    if (spread === 0) {
        throw new Error("growth needs two sizes at least");
    }
    return logs.reduce((sum, log) => sum + (log.x - x) * (log.y - y), 0) / spread;
}

/** The last of a series, which has to have one. */
export function lastOf<Value>(values: readonly Value[]): Value {
    const last = values.at(-1);
    if (last === undefined) {
        throw new Error("there is no last of no values");
    }
    return last;
}
