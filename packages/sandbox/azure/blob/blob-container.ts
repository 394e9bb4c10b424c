import { createHash } from "node:crypto";
import { StorageError } from "./storage-error";

/** A blob as it was written once. */
export interface BlobVersion {
    readonly name: string;
    /** When it was written: a time with seven digits of the second, unique in the container. */
    readonly versionId: string;
    readonly content: Buffer;
    readonly contentType: string;
    readonly contentMd5: string;
    readonly etag: string;
    readonly lastModified: Date;
    /** From `x-ms-meta-<name>` headers. */
    readonly metadata: Readonly<Record<string, string>>;
}

/** The blobs of a container, with their earlier versions and the blocks that are not committed yet. */
export class BlobContainer {
    private readonly current = new Map<string, BlobVersion>();
    private readonly earlier: BlobVersion[] = [];
    private readonly blocks = new Map<string, Map<string, Buffer>>();
    private ticks = 0;

    /** @throws StorageError `BlobNotFound`; without a version, the current one is meant. */
    find(name: string, versionId?: string): BlobVersion {
        const found =
            versionId === undefined
                ? this.current.get(name)
                : this.versions().find((each) => each.name === name && each.versionId === versionId);
        if (!found) {
            throw new StorageError(404, "BlobNotFound", "The specified blob does not exist.");
        }
        return found;
    }

    has(name: string): boolean {
        return this.current.has(name);
    }

    /** Makes the current version; what it replaces stays as an earlier one where the account keeps versions. */
    put(
        name: string,
        { content, contentType, metadata }: Pick<BlobVersion, "content" | "contentType" | "metadata">,
        keepsVersions: boolean,
    ): BlobVersion {
        this.retire(name, keepsVersions);
        const lastModified = new Date();
        const versionId = lastModified.toISOString().replace("Z", `${String(this.ticks++).padStart(4, "0")}Z`);
        const version = {
            ...{ name, versionId, content, contentType, metadata, lastModified },
            contentMd5: createHash("md5").update(content).digest("base64"),
            etag: `"0x${createHash("sha256").update(name).update(versionId).digest("hex").slice(0, 15).toUpperCase()}"`,
        };
        this.current.set(name, version);
        this.blocks.delete(name);
        return version;
    }

    /** @throws StorageError `BlobNotFound`. */
    delete(name: string, keepsVersions: boolean): void {
        this.find(name);
        this.retire(name, keepsVersions);
    }

    stage(name: string, blockId: string, content: Buffer): void {
        this.blocks.set(name, (this.blocks.get(name) ?? new Map<string, Buffer>()).set(blockId, content));
    }

    /**
     * The content that the blocks make in this order. @throws StorageError `InvalidBlockList` when one was not staged.
     */
    join(name: string, blockIds: readonly string[]): Buffer {
        const staged = this.blocks.get(name);
        return Buffer.concat(
            blockIds.map((id) => {
                const block = staged?.get(id);
                if (!block) {
                    throw new StorageError(400, "InvalidBlockList", "The specified block list is invalid.");
                }
                return block;
            }),
        );
    }

    /** Current blobs by name. */
    list(): BlobVersion[] {
        return [...this.current.values()].sort(byName);
    }

    /** All versions by name and age. */
    versions(): BlobVersion[] {
        return [...this.earlier, ...this.current.values()].sort(
            (left, right) => byName(left, right) || (left.versionId < right.versionId ? -1 : 1),
        );
    }

    private retire(name: string, keepsVersions: boolean): void {
        const replaced = this.current.get(name);
        this.current.delete(name);
        if (replaced && keepsVersions) {
            this.earlier.push(replaced);
        }
    }
}

function byName(left: { readonly name: string }, right: { readonly name: string }): number {
    return left.name < right.name ? -1 : left.name > right.name ? 1 : 0;
}
