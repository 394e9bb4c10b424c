/**
 * Stands in for the data plane of container registries: login with Entra's tokens, pull, push and the list of tags,
 * each as far as AcrPull and AcrPush on the registry allow, or the roles for repositories with their conditions. What
 * is pushed stays in this process's memory. Not modelled: the admin user, tokens and scope maps, anonymous pull,
 * firewalls, deletion, cache rules, replication.
 */
import { answerRefusals } from "../../network/refusal";
import type { HttpRequest, HttpResponse, Route } from "../../network/route";
import { type Action, answerRegistry } from "../../registry/distribution";
import { RegistryError, repositoryUnknown } from "../../registry/registry-error";
import { RegistryRepository } from "../../registry/repository";
import { bearerOf } from "../entra/bearer";
import type { Entra } from "../entra/entra";
import type { AzureState, Resource } from "../state";
import { RegistryTokens, unauthorized } from "./registry-tokens";

export function containerRegistryRoute(state: AzureState, entra: Entra): Route {
    const tokens = new RegistryTokens(state, entra);
    return { host: /[a-z0-9]+\.azurecr\.io/, handle: answerRefusals((request) => answer(state, tokens, request)) };
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
    const repositories = contentOf(state, registry);
    return answerRegistry(
        {
            authorize: (name, action) => authorize(tokens, request, name, action),
            repository: (name, action) => {
                const found = repositories.get(name) ?? (action === "push" ? new RegistryRepository(name) : undefined);
                if (!found) {
                    throw repositoryUnknown(name, repositories.keys());
                }
                repositories.set(name, found);
                return found;
            },
        },
        request,
    );
}

/** @throws RegistryError with the challenge that tells a client which token to ask for. */
async function authorize(tokens: RegistryTokens, request: HttpRequest, name: string, action: Action): Promise<void> {
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

function findRegistry(state: AzureState, host: string): Resource {
    const found = state.ofType("containerregistry:Registry").find(({ properties }) => properties.loginServer === host);
    if (!found) {
        throw new RegistryError(404, "NAME_UNKNOWN", `there is no container registry at ${host}`);
    }
    return found;
}

function contentOf({ registryContents }: AzureState, { address }: Resource): Map<string, RegistryRepository> {
    const id = address.id.toLowerCase();
    const found = registryContents.get(id) ?? new Map<string, RegistryRepository>();
    registryContents.set(id, found);
    return found;
}
