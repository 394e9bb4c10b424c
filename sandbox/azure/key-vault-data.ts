/**
 * Stands in for the data plane of Key Vault, for keys in vaults with Azure RBAC: read, encrypt, decrypt, wrap, unwrap, rotate, enable and
 * disable a version, delete, recover. Keys are real and live in this process's memory. Not modelled: access policies, firewalls,
 * rotation policies, secrets and certificates.
 */
import { constants, privateDecrypt, publicEncrypt } from "node:crypto";
import type { HttpRequest, HttpResponse, Route } from "../network/route";
import { isAllowed } from "./access";
import type { Entra } from "./entra";
import { type KeyPair, KeyVersions } from "./key-versions";
import type { AzureState, Resource } from "./state";
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

export function keyVaultRoute(state: AzureState, entra: Entra): Route {
    const versions = new KeyVersions(state);
    const handle = async (request: HttpRequest): Promise<HttpResponse> => {
        try {
            return await answer(state, entra, versions, request);
        } catch (error) {
            if (error instanceof VaultError) {
                const challenge = `Bearer authorization="https://login.microsoftonline.com/${state.tenantId}", resource="https://vault.azure.net"`;
                const headers = error.status === 401 ? { "www-authenticate": challenge } : undefined;
                const inner = error.inner ? { innererror: { code: error.inner } } : {};
                const body = { error: { code: error.code, message: error.message, ...inner } };
                return { status: error.status, body, ...(headers ? { headers } : {}) };
            }
            throw error;
        }
    };
    return { host: /[a-z0-9-]+\.vault\.azure\.net/, handle };
}

async function answer(
    state: AzureState,
    entra: Entra,
    versions: KeyVersions,
    request: HttpRequest,
): Promise<HttpResponse> {
    const vault = findVault(state, request.url.hostname);
    const objectId = await authenticate(entra, request);
    const [collection, name = "", version = "", verb = ""] = request.url.pathname.split("/").slice(1);
    const id = `${vault.address.id}/keys/${name}`;
    const demand = (action: string) =>
        demandDataAction(state, objectId, `Microsoft.KeyVault/vaults/keys/${action}`, id, vault);
    const call = `${request.method} ${collection}${version || verb ? "/…" : ""}`;
    if (collection === "deletedkeys") {
        return deletedKey(state, demand, request, id, version);
    }
    if (collection === "keys" && verb in operations) {
        const { operation, dataAction } = operations[verb] ?? { operation: "", dataAction: "" };
        demand(dataAction);
        const key = versions.find(id, version);
        if (!versions.isEnabled(key)) {
            const message = `Operation ${operation} is not allowed on a disabled key.`;
            throw new VaultError(403, "Forbidden", message, "KeyDisabled");
        }
        return crypt(versions.pairOf(key), key, operation, request);
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

function crypt(pair: KeyPair, key: Resource, operation: string, request: HttpRequest): HttpResponse {
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

async function authenticate(entra: Entra, request: HttpRequest): Promise<string> {
    const token = /^Bearer (.+)$/i.exec(request.headers.authorization ?? "")?.[1];
    if (token === undefined) {
        throw new VaultError(401, "Unauthorized", "AKV10000: Request is missing a Bearer or PoP token.");
    }
    try {
        return (await entra.verify(token, ["https://vault.azure.net", "https://vault.azure.net/"])).objectId;
    } catch (error) {
        throw new VaultError(401, "Unauthorized", `AKV10022: Invalid token: ${(error as Error).message}.`);
    }
}

function demandDataAction(state: AzureState, objectId: string, action: string, scope: string, vault: Resource): void {
    const { enableRbacAuthorization } = vault.properties.properties as { enableRbacAuthorization?: boolean };
    if (!enableRbacAuthorization) {
        throw new VaultError(
            403,
            "Forbidden",
            "The vault is not set to Azure RBAC (enableRbacAuthorization), and the sandbox has no access policies.",
        );
    }
    if (!isAllowed(state, objectId, action, scope, "dataActions")) {
        throw new VaultError(
            403,
            "Forbidden",
            "Caller is not authorized to perform action on resource.\r\nIf role assignments, deny assignments or role definitions were " +
                `changed recently, please observe propagation time.\r\nCaller: oid=${objectId}\r\nAction: '${action}'\r\nResource: '${scope}'`,
            "ForbiddenByRbac",
        );
    }
}

function findVault(state: AzureState, host: string): Resource {
    const name = host.slice(0, host.indexOf("."));
    const vault = state
        .ofType("keyvault:Vault")
        .find(({ address }) => address.name.toLowerCase() === name.toLowerCase());
    if (!vault) {
        throw new VaultError(404, "VaultNotFound", `There is no key vault at ${host}.`);
    }
    return vault;
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
