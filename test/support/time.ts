/**
 * Runs what waits without waiting: a timer fires once everything before it ran, and the clock has moved on as far. Gives
 * the program the seconds that it waited, timer by timer.
 */
export async function withoutWaiting<T>(program: (waited: readonly number[]) => Promise<T>): Promise<T> {
    const timer = globalThis.setTimeout;
    const now = Date.now;
    const waited: number[] = [];
    let skipped = 0;
    globalThis.setTimeout = ((callback: () => void, milliseconds = 0) => {
        waited.push(milliseconds / 1000);
        skipped += milliseconds;
        return setImmediate(callback);
    }) as unknown as typeof setTimeout;
    Date.now = () => now() + skipped;
    try {
        return await program(waited);
    } finally {
        globalThis.setTimeout = timer;
        Date.now = now;
    }
}
