import type { HttpRequest, HttpResponse } from "../../network/route";
import type { BlobContainer, BlobVersion } from "./blob-container";
import { StorageError } from "./storage-error";

export interface BlobCall {
    readonly blobName: string;
    readonly request: HttpRequest;
    /** @throws StorageError when there is no such container. */
    readonly content: () => BlobContainer;
    readonly keepsVersions: boolean;
    /** Whether deleted versions can be brought back. */
    readonly keepsDeleted: boolean;
    /** Until when a policy protects what is written now. */
    readonly protectedUntil: Date | undefined;
    /** @throws StorageError unless the caller may do this data action, such as `blobs/read`. */
    readonly demand: (dataAction: string) => void;
}

/** Answers a request to a blob. @throws StorageError */
export function answerBlob(call: BlobCall): HttpResponse {
    const { request, blobName, content, keepsVersions, keepsDeleted, demand } = call;
    const { method, url } = request;
    const versionId = url.searchParams.get("versionid") ?? undefined;
    const verb = `${method} ${url.searchParams.get("comp") ?? ""}`.trim();
    switch (verb) {
        case "GET":
        case "HEAD":
            demand("blobs/read");
            return read(content().find(blobName, versionId), request);
        case "PUT":
            demand("blobs/write");
            return put(call, request.body);
        case "PUT block":
            demand("blobs/write");
            content().stage(blobName, url.searchParams.get("blockid") ?? "", request.body);
            return { status: 201 };
        case "PUT blocklist":
            demand("blobs/write");
            return put(call, content().join(blobName, blockIds(request.body.toString("utf8"))));
        case "DELETE":
            if (url.searchParams.has("deletetype")) {
                demand("blobs/permanentDelete/action");
                throw new StorageError(
                    409,
                    "PermanentDeleteNotEnabled",
                    "The account does not allow permanent deletes.",
                );
            }
            if (versionId !== undefined) {
                demand("blobs/deleteBlobVersion/action");
                content().deleteVersion(blobName, versionId, keepsDeleted);
                return { status: 202, headers: { "x-ms-delete-type-permanent": String(!keepsDeleted) } };
            }
            demand("blobs/delete");
            content().delete(blobName, keepsVersions);
            return { status: 202, headers: { "x-ms-delete-type-permanent": String(!keepsVersions) } };
        case "PUT undelete":
            demand("blobs/write");
            content().undelete(blobName);
            return { status: 200 };
        case "PUT immutabilityPolicies":
        case "DELETE immutabilityPolicies": {
            demand("blobs/immutableStorage/runAsSuperUser/action");
            const until = request.headers["x-ms-immutability-policy-until-date"];
            content().protect(blobName, versionId, until === undefined ? undefined : new Date(until));
            return { status: 200 };
        }
        default:
            throw new StorageError(
                400,
                "UnsupportedHttpVerb",
                `The sandbox's blob storage does not answer "${verb}" at a blob.`,
            );
    }
}

function put({ request, blobName, content, keepsVersions, protectedUntil }: BlobCall, bytes: Buffer): HttpResponse {
    const { headers, url } = request;
    if (!url.searchParams.has("comp") && headers["x-ms-blob-type"] !== "BlockBlob") {
        const header = { HeaderName: "x-ms-blob-type", HeaderValue: headers["x-ms-blob-type"] ?? "" };
        const message = "The value for one of the HTTP headers is not in the correct format.";
        throw new StorageError(400, "InvalidHeaderValue", message, header);
    }
    if (headers["if-none-match"] === "*" && content().has(blobName)) {
        throw new StorageError(409, "BlobAlreadyExists", "The specified blob already exists.");
    }
    const contentType = headers["x-ms-blob-content-type"] ?? headers["content-type"] ?? "application/octet-stream";
    const metadata = Object.entries(headers).flatMap(([name, value]) =>
        name.startsWith("x-ms-meta-") ? [[name.slice("x-ms-meta-".length), value] as const] : [],
    );
    const version = content().put(
        blobName,
        { content: bytes, contentType, metadata: Object.fromEntries(metadata), immutableUntil: protectedUntil },
        keepsVersions,
    );
    return { status: 201, headers: { ...validators(version), ...versionHeader(version, keepsVersions) } };
}

function read(blob: BlobVersion, { headers }: HttpRequest): HttpResponse {
    const range = /^bytes=(\d+)-(\d*)$/.exec(headers["x-ms-range"] ?? headers.range ?? "");
    const metadata = Object.entries(blob.metadata).map(([name, value]) => [`x-ms-meta-${name}`, value] as const);
    const described = {
        ...validators(blob),
        ...Object.fromEntries(metadata),
        "content-type": blob.contentType,
        "accept-ranges": "bytes",
        "x-ms-blob-type": "BlockBlob",
    };
    const { content } = blob;
    if (!range) {
        return { status: 200, headers: { ...described, "content-md5": blob.contentMd5 }, body: content };
    }
    const start = Number(range[1]);
    const end = range[2] === "" ? content.length - 1 : Number(range[2]);
    if (start >= content.length) {
        throw new StorageError(
            416,
            "InvalidRange",
            "The range specified is invalid for the current size of the resource.",
        );
    }
    const part = content.subarray(start, end + 1);
    const contentRange = `bytes ${start}-${start + part.length - 1}/${content.length}`;
    return { status: 206, headers: { ...described, "content-range": contentRange }, body: part };
}

function validators({ etag, lastModified }: BlobVersion): Record<string, string> {
    return { etag, "last-modified": lastModified.toUTCString() };
}

function versionHeader({ versionId }: BlobVersion, keepsVersions: boolean): Record<string, string> {
    return keepsVersions ? { "x-ms-version-id": versionId } : {};
}

/** The ids of a `<BlockList>` with `<Latest>`, `<Uncommitted>` or `<Committed>` elements, in order. */
function blockIds(list: string): string[] {
    return [...list.matchAll(/<(Latest|Uncommitted|Committed)>([^<]+)<\/\1>/g)].map((match) => match[2] ?? "");
}
