/**
 * Runs what waits without waiting: a timer fires once everything before it ran, and the clock moves on by as much as
 * that timer waits, and by nothing else. Gives the program the seconds that it waited, timer by timer.
 */
export async function withoutWaiting<T>(program: (waited: readonly number[]) => Promise<T>): Promise<T> {
    const timer = globalThis.setTimeout;
    const realNow = Date.now;
    const waited: number[] = [];
    // The real clock stands still, so that a busy machine does not use up a deadline.
    let now = realNow();
    globalThis.setTimeout = ((callback: () => void, milliseconds = 0) => {
        waited.push(milliseconds / 1000);
        now += milliseconds;
        return setImmediate(callback);
    }) as unknown as typeof setTimeout;
    Date.now = () => now;
    try {
        return await program(waited);
    } finally {
        globalThis.setTimeout = timer;
        Date.now = realNow;
    }
}
