import { stat, statfs } from "node:fs/promises";
import { freemem } from "node:os";
import { dirname } from "node:path";
import { ToolchainError } from "./toolchain-error";

export const gigabyte = 1e9;

/** What somebody is about to fill. */
export interface DiskNeed {
    readonly folder: string;
    readonly bytes: number;
}

/**
 * Adds up what is needed on each file system. Gives a line for each: `15.0 GB in /a, /b (61.0 GB are free)`.
 *
 * @throws ToolchainError that names each file system that has less, and what lies there.
 */
export async function checkDisk(what: string, needs: readonly DiskNeed[], advice: string): Promise<string[]> {
    const systems = new Map<number, { folders: string[]; bytes: number; free: number }>();
    for (const { folder, bytes } of needs) {
        const { device, free } = await fileSystemOf(folder);
        const found = systems.get(device) ?? { folders: [], bytes: 0, free };
        systems.set(device, { folders: [...found.folders, folder], bytes: found.bytes + bytes, free });
    }
    const short = [...systems.values()].filter(({ bytes, free }) => free < bytes);
    if (short.length > 0) {
        const lines = short.map(({ folders, bytes, free }) => {
            return `${what} takes ${size(bytes)} of disk in ${folders.join(", ")}, where ${size(free)} are free; ${advice}`;
        });
        throw new ToolchainError(lines.join("\n"));
    }
    return [...systems.values()].map(({ folders, bytes, free }) => {
        return `${size(bytes)} in ${folders.join(", ")} (${size(free)} are free)`;
    });
}

/** Memory that can still be used, in bytes. The limit of a container counts too. */
export function freeMemory(): number {
    const limit = process.constrainedMemory();
    return limit ? Math.min(freemem(), limit) : freemem();
}

/** Bytes as people read them: `1.6 GB`, `12 MB`. */
export function size(bytes: number): string {
    return bytes < gigabyte / 10 ? `${Math.ceil(bytes / 1e6)} MB` : `${(bytes / gigabyte).toFixed(1)} GB`;
}

/** The file system that a folder is on, or will be once it is made. */
async function fileSystemOf(folder: string): Promise<{ readonly device: number; readonly free: number }> {
    try {
        const [{ dev }, { bavail, bsize }] = await Promise.all([stat(folder), statfs(folder)]);
        return { device: dev, free: bavail * bsize };
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOENT" || dirname(folder) === folder) {
            throw error;
        }
        return fileSystemOf(dirname(folder));
    }
}
