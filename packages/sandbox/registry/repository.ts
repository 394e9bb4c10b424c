import { randomUUID } from "node:crypto";
import { digestOf } from "./digest";
import { RegistryError } from "./registry-error";

export interface Stored {
    readonly mediaType: string;
    readonly content: Buffer;
}

interface Descriptor {
    readonly digest?: string;
}

/** The content of one repository of a registry: blobs, manifests, tags, and uploads under way. */
export class RegistryRepository {
    readonly tags = new Map<string, string>();
    private readonly manifests = new Map<string, Stored>();
    private readonly blobs = new Map<string, Buffer>();
    private readonly uploads = new Map<string, Buffer>();

    constructor(readonly name: string) {}

    /** @throws RegistryError `MANIFEST_UNKNOWN`. */
    manifest(reference: string): Stored & { readonly digest: string } {
        const digest = this.tags.get(reference) ?? reference;
        const found = this.manifests.get(digest);
        if (!found) {
            const known = [...this.tags.keys()].filter(isVersion).sort().join(", ") || "none";
            const message = `manifest tagged by "${reference}" is not found: ${this.name} has no ${reference}. Its versions: ${known}.`;
            throw new RegistryError(404, "MANIFEST_UNKNOWN", message);
        }
        return { ...found, digest };
    }

    /** @throws RegistryError `BLOB_UNKNOWN`. */
    blob(digest: string): Buffer {
        const found = this.blobs.get(digest);
        if (!found) {
            throw new RegistryError(404, "BLOB_UNKNOWN", `blob ${digest} unknown to registry`);
        }
        return found;
    }

    startUpload(): string {
        const id = randomUUID();
        this.uploads.set(id, Buffer.alloc(0));
        return id;
    }

    /** Gives the number of bytes so far. */
    append(id: string, chunk: Buffer): number {
        const all = Buffer.concat([this.upload(id), chunk]);
        this.uploads.set(id, all);
        return all.length;
    }

    /** Makes a blob of an upload. @throws RegistryError `DIGEST_INVALID` when its digest is not the one promised. */
    finish(id: string, digest: string): void {
        const content = this.upload(id);
        checkDigest(content, digest);
        this.uploads.delete(id);
        this.putBlob(content);
    }

    /** Gives the digest. */
    putBlob(content: Buffer): string {
        const digest = digestOf(content);
        this.blobs.set(digest, content);
        return digest;
    }

    /** Gives the digest. @throws RegistryError when something that the manifest names is not there. */
    putManifest({ mediaType, content }: Stored, reference: string): string {
        const digest = digestOf(content);
        const isTag = !reference.startsWith("sha256:");
        if (!isTag) {
            checkDigest(content, reference);
        }
        const missing = referencedBy(content).find((each) => !this.blobs.has(each) && !this.manifests.has(each));
        if (missing !== undefined) {
            throw new RegistryError(400, "MANIFEST_BLOB_UNKNOWN", `blob ${missing} unknown to registry`);
        }
        this.manifests.set(digest, { mediaType, content });
        if (isTag) {
            this.tags.set(reference, digest);
        }
        return digest;
    }

    private upload(id: string): Buffer {
        const found = this.uploads.get(id);
        if (!found) {
            throw new RegistryError(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry");
        }
        return found;
    }
}

/** No version is the tag that a list of signatures has, the digest of what they sign. */
function isVersion(tag: string): boolean {
    return !/^sha256-[0-9a-f]{64}$/.test(tag);
}

function checkDigest(content: Buffer, promised: string): void {
    if (digestOf(content) !== promised) {
        throw new RegistryError(400, "DIGEST_INVALID", "provided digest did not match uploaded content");
    }
}

function referencedBy(manifest: Buffer): string[] {
    let parsed: { config?: Descriptor; layers?: Descriptor[]; manifests?: Descriptor[] };
    try {
        parsed = JSON.parse(manifest.toString("utf8")) as typeof parsed;
    } catch (error) {
        throw new RegistryError(400, "MANIFEST_INVALID", `manifest invalid: ${(error as Error).message}`);
    }
    const { config, layers = [], manifests = [] } = parsed;
    return [config, ...layers, ...manifests].flatMap((each) => each?.digest ?? []);
}
