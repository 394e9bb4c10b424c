import * as fs from "node:fs";
import { chartCache } from "../tree/published/cache";
import { isAlive, lock, readSession, sandboxDirectory, SandboxError, tearDown } from "@landfall/sandbox";
import { type Removed, removeToolchain, size, sizeOf } from "@landfall/toolchain";

/**
 * `clean`: removes the programs that sandboxes run, the charts that were pulled, and what is left of a sandbox whose
 * background process is gone. Refuses while a sandbox runs, whichever it is.
 */
export async function clean(): Promise<number> {
    const directory = sandboxDirectory();
    const release = lock(directory);
    try {
        const session = readSession(directory);
        if (session && isAlive(session.pid)) {
            throw new SandboxError(
                `A sandbox runs in ${directory}, and nothing was removed: npm run sandbox -- down, and run this again`,
            );
        }
        const removed = [await removeRemains(directory), await removeToolchain(), await removeCharts()];
        report(removed.filter((each) => each !== undefined));
    } finally {
        release();
    }
    return 0;
}

async function removeRemains(directory: string): Promise<Removed | undefined> {
    if (!fs.existsSync(directory)) {
        return undefined;
    }
    const bytes = await sizeOf(directory);
    await tearDown(directory);
    return { folder: directory, bytes };
}

async function removeCharts(): Promise<Removed | undefined> {
    const folder = chartCache();
    if (!fs.existsSync(folder)) {
        return undefined;
    }
    const bytes = await sizeOf(folder);
    fs.rmSync(folder, { recursive: true });
    return { folder, bytes };
}

function report(removed: readonly Removed[]): void {
    removed.forEach(({ folder, bytes }) => console.log(`Removed ${folder} (${size(bytes)})`));
    console.log(`Freed ${size(removed.reduce((sum, { bytes }) => sum + bytes, 0))}.`);
    console.log("Go's own caches, which other projects use too, are still there: go clean -cache -modcache");
}
