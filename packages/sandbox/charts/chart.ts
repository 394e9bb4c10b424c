import { gzipSync } from "node:zlib";
import { type ChartDefinition, metadataOf, type Signer, signerOf, standInFiles } from "@landfall/facts";
import { pack } from "tar-stream";
import { digestOf } from "../registry/digest";

/** A packaged chart, with what its registries say of it. */
export interface Chart {
    readonly name: string;
    readonly version: string;
    readonly published: readonly string[];
    /** The content of Chart.yaml. */
    readonly metadata: Readonly<Record<string, unknown>>;
    readonly archive: Buffer;
    /** `sha256:` and the digest of the archive. */
    readonly digest: string;
    /** Who signs what a registry has of it. Default: nobody. */
    readonly signed?: Signer | undefined;
}

/** Packages the stand-in of a chart. The same definition gives the same bytes. */
export async function packageChart(definition: ChartDefinition, fluxOperatorSource: string): Promise<Chart> {
    const { name, version, published } = definition;
    const archive = await archiveOf(name, await standInFiles(definition, fluxOperatorSource));
    const digest = digestOf(archive);
    const signed = signerOf(definition);
    return { name, version, published, metadata: metadataOf(definition), archive, digest, signed };
}

async function archiveOf(name: string, files: Readonly<Record<string, string>>): Promise<Buffer> {
    const tar = pack();
    for (const [path, text] of Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1))) {
        tar.entry({ name: `${name}/${path}`, mode: 0o644, mtime: new Date(0) }, text);
    }
    tar.finalize();
    const chunks: Buffer[] = [];
    for await (const chunk of tar) {
        chunks.push(chunk as Buffer);
    }
    return gzipSync(Buffer.concat(chunks));
}
