import { constants, privateDecrypt, publicEncrypt } from "node:crypto";
import type { HttpResponse } from "../../network/route";
import type { Resource } from "../state";
import type { KeyPair } from "./key-versions";
import type { VaultCall, VaultRoute } from "./vault-call";
import { VaultError } from "./vault-error";

const algorithms: Readonly<Record<string, { padding: number; oaepHash?: string }>> = {
    "RSA-OAEP-256": { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" },
    "RSA-OAEP": { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha1" },
    RSA1_5: { padding: constants.RSA_PKCS1_PADDING },
};

/**
 * The operations on a vault's keys. The keys are real.
 *
 * @see https://learn.microsoft.com/rest/api/keyvault/keys/operation-groups
 */
export const keyRoutes: readonly VaultRoute[] = [
    ["GET", "/keys/:name/:version?", get],
    ["PATCH", "/keys/:name/:version?", update],
    ["DELETE", "/keys/:name", remove],
    ["POST", "/keys/:name/rotate", rotate],
    ["POST", "/keys/:name/:version/encrypt", (call) => crypt(call, "encrypt", "encrypt/action")],
    ["POST", "/keys/:name/:version/decrypt", (call) => crypt(call, "decrypt", "decrypt/action")],
    ["POST", "/keys/:name/:version/wrapkey", (call) => crypt(call, "wrapKey", "wrap/action")],
    ["POST", "/keys/:name/:version/unwrapkey", (call) => crypt(call, "unwrapKey", "unwrap/action")],
    ["GET", "/deletedkeys/:name", (call) => deletedAnswer(deleted(call, "read"))],
    ["POST", "/deletedkeys/:name/recover", recover],
    ["DELETE", "/deletedkeys/:name", purge],
];

function get({ versions, demand, id, version }: VaultCall): HttpResponse {
    demand("read");
    const key = versions.find(id, version);
    return { status: 200, body: bundle(key, versions.pairOf(key)) };
}

function update({ versions, demand, id, version, request }: VaultCall): HttpResponse {
    demand("update/action");
    const key = versions.find(id, version);
    const { attributes } = JSON.parse(request.body.toString("utf8")) as { attributes?: { enabled?: boolean } };
    versions.setEnabled(key, attributes?.enabled ?? versions.isEnabled(key));
    return { status: 200, body: bundle(key, versions.pairOf(key)) };
}

function rotate({ versions, demand, id }: VaultCall): HttpResponse {
    demand("rotate/action");
    const key = versions.rotate(versions.find(id, ""));
    return { status: 200, body: bundle(key, versions.pairOf(key)) };
}

function remove({ state, versions, demand, id }: VaultCall): HttpResponse {
    demand("delete");
    const key = versions.find(id, "");
    state.remove(id);
    state.deletedKeys.set(id.toLowerCase(), key);
    return { status: 200, body: { ...bundle(key, versions.pairOf(key)), recoveryId: recoveryId(key) } };
}

function deleted({ state, demand, id }: VaultCall, action: string): Resource {
    demand(action);
    const key = state.deletedKeys.get(id.toLowerCase());
    if (!key) {
        throw new VaultError(404, "KeyNotFound", `A deleted key at ${id} was not found in this key vault.`);
    }
    return key;
}

function deletedAnswer(key: Resource): HttpResponse {
    return { status: 200, body: { key: { kid: key.properties.keyUriWithVersion }, recoveryId: recoveryId(key) } };
}

function recover(call: VaultCall): HttpResponse {
    const key = deleted(call, "recover/action");
    call.state.deletedKeys.delete(call.id.toLowerCase());
    call.state.set(key);
    return deletedAnswer(key);
}

function purge(call: VaultCall): HttpResponse {
    const key = deleted(call, "purge/action");
    if (!(key.properties.attributes as { recoveryLevel: string }).recoveryLevel.endsWith("+Purgeable")) {
        const message = 'Operation "purge" is not allowed on this vault: it has purge protection.';
        throw new VaultError(403, "Forbidden", message);
    }
    call.state.deletedKeys.delete(call.id.toLowerCase());
    return { status: 204 };
}

function crypt({ versions, demand, id, version, request }: VaultCall, operation: string, action: string): HttpResponse {
    demand(action);
    const key = versions.find(id, version);
    if (!versions.isEnabled(key)) {
        const message = `Operation ${operation} is not allowed on a disabled key.`;
        throw new VaultError(403, "Forbidden", message, "KeyDisabled");
    }
    const { alg = "", value = "" } = JSON.parse(request.body.toString("utf8")) as { alg?: string; value?: string };
    const algorithm = algorithms[alg];
    if (!algorithm) {
        throw new VaultError(
            400,
            "BadParameter",
            `Key and signing algorithm are incompatible. Algorithm "${alg}" is not one of ${Object.keys(algorithms).join(", ")}.`,
        );
    }
    if (!(key.properties.keyOps as string[]).includes(operation)) {
        throw new VaultError(403, "Forbidden", `Operation ${operation} is not permitted on this key.`);
    }
    const pair = versions.pairOf(key);
    const input = Buffer.from(value, "base64url");
    const encrypts = operation === "encrypt" || operation === "wrapKey";
    try {
        const output = encrypts
            ? publicEncrypt({ key: pair.publicKey, ...algorithm }, input)
            : privateDecrypt({ key: pair.privateKey, ...algorithm }, input);
        return { status: 200, body: { kid: key.properties.keyUriWithVersion, value: output.toString("base64url") } };
    } catch (error) {
        throw new VaultError(400, "BadParameter", `The parameter is incorrect: ${(error as Error).message}`);
    }
}

function bundle({ properties }: Resource, { publicKey }: KeyPair): { key: object; attributes: unknown } {
    const { n, e } = publicKey.export({ format: "jwk" });
    return {
        key: { kid: properties.keyUriWithVersion, kty: properties.kty, key_ops: properties.keyOps, n, e },
        attributes: properties.attributes,
    };
}

function recoveryId({ address }: Resource): string {
    return `https://${address.parameters.vaultName}.vault.azure.net/deletedkeys/${address.name}`;
}
