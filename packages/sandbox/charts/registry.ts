import type { HttpHandler, HttpRequest, HttpResponse } from "../network/route";
import { digestOf, type Chart } from "./chart";

const manifestType = "application/vnd.oci.image.manifest.v1+json";
const configType = "application/vnd.cncf.helm.config.v1+json";
const contentType = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";

interface Blob {
    readonly mediaType: string;
    readonly content: Buffer;
}

interface Repository {
    /** Digests of manifests. A plus sign, which versions have and tags may not, is an underscore. */
    readonly tags: Map<string, string>;
    readonly manifests: Map<string, Blob>;
    readonly blobs: Map<string, Blob>;
}

/**
 * Answers for an OCI registry which holds charts, by the OCI distribution specification: pulling and the list of tags.
 * It lets everybody pull: that a private registry would ask for a login is not shown by it.
 */
export function registryHandler(host: string, charts: readonly { repository: string; chart: Chart }[]): HttpHandler {
    const repositories = new Map<string, Repository>();
    for (const { repository, chart } of charts) {
        const there = repositories.get(repository) ?? { tags: new Map(), manifests: new Map(), blobs: new Map() };
        repositories.set(repository, there);
        addChart(there, chart);
    }
    // eslint-disable-next-line @typescript-eslint/require-await -- a handler answers with a promise
    return async (request) => answer(host, repositories, request);
}

function addChart(repository: Repository, chart: Chart): void {
    const config = Buffer.from(JSON.stringify(chart.metadata));
    const manifest = Buffer.from(
        JSON.stringify({
            schemaVersion: 2,
            mediaType: manifestType,
            config: { mediaType: configType, digest: digestOf(config), size: config.length },
            layers: [{ mediaType: contentType, digest: chart.digest, size: chart.archive.length }],
            annotations: {
                "org.opencontainers.image.title": chart.name,
                "org.opencontainers.image.version": chart.version,
            },
        }),
    );
    repository.blobs.set(digestOf(config), { mediaType: configType, content: config });
    repository.blobs.set(chart.digest, { mediaType: contentType, content: chart.archive });
    repository.manifests.set(digestOf(manifest), { mediaType: manifestType, content: manifest });
    repository.tags.set(chart.version.replaceAll("+", "_"), digestOf(manifest));
}

function answer(host: string, repositories: Map<string, Repository>, { method, url }: HttpRequest): HttpResponse {
    if (method !== "GET" && method !== "HEAD") {
        return failure(405, "UNSUPPORTED", `The sandbox's ${host} can only be pulled from.`);
    }
    const version = { "docker-distribution-api-version": "registry/2.0" };
    if (/^\/v2\/?$/.test(url.pathname)) {
        return { status: 200, headers: version, body: {} };
    }
    const path = /^\/v2\/(.+)\/(tags|manifests|blobs)\/([^/]+)$/.exec(decodeURIComponent(url.pathname));
    const [, name = "", kind = "", reference = ""] = path ?? [];
    const repository = repositories.get(name);
    if (repository === undefined) {
        const known = [...repositories.keys()].sort().join(", ");
        return failure(404, "NAME_UNKNOWN", `The sandbox's ${host} holds no ${name}. It holds ${known}.`);
    }
    if (kind === "tags") {
        return { status: 200, headers: version, body: { name, tags: [...repository.tags.keys()].sort() } };
    }
    const digest = kind === "manifests" ? (repository.tags.get(reference) ?? reference) : reference;
    const blob = (kind === "manifests" ? repository.manifests : repository.blobs).get(digest);
    if (blob === undefined) {
        const code = kind === "manifests" ? "MANIFEST_UNKNOWN" : "BLOB_UNKNOWN";
        const known = [...repository.tags.keys()].sort().join(", ");
        return failure(404, code, `The sandbox's ${host}/${name} has no ${reference}. Its versions: ${known}.`);
    }
    const headers = { ...version, "content-type": blob.mediaType, "docker-content-digest": digest };
    return { status: 200, headers, body: blob.content };
}

function failure(status: number, code: string, message: string): HttpResponse {
    return { status, body: { errors: [{ code, message }] } };
}
