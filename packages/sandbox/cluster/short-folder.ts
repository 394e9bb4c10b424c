import { createHash } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Makes an empty folder. Throws when a folder of another user is in its place. */
export function makeShortFolder(directory: string): string {
    const folder = shortFolder(directory);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { mode: 0o700 });
    return folder;
}

/** A short path in the temporary folder, always the same for a state folder: sockets lie below it. */
export function shortFolder(directory: string): string {
    return join(tmpdir(), `landfall-${createHash("sha256").update(directory).digest("hex").slice(0, 8)}`);
}
