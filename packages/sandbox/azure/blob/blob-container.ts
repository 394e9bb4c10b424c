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
    /** Until when a policy protects it. */
    readonly immutableUntil: Date | undefined;
}

type WrittenBlob = Pick<BlobVersion, "content" | "contentType" | "metadata" | "immutableUntil">;

/** The blobs of a container, with their earlier versions and the blocks that are not committed yet. */
export class BlobContainer {
    private readonly current = new Map<string, BlobVersion>();
    private earlier: BlobVersion[] = [];
    /** Versions that were deleted and can be brought back. */
    private deleted: BlobVersion[] = [];
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

    isEmpty(): boolean {
        return this.current.size + this.earlier.length + this.deleted.length === 0;
    }

    has(name: string): boolean {
        return this.current.has(name);
    }

    /**
     * Makes the current version; what it replaces stays as an earlier one where the account keeps versions.
     * @throws StorageError `BlobImmutableDueToPolicy` where it does not.
     */
    put(name: string, written: WrittenBlob, keepsVersions: boolean): BlobVersion {
        const { content } = written;
        this.retire(name, keepsVersions);
        const lastModified = new Date();
        const versionId = lastModified.toISOString().replace("Z", `${String(this.ticks++).padStart(4, "0")}Z`);
        const version = {
            ...{ ...written, name, versionId, lastModified },
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

    /**
     * Deletes an earlier version, which can be brought back where the account keeps what is deleted.
     * @throws StorageError `BlobImmutableDueToPolicy`, `BlobNotFound`.
     */
    deleteVersion(name: string, versionId: string, keepsDeleted: boolean): void {
        const version = this.find(name, versionId);
        checkMutable(version);
        if (this.current.get(name) === version) {
            throw new StorageError(
                403,
                "OperationNotAllowedOnRootBlob",
                "The operation is not allowed on a root blob.",
            );
        }
        this.earlier = this.earlier.filter((each) => each !== version);
        if (keepsDeleted) {
            this.deleted.push(version);
        }
    }

    /** Brings deleted versions of a blob back. */
    undelete(name: string): void {
        this.earlier.push(...this.deleted.filter((each) => each.name === name));
        this.deleted = this.deleted.filter((each) => each.name !== name);
    }

    /**
     * Changes until when a version is protected; without a version, the current one.
     * @throws StorageError `BlobNotFound`.
     */
    protect(name: string, versionId: string | undefined, immutableUntil: Date | undefined): void {
        const found = this.find(name, versionId);
        const changed = { ...found, immutableUntil };
        if (this.current.get(name) === found) {
            this.current.set(name, changed);
        } else {
            this.earlier = this.earlier.map((each) => (each === found ? changed : each));
        }
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
        if (replaced && !keepsVersions) {
            checkMutable(replaced);
        }
        this.current.delete(name);
        if (replaced && keepsVersions) {
            this.earlier.push(replaced);
        }
    }
}

/** @throws StorageError when a policy protects the version. */
function checkMutable({ immutableUntil }: BlobVersion): void {
    if (immutableUntil !== undefined && immutableUntil.getTime() > Date.now()) {
        const message = "This operation is not permitted as the blob is immutable due to a policy.";
        throw new StorageError(409, "BlobImmutableDueToPolicy", message);
    }
}

function byName(left: { readonly name: string }, right: { readonly name: string }): number {
    return left.name < right.name ? -1 : left.name > right.name ? 1 : 0;
}
