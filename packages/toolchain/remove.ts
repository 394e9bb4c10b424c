import { lstat, readdir, readFile, readlink, realpath, rm } from "node:fs/promises";
import { join, sep } from "node:path";
import { cacheFolder, checkCache, toolchainFolder } from "./cache-folder";
import { holderOf } from "./lock";
import { ToolchainError } from "./toolchain-error";

/** A folder that is gone, and how many bytes its files had. */
export interface Removed {
    readonly folder: string;
    readonly bytes: number;
}

/**
 * Removes the programs of every set of versions. Go's own caches stay: other projects use them too.
 *
 * @returns undefined if there were none.
 * @throws ToolchainError naming a process that builds them, runs one of them, or was given their folder.
 */
export async function removeToolchain(): Promise<Removed | undefined> {
    const cache = cacheFolder();
    await checkCache(cache);
    const folder = toolchainFolder(cache);
    const keys = await readdir(folder).catch(ifThere);
    if (keys === undefined) {
        return undefined;
    }
    const builders = await Promise.all(keys.map((key) => holderOf(join(folder, key, "lock"))));
    const [user] = [...builders.filter((pid) => pid > 0), ...(await usersOf(await realpath(folder)))];
    if (user !== undefined) {
        throw new ToolchainError(
            `${folder} is in use by process ${user} (${await commandOf(user)}): end it (a sandbox: npm run sandbox -- down), and run this again`,
        );
    }
    const bytes = await sizeOf(folder);
    await rm(folder, { recursive: true });
    return { folder, bytes };
}

/** What the files below a folder take on the disk, in bytes. */
export async function sizeOf(folder: string): Promise<number> {
    const entries = await readdir(folder, { recursive: true });
    const found = await Promise.all(entries.map((entry) => lstat(join(folder, entry)).catch(ifThere)));
    // A block of stat(2) has 512 bytes, whatever the file system's own.
    return found.reduce((sum, entry) => sum + (entry?.blocks ?? 0) * 512, 0);
}

/** Processes that run a program of a folder, or have something in it as an argument. */
async function usersOf(folder: string): Promise<number[]> {
    const pids = (await readdir("/proc")).map(Number).filter((pid) => pid > 0 && pid !== process.pid);
    const inFolder = (file: string | undefined) => file?.startsWith(folder + sep) === true;
    const used = await Promise.all(
        pids.map(async (pid) => {
            const program = await readlink(`/proc/${pid}/exe`).catch(ifThere);
            const line = (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(ifThere)) ?? "";
            return inFolder(program) || line.split("\0").some(inFolder);
        }),
    );
    return pids.filter((_, index) => used[index]);
}

async function commandOf(pid: number): Promise<string> {
    const line = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(ifThere);
    return (line ?? "gone by now").replaceAll("\0", " ").trim().slice(0, 80);
}

/** Nothing, of what is gone by now, or of a process of another user. */
function ifThere(error: NodeJS.ErrnoException): undefined {
    if (!["ENOENT", "ESRCH", "EACCES", "EPERM"].includes(error.code ?? "")) {
        throw error;
    }
    return undefined;
}
