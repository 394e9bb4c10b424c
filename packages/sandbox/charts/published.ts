import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { extract } from "tar-stream";
import { parse } from "yaml";
import { digestOf } from "../registry/digest";
import type { Chart } from "./chart";

/** An archive that somebody else made, and where it is published: `oci://…`, or the URL of a Helm repository. */
export interface PublishedArchive {
    readonly archive: Buffer;
    readonly published: readonly string[];
}

/**
 * A published chart, as its registries have it.
 *
 * @throws Error if the archive has no Chart.yaml, or one without name and version.
 */
export async function publishedChart({ archive, published }: PublishedArchive): Promise<Chart> {
    const metadata = parse(await chartFile(archive)) as Record<string, unknown>;
    const { name, version } = metadata;
    if (typeof name !== "string" || typeof version !== "string") {
        throw new Error(`the archive of ${published.join(", ")} has a Chart.yaml without name and version`);
    }
    return { name, version, published, metadata, archive, digest: digestOf(archive) };
}

/** The text of the outermost Chart.yaml of an archive. */
async function chartFile(archive: Buffer): Promise<string> {
    const entries = extract();
    let found: string | undefined;
    const read = async () => {
        for await (const entry of entries) {
            const chunks: Buffer[] = [];
            for await (const chunk of entry) {
                chunks.push(chunk as Buffer);
            }
            if (/^[^/]+\/Chart\.yaml$/.test(entry.header.name)) {
                found = Buffer.concat(chunks).toString("utf8");
            }
        }
    };
    await Promise.all([pipeline(Readable.from([archive]), createGunzip(), entries), read()]);
    if (found === undefined) {
        throw new Error("the archive has no Chart.yaml: it is no package of a chart");
    }
    return found;
}
