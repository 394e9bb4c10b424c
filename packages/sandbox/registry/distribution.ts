/**
 * The OCI distribution specification: pull, push and the list of tags. Not modelled: deletion, mounting of blobs from
 * another repository, pages of tags, referrers.
 *
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md
 */
import type { HttpRequest, HttpResponse } from "../network/route";
import { type Params, Router } from "../network/router";
import { RegistryError } from "./registry-error";
import type { RegistryRepository } from "./repository";

export type Action = "pull" | "push";

/** What tells one registry from another. */
export interface Registry {
    /** Rejects with a RegistryError unless the request may do that with the repository; "" is the registry itself. */
    authorize(name: string, action: Action): Promise<void>;
    /** @throws RegistryError `NAME_UNKNOWN` for a pull from a repository that does not exist; a push makes it. */
    repository(name: string, action: Action): RegistryRepository;
}

type Operation = (repository: RegistryRepository, params: Params, request: HttpRequest) => HttpResponse;

const version = { "docker-distribution-api-version": "registry/2.0" };
const manifests = "/v2/:name{.+}/manifests/:reference";
const blobs = "/v2/:name{.+}/blobs/:reference";
const uploads = "/v2/:name{.+}/blobs/uploads";

const operations = new Router<readonly [Action, Operation]>([
    ["GET", "/v2/:name{.+}/tags/list", ["pull", listTags]],
    ["GET", manifests, ["pull", getManifest]],
    ["HEAD", manifests, ["pull", getManifest]],
    ["GET", blobs, ["pull", getBlob]],
    ["HEAD", blobs, ["pull", getBlob]],
    ["PUT", manifests, ["push", putManifest]],
    ["POST", uploads, ["push", startUpload]],
    ["PATCH", `${uploads}/:id`, ["push", upload]],
    ["PUT", `${uploads}/:id`, ["push", upload]],
]);

/** Answers a request below `/v2`. @throws RegistryError */
export async function answerRegistry(registry: Registry, request: HttpRequest): Promise<HttpResponse> {
    const { method, url } = request;
    const found = operations.find(method, url.pathname);
    if (!found) {
        await registry.authorize("", "pull");
        if (/^\/v2\/?$/.test(url.pathname)) {
            return { status: 200, headers: version, body: {} };
        }
        throw new RegistryError(404, "UNSUPPORTED", `the sandbox's registries do not answer ${method} ${url.pathname}`);
    }
    const { params, target } = found;
    const [action, operation] = target;
    const { name = "" } = params;
    await registry.authorize(name, action);
    return operation(registry.repository(name, action), params, request);
}

function listTags({ name, tags }: RegistryRepository): HttpResponse {
    return { status: 200, headers: version, body: { name, tags: [...tags.keys()].sort() } };
}

function getManifest(repository: RegistryRepository, { reference = "" }: Params): HttpResponse {
    const { digest, mediaType, content } = repository.manifest(reference);
    const headers = { ...version, "content-type": mediaType, "docker-content-digest": digest };
    return { status: 200, headers, body: content };
}

function getBlob(repository: RegistryRepository, { reference = "" }: Params): HttpResponse {
    const headers = { ...version, "content-type": "application/octet-stream", "docker-content-digest": reference };
    return { status: 200, headers, body: repository.blob(reference) };
}

function putManifest(repository: RegistryRepository, { reference = "" }: Params, request: HttpRequest): HttpResponse {
    const { body, headers } = request;
    const digest = repository.putManifest({ mediaType: headers["content-type"] ?? "", content: body }, reference);
    return created(`/v2/${repository.name}/manifests/${digest}`, digest);
}

function startUpload(repository: RegistryRepository, _: Params, request: HttpRequest): HttpResponse {
    return upload(repository, { id: repository.startUpload() }, request);
}

/** Takes a part of a blob, and with `digest` in the query the last part. */
function upload(repository: RegistryRepository, { id = "" }: Params, request: HttpRequest): HttpResponse {
    const length = repository.append(id, request.body);
    const digest = request.url.searchParams.get("digest");
    if (digest !== null || request.method === "PUT") {
        repository.finish(id, digest ?? "");
        return created(`/v2/${repository.name}/blobs/${digest}`, digest ?? "");
    }
    const location = `/v2/${repository.name}/blobs/uploads/${id}`;
    const range = `0-${Math.max(length - 1, 0)}`;
    return { status: 202, headers: { ...version, location, "docker-upload-uuid": id, range } };
}

function created(location: string, digest: string): HttpResponse {
    return { status: 201, headers: { ...version, location, "docker-content-digest": digest } };
}
