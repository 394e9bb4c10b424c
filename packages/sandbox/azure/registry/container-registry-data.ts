/**
 * Stands in for the data plane of container registries: login with Entra's tokens, pull, push and the list of tags (OCI
 * distribution specification), each as far as AcrPull and AcrPush on the registry allow. What is pushed stays in this process's
 * memory. Not modelled: the admin user, tokens and scope maps, anonymous pull, firewalls, deletion, cache rules, replication.
 */
import type { HttpRequest, HttpResponse, Route } from "../../network/route";
import { bearerOf } from "../entra/bearer";
import type { Entra } from "../entra/entra";
import { RegistryRepository } from "./registry-content";
import { RegistryError, unauthorized } from "./registry-error";
import { RegistryTokens } from "./registry-tokens";
import type { AzureState, Resource } from "../state";

const version = { "docker-distribution-api-version": "registry/2.0" };

export function containerRegistryRoute(state: AzureState, entra: Entra): Route {
    const tokens = new RegistryTokens(state, entra);
    const handle = async (request: HttpRequest): Promise<HttpResponse> => {
        try {
            return await answer(state, tokens, request);
        } catch (error) {
            if (error instanceof RegistryError) {
                return error.toResponse();
            }
            throw error;
        }
    };
    return { host: /[a-z0-9]+\.azurecr\.io/, handle };
}

async function answer(state: AzureState, tokens: RegistryTokens, request: HttpRequest): Promise<HttpResponse> {
    const { url, method } = request;
    const registry = findRegistry(state, url.hostname);
    if (url.pathname === "/oauth2/exchange" && method === "POST") {
        return tokens.exchange(registry, request);
    }
    if (url.pathname === "/oauth2/token") {
        return tokens.token(registry, request);
    }
    const path = /^\/v2\/(.+?)\/(tags|manifests|blobs)\/(.+)$/.exec(decodeURIComponent(url.pathname));
    const [, name = "", kind = "", reference = ""] = path ?? [];
    const reads = method === "GET" || method === "HEAD";
    await authorize(tokens, request, name, reads ? "pull" : "push");
    if (/^\/v2\/?$/.test(url.pathname)) {
        return { status: 200, headers: version, body: {} };
    }
    if (name === "") {
        throw new RegistryError(404, "UNSUPPORTED", `the sandbox's registries do not answer ${url.pathname}`);
    }
    const repository = repositoryOf(state, registry, name, !reads);
    return reads ? pull(repository, kind, reference) : push(repository, kind, reference, request);
}

/** @throws RegistryError with the challenge that tells a client which token to ask for. */
async function authorize(tokens: RegistryTokens, request: HttpRequest, name: string, action: string): Promise<void> {
    const { hostname } = request.url;
    const scope = name === "" ? "" : `,scope="repository:${name}:${action === "push" ? "pull,push" : action}"`;
    const challenge = `Bearer realm="https://${hostname}/oauth2/token",service="${hostname}"${scope}`;
    const access = await tokens
        .accessOf(hostname, bearerOf(request) ?? "")
        .catch(() => Promise.reject(unauthorized(challenge)));
    const covered = access.some((entry) => entry.name === name && entry.actions.includes(action));
    if (name !== "" && !covered) {
        throw unauthorized(`${challenge},error="insufficient_scope"`);
    }
}

function pull(repository: RegistryRepository, kind: string, reference: string): HttpResponse {
    const { name } = repository;
    if (kind === "tags" && reference === "list") {
        return { status: 200, headers: version, body: { name, tags: [...repository.tags.keys()].sort() } };
    }
    if (kind === "manifests") {
        const { digest, mediaType, content } = repository.manifest(reference);
        const headers = { ...version, "content-type": mediaType, "docker-content-digest": digest };
        return { status: 200, headers, body: content };
    }
    const headers = { ...version, "content-type": "application/octet-stream", "docker-content-digest": reference };
    return { status: 200, headers, body: repository.blob(reference) };
}

function push(repository: RegistryRepository, kind: string, reference: string, request: HttpRequest): HttpResponse {
    const { method, body, headers, url } = request;
    const call = `${method} ${kind}`;
    const at = `/v2/${repository.name}`;
    if (call === "PUT manifests") {
        const mediaType = headers["content-type"] ?? "";
        const digest = repository.putManifest(reference, { mediaType, content: body });
        return created(`${at}/manifests/${digest}`, digest);
    }
    const upload = /^uploads\/?(.*)$/.exec(reference)?.[1];
    if (kind !== "blobs" || upload === undefined || !["POST", "PATCH", "PUT"].includes(method)) {
        throw new RegistryError(405, "UNSUPPORTED", `the sandbox's registries do not answer ${call}/${reference}`);
    }
    const id = method === "POST" ? repository.startUpload() : upload;
    const length = repository.append(id, body);
    const digest = url.searchParams.get("digest");
    if (digest !== null || method === "PUT") {
        repository.finish(id, digest ?? "");
        return created(`${at}/blobs/${digest}`, digest ?? "");
    }
    const range = `0-${Math.max(length - 1, 0)}`;
    return {
        status: 202,
        headers: { ...version, location: `${at}/blobs/uploads/${id}`, "docker-upload-uuid": id, range },
    };
}

function created(location: string, digest: string): HttpResponse {
    return { status: 201, headers: { ...version, location, "docker-content-digest": digest } };
}

function findRegistry(state: AzureState, host: string): Resource {
    const found = state.ofType("containerregistry:Registry").find(({ properties }) => properties.loginServer === host);
    if (!found) {
        throw new RegistryError(404, "NAME_UNKNOWN", `there is no container registry at ${host}`);
    }
    return found;
}

function repositoryOf(state: AzureState, { address }: Resource, name: string, make: boolean): RegistryRepository {
    const id = address.id.toLowerCase();
    const repositories = state.registryContents.get(id) ?? new Map<string, RegistryRepository>();
    const found = repositories.get(name) ?? (make ? new RegistryRepository(name) : undefined);
    if (!found) {
        throw new RegistryError(404, "NAME_UNKNOWN", `repository name not known to registry`);
    }
    state.registryContents.set(id, repositories.set(name, found));
    return found;
}
