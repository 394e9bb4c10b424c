import * as os from "node:os";

const waiting: (() => void)[] = [];
let free = Math.max(2, os.availableParallelism());

/** Runs programs, as many at once as the machine has processors. */
export async function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (free === 0) {
        await new Promise<void>((resolve) => waiting.push(resolve));
    } else {
        free--;
    }
    try {
        return await work();
    } finally {
        const next = waiting.shift();
        if (next) {
            next();
        } else {
            free++;
        }
    }
}
