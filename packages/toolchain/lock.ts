import { link, readFile, rm, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Runs `work` while no other process works under the same lock file. Waits for its turn.
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
        // 0: the lock was released, and the next attempt shows who has it.
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

/** The process that holds the lock, 0 when it was just released, or undefined when this process has it. */
async function acquire(file: string): Promise<number | undefined> {
    // A link, because it appears together with its content: a lock always names its holder.
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

/** The running process that holds a lock; 0 if none does. */
export async function holderOf(file: string): Promise<number> {
    const holder = Number(await readFile(file, "utf8").catch(() => "0"));
    return holder > 0 && isRunning(holder) ? holder : 0;
}

function isRunning(pid: number): boolean {
    try {
        process.kill(pid, 0);
        return true;
    } catch (error) {
        return (error as NodeJS.ErrnoException).code === "EPERM";
    }
}
