import { createHash } from "node:crypto";

/** What Landfall wrote to a file last time. */
export interface Applied {
    /** Git blob id of the file as the program wanted it. */
    readonly blob: string;
    /** The same with the values of image-policy markers left out; only for files that hold markers. */
    readonly withoutMarkers?: string;
}

export type Merge =
    | { readonly kind: "keep" }
    | { readonly kind: "write"; readonly content: string }
    | { readonly kind: "delete" }
    | { readonly kind: "conflict"; readonly reason: string };

/** Git's id of a file's content. */
export function blobId(content: string): string {
    const bytes = Buffer.from(content, "utf8");
    return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

export function applied(content: string): Applied {
    const withoutMarkers = blankMarkers(content);
    return withoutMarkers === content
        ? { blob: blobId(content) }
        : { blob: blobId(content), withoutMarkers: blobId(withoutMarkers) };
}

/**
 * Merges one file three ways: what was last applied, what the program wants, what the branch holds. What one side left
 * alone follows the other; what both changed is a conflict, never overwritten. Lines with an image-policy marker belong
 * to image automation once it has changed them.
 */
export function mergeFile(base: Applied | undefined, desired: string | undefined, actual: string | undefined): Merge {
    if (desired === undefined) {
        return mergeRemoval(base, actual);
    }
    if (actual === desired) {
        return { kind: "keep" };
    }
    if (base === undefined) {
        return actual === undefined
            ? { kind: "write", content: desired }
            : { kind: "conflict", reason: "the branch has this file with other content, and Landfall never wrote it" };
    }
    if (blobId(desired) === base.blob) {
        return { kind: "keep" };
    }
    if (actual === undefined) {
        return { kind: "conflict", reason: "removed on the branch since the last update, and changed in gitops/" };
    }
    if (blobId(actual) === base.blob) {
        return { kind: "write", content: desired };
    }
    if (base.withoutMarkers !== undefined && blobId(blankMarkers(actual)) === base.withoutMarkers) {
        const content = carryMarkers(actual, desired);
        return content === actual ? { kind: "keep" } : { kind: "write", content };
    }
    return { kind: "conflict", reason: "changed on the branch since the last update, and changed in gitops/" };
}

function mergeRemoval(base: Applied | undefined, actual: string | undefined): Merge {
    if (base === undefined || actual === undefined) {
        return { kind: "keep" };
    }
    const ours = blobId(actual) === base.blob || blobId(blankMarkers(actual)) === base.withoutMarkers;
    return ours
        ? { kind: "delete" }
        : { kind: "conflict", reason: "changed on the branch since the last update, and removed from gitops/" };
}

// `image: registry/app:1.2.3 # {"$imagepolicy": "flux-system:app"}`, with an optional :tag or :name in the marker.
// https://fluxcd.io/flux/guides/image-update/#configure-image-update-for-custom-resources
const marker = /^(\s*(?:- )?[\w.-]+:\s*)(\S+)(\s+#\s*\{"\$imagepolicy":\s*"([^"]+)"\}\s*)$/;

function blankMarkers(content: string): string {
    return content
        .split("\n")
        .map((line) => line.replace(marker, "$1$3"))
        .join("\n");
}

function carryMarkers(from: string, to: string): string {
    const values = new Map<string, string>();
    for (const line of from.split("\n")) {
        const [, , value, , policy] = marker.exec(line) ?? [];
        if (value && policy) {
            values.set(policy, value);
        }
    }
    return to
        .split("\n")
        .map((line) =>
            line.replace(
                marker,
                (whole, key: string, value: string, comment: string, policy: string) =>
                    `${key}${values.get(policy) ?? value}${comment}`,
            ),
        )
        .join("\n");
}
