import { constants, privateDecrypt, publicEncrypt } from "node:crypto";
import type { HttpRequest, HttpResponse } from "../../network/route";
import type { KeyPair, KeyVersions } from "./key-versions";
import type { AzureState, Resource } from "../state";
import type { VaultCall } from "./vault-call";
import { VaultError } from "./vault-error";

const algorithms: Readonly<Record<string, { padding: number; oaepHash?: string }>> = {
    "RSA-OAEP-256": { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" },
    "RSA-OAEP": { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha1" },
    RSA1_5: { padding: constants.RSA_PKCS1_PADDING },
};

const operations: Readonly<Record<string, { operation: string; dataAction: string }>> = {
    encrypt: { operation: "encrypt", dataAction: "encrypt/action" },
    decrypt: { operation: "decrypt", dataAction: "decrypt/action" },
    wrapkey: { operation: "wrapKey", dataAction: "wrap/action" },
    unwrapkey: { operation: "unwrapKey", dataAction: "unwrap/action" },
};

/**
 * Answers a request to a vault's keys: read, encrypt, decrypt, wrap, unwrap, rotate, enable and disable a version, delete, recover and
 * purge. The keys are real.
 * @see https://learn.microsoft.com/rest/api/keyvault/keys/operation-groups
 * @throws VaultError
 */
export function answerKey({ state, vault, request, demand: demandOn }: VaultCall, versions: KeyVersions): HttpResponse {
    const [collection = "", name = "", version = "", verb = ""] = request.url.pathname.split("/").slice(1);
    const id = `${vault.address.id}/keys/${name}`;
    const demand = (action: string) => demandOn(id, action);
    const call = `${request.method} ${collection}${version || verb ? "/…" : ""}`;
    if (collection === "deletedkeys") {
        return deletedKey(state, demand, request, id, version);
    }
    if (collection === "keys" && verb in operations) {
        demand(operations[verb]?.dataAction ?? verb);
        return crypt(versions, versions.find(id, version), verb, request);
    }
    if (collection === "keys" && request.method === "POST" && version === "rotate") {
        demand("rotate/action");
        const key = versions.rotate(versions.find(id, ""));
        return { status: 200, body: bundle(key, versions.pairOf(key)) };
    }
    if (collection === "keys" && request.method === "PATCH") {
        demand("update/action");
        const key = versions.find(id, version);
        const { attributes } = JSON.parse(request.body.toString("utf8")) as { attributes?: { enabled?: boolean } };
        versions.setEnabled(key, attributes?.enabled ?? versions.isEnabled(key));
        return { status: 200, body: bundle(key, versions.pairOf(key)) };
    }
    if (collection === "keys" && request.method === "GET") {
        demand("read");
        const key = versions.find(id, version);
        return { status: 200, body: bundle(key, versions.pairOf(key)) };
    }
    if (collection === "keys" && request.method === "DELETE") {
        demand("delete");
        const key = versions.find(id, "");
        state.remove(id);
        state.deletedKeys.set(id.toLowerCase(), key);
        return { status: 200, body: { ...bundle(key, versions.pairOf(key)), recoveryId: recoveryId(key) } };
    }
    throw new VaultError(404, "NotFound", `The sandbox's Key Vault does not answer "${call}".`);
}

function deletedKey(
    state: AzureState,
    demand: (action: string) => void,
    request: HttpRequest,
    id: string,
    verb: string,
): HttpResponse {
    demand(verb === "recover" ? "recover/action" : request.method === "DELETE" ? "purge/action" : "read");
    const key = state.deletedKeys.get(id.toLowerCase());
    if (!key) {
        throw new VaultError(404, "KeyNotFound", `A deleted key at ${id} was not found in this key vault.`);
    }
    if (request.method === "DELETE") {
        if ((key.properties.attributes as { recoveryLevel: string }).recoveryLevel === "Recoverable") {
            throw new VaultError(
                403,
                "Forbidden",
                'Operation "purge" is not allowed on this vault: it has purge protection.',
            );
        }
        state.deletedKeys.delete(id.toLowerCase());
        return { status: 204 };
    }
    if (verb === "recover") {
        state.deletedKeys.delete(id.toLowerCase());
        state.set(key);
    }
    return { status: 200, body: { key: { kid: key.properties.keyUriWithVersion }, recoveryId: recoveryId(key) } };
}

function crypt(versions: KeyVersions, key: Resource, verb: string, request: HttpRequest): HttpResponse {
    const operation = operations[verb]?.operation ?? verb;
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
