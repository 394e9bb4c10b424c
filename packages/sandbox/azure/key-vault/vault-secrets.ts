import type { HttpRequest, HttpResponse } from "../../network/route";
import { parseResourceId } from "../arm/resource-id";
import {
    addSecretVersion,
    findSecretVersion,
    type NewSecret,
    secretNotFound,
    type SecretVersion,
} from "./secret-versions";
import type { AzureState, Resource } from "../state";
import type { VaultCall } from "./vault-call";
import { VaultError } from "./vault-error";

/**
 * Answers a request to a vault's secrets: set, get, list, list versions, enable and disable, delete, recover and purge.
 * @see https://learn.microsoft.com/rest/api/keyvault/secrets/operation-groups
 * @throws VaultError
 */
export function answerSecret(call: VaultCall): HttpResponse {
    const { method, url } = call.request;
    const [collection, name = "", version = ""] = url.pathname.split("/").slice(1);
    const id = `${call.vault.address.id}/secrets/${name}`;
    if (collection === "deletedsecrets") {
        return deletedSecret(call, id, version);
    }
    switch (name === "" || version === "versions" ? `${method} list` : method) {
        case "GET list":
            return list(call, name, id);
        case "GET":
            return get(call, id, version);
        case "PUT":
            return set(call, id);
        case "PATCH":
            return update(call, id, version);
        case "DELETE":
            return remove(call, id);
        default:
            throw new VaultError(404, "NotFound", `The sandbox's Key Vault does not answer "${method} ${collection}".`);
    }
}

function get({ state, demand, vault }: VaultCall, id: string, asked: string): HttpResponse {
    demand(id, "getSecret/action");
    const version = findSecretVersion(state, present(state, id).address.id, asked);
    if (!version.enabled) {
        throw new VaultError(403, "Forbidden", "Operation get is not allowed on a disabled secret.", "SecretDisabled");
    }
    return { status: 200, body: { value: version.value, ...describe(vault, id, version) } };
}

function list({ state, demand, vault }: VaultCall, name: string, id: string): HttpResponse {
    demand(name === "" ? vault.address.id : id, "readMetadata/action");
    const ids = state
        .ofType("keyvault:Secret")
        .map(({ address }) => address.id)
        .filter((each) => each.toLowerCase().startsWith(`${vault.address.id}/secrets/`.toLowerCase()));
    const value =
        name === ""
            ? ids.map((each) => describe(vault, each, findSecretVersion(state, each, "")))
            : (state.secretVersions.get(id.toLowerCase()) ?? []).map((version) => describe(vault, id, version));
    return { status: 200, body: { value, nextLink: null } };
}

function set({ state, demand, vault, request }: VaultCall, id: string): HttpResponse {
    demand(id, "setSecret/action");
    checkNotDeleted(state, id);
    const address = parseResourceId(id);
    const { value, contentType, tags, attributes } = bodyOf(request);
    if (!address || typeof value !== "string") {
        throw new VaultError(400, "BadParameter", "The request body must specify a value for the secret.");
    }
    const secret: NewSecret = { value, contentType, tags, enabled: attributes?.enabled ?? true };
    const version = addSecretVersion(state, id, secret);
    const uri = `${vaultUri(vault)}secrets/${address.name}`;
    const properties = { secretUri: uri, secretUriWithVersion: `${uri}/${version.version}` };
    const createdAt = state.get(id)?.createdAt ?? new Date().toISOString();
    state.set({ address, inputs: {}, properties: { properties }, createdAt });
    return { status: 200, body: { value, ...describe(vault, id, version) } };
}

function update({ state, demand, vault, request }: VaultCall, id: string, asked: string): HttpResponse {
    demand(id, "update/action");
    const version = findSecretVersion(state, present(state, id).address.id, asked);
    version.enabled = bodyOf(request).attributes?.enabled ?? version.enabled;
    return { status: 200, body: describe(vault, id, version) };
}

function remove({ state, demand, vault }: VaultCall, id: string): HttpResponse {
    demand(id, "delete");
    const secret = present(state, id);
    const version = findSecretVersion(state, id, "");
    state.remove(id);
    state.deletedSecrets.set(id.toLowerCase(), secret);
    return { status: 200, body: { ...describe(vault, id, version), recoveryId: recoveryId(vault, id) } };
}

function deletedSecret({ state, demand, vault, request }: VaultCall, id: string, verb: string): HttpResponse {
    const purges = request.method === "DELETE";
    demand(id, verb === "recover" ? "recover/action" : purges ? "purge/action" : "readMetadata/action");
    const secret = state.deletedSecrets.get(id.toLowerCase());
    if (!secret) {
        throw new VaultError(404, "SecretNotFound", `Deleted Secret not found: ${id.split("/").at(-1)}.`);
    }
    const { enablePurgeProtection } = vault.properties.properties as { enablePurgeProtection?: boolean };
    if (purges && enablePurgeProtection) {
        const message = 'Operation "purge" is not allowed because purge protection is enabled for this vault.';
        throw new VaultError(403, "Forbidden", message, "ForbiddenByPolicy");
    }
    const body = { ...describe(vault, id, findSecretVersion(state, id, "")), recoveryId: recoveryId(vault, id) };
    if (purges || verb === "recover") {
        state.deletedSecrets.delete(id.toLowerCase());
    }
    if (purges) {
        state.secretVersions.delete(id.toLowerCase());
        return { status: 204 };
    }
    if (verb === "recover") {
        state.set(secret);
    }
    return { status: 200, body };
}

/** The secret, unless there is none or it was deleted. */
function present(state: AzureState, id: string): Resource {
    const secret = state.get(id);
    if (!secret) {
        throw secretNotFound(id, "");
    }
    return secret;
}

function checkNotDeleted(state: AzureState, id: string): void {
    if (state.deletedSecrets.has(id.toLowerCase())) {
        throw new VaultError(
            409,
            "Conflict",
            `Secret ${id.split("/").at(-1)} is currently in a deleted but recoverable state, and its name cannot be reused; ` +
                "in this state, the secret can only be recovered or purged.",
            "ObjectIsDeletedButRecoverable",
        );
    }
}

interface SecretBody {
    readonly value?: unknown;
    readonly contentType?: string;
    readonly tags?: Record<string, string>;
    readonly attributes?: { readonly enabled?: boolean };
}

function bodyOf({ body }: HttpRequest): SecretBody {
    return JSON.parse(body.toString("utf8")) as SecretBody;
}

function describe(vault: Resource, id: string, { version, contentType, tags, created, enabled }: SecretVersion) {
    return {
        id: `${vaultUri(vault)}secrets/${id.split("/").at(-1)}/${version}`,
        attributes: { enabled, created, updated: created, recoveryLevel: recoveryLevelOf(vault) },
        ...(contentType === undefined ? {} : { contentType }),
        ...(tags ? { tags } : {}),
    };
}

function recoveryLevelOf({ properties }: Resource): string {
    const { enablePurgeProtection } = properties.properties as { enablePurgeProtection?: boolean };
    return enablePurgeProtection ? "Recoverable" : "Recoverable+Purgeable";
}

function recoveryId(vault: Resource, id: string): string {
    return `${vaultUri(vault)}deletedsecrets/${id.split("/").at(-1)}`;
}

function vaultUri({ address }: Resource): string {
    return `https://${address.name.toLowerCase()}.vault.azure.net/`;
}
