import { link, readFile, rm, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Runs `work` while no other process runs work under the same lock file, and waits for its turn before.
 *
 * A lock that a dead process left behind is taken over.
 */
export async function withLock<T>(file: string, log: (line: string) => void, work: () => Promise<T>): Promise<T> {
    let told = false;
    for (;;) {
        const holder = await acquire(file);
        if (holder === undefined) {
            break;
        }
        // 0: nobody holds it any more, and the next attempt shows who does.
        if (!told && holder > 0) {
            log(`toolchain  process ${holder} is building: waiting for it (its lock is ${file})`);
            told = true;
        }
        await sleep(500);
    }
    try {
        return await work();
    } finally {
        await rm(file, { force: true });
    }
}

/** Gives the process that holds the lock, 0 when it was given back or taken away, or undefined when this one has it. */
async function acquire(file: string): Promise<number | undefined> {
    // A link, because it comes into being with its content: a lock never says nobody's name.
    const own = `${file}.${process.pid}`;
    await writeFile(own, String(process.pid), { mode: 0o600 });
    try {
        await link(own, file);
        return undefined;
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
            throw error;
        }
    } finally {
        await rm(own);
    }
    const holder = Number(await readFile(file, "utf8").catch(() => "0"));
    if (holder > 0 && !isRunning(holder)) {
        // Two processes may both get here and one remove the other's new lock: they then build the same thing twice,
        // each under a name of its own.
        await rm(file, { force: true });
        return 0;
    }
    return holder;
}

function isRunning(pid: number): boolean {
    try {
        process.kill(pid, 0);
        return true;
    } catch (error) {
        return (error as NodeJS.ErrnoException).code === "EPERM";
    }
}
