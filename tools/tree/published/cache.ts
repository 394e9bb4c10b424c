import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { TreeError } from "../tree-error";
import { cacheFolder } from "@landfall/toolchain";

/** The folder of the archives, outside of the work tree: every clone of a user shares it. */
export function chartCache(): string {
    return path.join(cacheFolder(), "charts");
}

export function digestOf(content: Buffer): string {
    return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}

/** Path that an archive has in a cache. */
function archivePath(cache: string, digest: string): string {
    return path.join(cache, `${digest.replace("sha256:", "")}.tgz`);
}

const verified = new Set<string>();

/**
 * Path of an archive, or undefined if the cache does not have it. Its content is looked at once a process,
 * and again when it changes.
 *
 * @throws TreeError if the content is not what the digest says.
 */
export function cachedArchive(cache: string, digest: string): string | undefined {
    const file = archivePath(cache, digest);
    if (!fs.existsSync(file)) {
        return undefined;
    }
    const { size, mtimeMs } = fs.statSync(file);
    const seen = `${file} ${size} ${mtimeMs}`;
    if (!verified.has(seen)) {
        const found = digestOf(fs.readFileSync(file));
        if (found !== digest) {
            throw new TreeError(`${file} has the digest ${found}: remove it, then: npm run tree -- charts pull`);
        }
        verified.add(seen);
    }
    return file;
}

/** Puts an archive into a cache, whole or not at all. */
export function storeArchive(cache: string, content: Buffer): string {
    const digest = digestOf(content);
    const file = archivePath(cache, digest);
    fs.mkdirSync(cache, { recursive: true });
    const temporary = `${file}.${process.pid}.tmp`;
    fs.writeFileSync(temporary, content);
    fs.renameSync(temporary, file);
    return digest;
}
