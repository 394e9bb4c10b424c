import { generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";
import type { AzureState, Resource } from "../state";
import { VaultError } from "./vault-error";

export interface KeyPair {
    readonly publicKey: KeyObject;
    readonly privateKey: KeyObject;
}

/** The versions of keys, with what Resource Manager does not know of them. It knows the current version's address. */
export class KeyVersions {
    private readonly pairs = new Map<string, KeyPair>();
    private readonly disabled = new Set<string>();

    constructor(private readonly state: AzureState) {}

    /** The key in the version that is asked for, or in the current one. Throws VaultError if there is none. */
    find(id: string, version: string): Resource {
        const key = this.state.get(id);
        const current = String(key?.properties.keyUriWithVersion);
        const asked = version === "" ? current : `${String(key?.properties.keyUri)}/${version}`;
        if (!key || (asked !== current && !this.pairs.has(asked))) {
            throw new VaultError(
                404,
                "KeyNotFound",
                `A key with (name/id) ${id.split("/").at(-1)}/${version} was not found in this key vault.`,
            );
        }
        return { ...key, properties: { ...key.properties, keyUriWithVersion: asked } };
    }

    /** The RSA key of a version, made at its first use. */
    pairOf(key: Resource): KeyPair {
        const uri = String(key.properties.keyUriWithVersion);
        const { kty, keySize = 2048 } = key.properties as { kty?: string; keySize?: number };
        if (!kty?.startsWith("RSA")) {
            throw new VaultError(501, "NotImplemented", `The sandbox's Key Vault has no keys of type ${kty}.`);
        }
        const pair = this.pairs.get(uri) ?? generateKeyPairSync("rsa", { modulusLength: keySize });
        this.pairs.set(uri, pair);
        return pair;
    }

    /** Makes a new version the current one; the old ones keep decrypting what was encrypted with them. */
    rotate(key: Resource): Resource {
        this.pairOf(key);
        const keyUriWithVersion = `${String(key.properties.keyUri)}/${randomBytes(16).toString("hex")}`;
        const next = { ...key, properties: { ...key.properties, keyUriWithVersion } };
        this.state.set(next);
        return next;
    }

    setEnabled({ properties }: Resource, enabled: boolean): void {
        const uri = String(properties.keyUriWithVersion);
        if (enabled) {
            this.disabled.delete(uri);
        } else {
            this.disabled.add(uri);
        }
    }

    isEnabled({ properties }: Resource): boolean {
        return !this.disabled.has(String(properties.keyUriWithVersion));
    }
}
