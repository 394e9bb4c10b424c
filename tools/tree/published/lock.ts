import * as fs from "node:fs";
import { z } from "zod";
import { TreeError } from "../tree-error";
import { keyOf } from "./pins";

const lockedChart = z.strictObject({
    name: z.string(),
    version: z.string(),
    source: z.string(),
    /** Of the archive. */
    digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
});

const lock = z.strictObject({ charts: z.array(lockedChart) });

/** A published chart as the first pull found it. */
export type LockedChart = z.infer<typeof lockedChart>;

/** The name of the lock file, beside the tree's folder. */
export const lockName = "charts.lock.json";

/**
 * Charts by what tells them apart.
 *
 * @throws TreeError naming the file and the setting if it is not well formed.
 */
export function parseLock(text: string, file = lockName): ReadonlyMap<string, LockedChart> {
    try {
        const { charts } = lock.parse(JSON.parse(text));
        return new Map(charts.map((chart) => [keyOf(chart), chart]));
    } catch (error) {
        const reason = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
        throw new TreeError(`${file} is not a lock of charts: ${reason}\nTake back what changed it, with git checkout`);
    }
}

/** The lock in a file; empty if there is no file. */
export function readLock(file: string): ReadonlyMap<string, LockedChart> {
    return fs.existsSync(file) ? parseLock(fs.readFileSync(file, "utf8"), file) : new Map<string, LockedChart>();
}

/** Writes a lock in the order of its keys, so that a change of one chart is a change of a few lines. */
export function writeLock(file: string, charts: Iterable<LockedChart>): void {
    const sorted = [...charts].sort((one, other) => keyOf(one).localeCompare(keyOf(other)));
    fs.writeFileSync(file, `${JSON.stringify({ charts: sorted }, undefined, 4)}\n`);
}
