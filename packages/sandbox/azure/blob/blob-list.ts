import type { HttpResponse } from "../../network/route";
import type { BlobContainer, BlobVersion } from "./blob-container";
import { xml } from "./xml";

const largestPage = 5000;

/**
 * Answers List Blobs: `prefix`, `delimiter`, `maxresults`, `marker`, and `include=versions`.
 * @see https://learn.microsoft.com/rest/api/storageservices/list-blobs
 */
export function listBlobs(container: BlobContainer, { searchParams }: URL): HttpResponse {
    const prefix = searchParams.get("prefix") ?? "";
    const delimiter = searchParams.get("delimiter") ?? "";
    const marker = searchParams.get("marker") ?? "";
    const withVersions = (searchParams.get("include") ?? "").split(",").includes("versions");
    const all = (withVersions ? container.versions() : container.list()).filter(({ name }) => name.startsWith(prefix));
    const entries = entriesOf(all, prefix, delimiter).filter(({ name }) => name > marker);
    const size = Math.min(Number(searchParams.get("maxresults") ?? largestPage), largestPage);
    const page = entries.slice(0, size);
    const listed = {
        Prefix: prefix,
        Marker: marker,
        Delimiter: delimiter,
        Blobs: {
            Blob: page.flatMap(({ blobs }) => blobs).map((blob) => describe(container, blob, withVersions)),
            BlobPrefix: page.filter(({ blobs }) => blobs.length === 0).map(({ name }) => ({ Name: name })),
        },
        NextMarker: entries.length > size ? (page.at(-1)?.name ?? "") : "",
    };
    return {
        status: 200,
        headers: { "content-type": "application/xml" },
        body: xml("EnumerationResults", listed),
    };
}

interface Entry {
    readonly name: string;
    /** Its versions; none for a prefix that stands for everything below it. */
    readonly blobs: BlobVersion[];
}

function entriesOf(blobs: readonly BlobVersion[], prefix: string, delimiter: string): Entry[] {
    const entries = new Map<string, Entry>();
    for (const blob of blobs) {
        const end = delimiter === "" ? -1 : blob.name.indexOf(delimiter, prefix.length);
        const name = end < 0 ? blob.name : blob.name.slice(0, end + delimiter.length);
        const entry = entries.get(name) ?? { name, blobs: [] };
        entries.set(name, entry);
        if (end < 0) {
            entry.blobs.push(blob);
        }
    }
    return [...entries.values()];
}

function describe(container: BlobContainer, blob: BlobVersion, withVersions: boolean) {
    const isCurrent = container.has(blob.name) && container.find(blob.name) === blob;
    return {
        Name: blob.name,
        ...(withVersions ? { VersionId: blob.versionId, IsCurrentVersion: isCurrent || undefined } : {}),
        Properties: {
            "Last-Modified": blob.lastModified.toUTCString(),
            Etag: blob.etag,
            "Content-Length": blob.content.length,
            "Content-Type": blob.contentType,
            "Content-MD5": blob.contentMd5,
            BlobType: "BlockBlob",
        },
        Metadata: blob.metadata,
    };
}
