import { createHash } from "node:crypto";
import { accessSync, constants, mkdirSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Linux's folder in memory. Containers often have one of 64 MB, which is too small. */
const inMemory = "/dev/shm";
const enoughBytes = 512 * 1024 * 1024;

/** Makes an empty folder. Throws when a folder of another user is in its place. */
export function makeShortFolder(directory: string): string {
    const folder = join(hasRoom(inMemory) ? inMemory : tmpdir(), nameOf(directory));
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { mode: 0o700 });
    return folder;
}

/**
 * The places that the folder of a state folder may be in. Its path is short, because sockets lie below it, and in
 * memory if there is room: Flux unpacks the whole tree there, once for each layer.
 */
export function shortFolders(directory: string): string[] {
    return [inMemory, tmpdir()].map((parent) => join(parent, nameOf(directory)));
}

function nameOf(directory: string): string {
    return `landfall-${createHash("sha256").update(directory).digest("hex").slice(0, 8)}`;
}

function hasRoom(folder: string): boolean {
    try {
        accessSync(folder, constants.W_OK);
    } catch {
        return false;
    }
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize > enoughBytes;
}
