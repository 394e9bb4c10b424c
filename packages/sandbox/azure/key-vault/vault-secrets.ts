import type { HttpRequest, HttpResponse } from "../../network/route";
import { parseResourceId } from "../arm/resource-id";
import type { AzureState, Resource } from "../state";
import { recoveryLevelOf } from "./key-vault";
import {
    addSecretVersion,
    findSecretVersion,
    type NewSecret,
    secretNotFound,
    type SecretVersion,
} from "./secret-versions";
import type { VaultCall, VaultRoute } from "./vault-call";
import { VaultError } from "./vault-error";

/**
 * The operations on a vault's secrets.
 *
 * @see https://learn.microsoft.com/rest/api/keyvault/secrets/operation-groups
 */
export const secretRoutes: readonly VaultRoute[] = [
    ["GET", "/secrets", list],
    ["GET", "/secrets/:name/versions", listVersions],
    ["GET", "/secrets/:name/:version?", get],
    ["PUT", "/secrets/:name", set],
    ["PATCH", "/secrets/:name/:version?", update],
    ["DELETE", "/secrets/:name", remove],
    ["GET", "/deletedsecrets/:name", (call) => deletedAnswer(call, deleted(call, "readMetadata/action"))],
    ["POST", "/deletedsecrets/:name/recover", recover],
    ["DELETE", "/deletedsecrets/:name", purge],
];

function get({ state, demand, vault, id, version: asked }: VaultCall): HttpResponse {
    demand("getSecret/action");
    const version = findSecretVersion(state, present(state, id).address.id, asked);
    if (!version.enabled) {
        throw new VaultError(403, "Forbidden", "Operation get is not allowed on a disabled secret.", "SecretDisabled");
    }
    return { status: 200, body: { value: version.value, ...describe(vault, id, version) } };
}

function list({ state, demand, vault, id }: VaultCall): HttpResponse {
    demand("readMetadata/action", vault.address.id);
    const value = state
        .ofType("keyvault:Secret")
        .map(({ address }) => address.id)
        .filter((each) => each.toLowerCase().startsWith(id.toLowerCase()))
        .map((each) => describe(vault, each, findSecretVersion(state, each, "")));
    return { status: 200, body: { value, nextLink: null } };
}

function listVersions({ state, demand, vault, id }: VaultCall): HttpResponse {
    demand("readMetadata/action");
    const versions = state.secretVersions.get(id.toLowerCase()) ?? [];
    return { status: 200, body: { value: versions.map((version) => describe(vault, id, version)), nextLink: null } };
}

function set({ state, demand, vault, request, id }: VaultCall): HttpResponse {
    demand("setSecret/action");
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

function update({ state, demand, vault, request, id, version: asked }: VaultCall): HttpResponse {
    demand("update/action");
    const version = findSecretVersion(state, present(state, id).address.id, asked);
    version.enabled = bodyOf(request).attributes?.enabled ?? version.enabled;
    return { status: 200, body: describe(vault, id, version) };
}

function remove({ state, demand, vault, id }: VaultCall): HttpResponse {
    demand("delete");
    const secret = present(state, id);
    const version = findSecretVersion(state, id, "");
    state.remove(id);
    state.deletedSecrets.set(id.toLowerCase(), secret);
    return { status: 200, body: { ...describe(vault, id, version), recoveryId: recoveryId(vault, id) } };
}

function deleted({ state, demand, id }: VaultCall, action: string): Resource {
    demand(action);
    const secret = state.deletedSecrets.get(id.toLowerCase());
    if (!secret) {
        throw new VaultError(404, "SecretNotFound", `Deleted Secret not found: ${id.split("/").at(-1)}.`);
    }
    return secret;
}

function deletedAnswer({ state, vault, id }: VaultCall, { address }: Resource): HttpResponse {
    const version = findSecretVersion(state, address.id, "");
    return { status: 200, body: { ...describe(vault, id, version), recoveryId: recoveryId(vault, id) } };
}

function recover(call: VaultCall): HttpResponse {
    const secret = deleted(call, "recover/action");
    call.state.deletedSecrets.delete(call.id.toLowerCase());
    call.state.set(secret);
    return deletedAnswer(call, secret);
}

function purge(call: VaultCall): HttpResponse {
    deleted(call, "purge/action");
    const { state, vault, id } = call;
    const { enablePurgeProtection } = vault.properties.properties as { enablePurgeProtection?: boolean };
    if (enablePurgeProtection) {
        const message = 'Operation "purge" is not allowed because purge protection is enabled for this vault.';
        throw new VaultError(403, "Forbidden", message, "ForbiddenByPolicy");
    }
    state.deletedSecrets.delete(id.toLowerCase());
    state.secretVersions.delete(id.toLowerCase());
    return { status: 204 };
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
        attributes: {
            enabled,
            created,
            updated: created,
            recoveryLevel: recoveryLevelOf(vault.properties.properties as object),
        },
        ...(contentType === undefined ? {} : { contentType }),
        ...(tags ? { tags } : {}),
    };
}

function recoveryId(vault: Resource, id: string): string {
    return `${vaultUri(vault)}deletedsecrets/${id.split("/").at(-1)}`;
}

function vaultUri({ address }: Resource): string {
    return `https://${address.name.toLowerCase()}.vault.azure.net/`;
}
