import { listIn, mapIn, textIn } from "./read-value";

/** The keys that a file is encrypted to, as `.sops.yaml` names them. */
export interface Recipients {
    /** PGP keys: fingerprints in upper case, or what of them somebody wrote. */
    readonly pgp: readonly string[];
    /** Addresses of Key Vault keys, with their version. */
    readonly keyVault: readonly string[];
    /** Keys of the other kinds that sops knows, which no stack has: age, AWS, Google, HashiCorp Vault, Huawei. */
    readonly other: readonly string[];
}

/** The file of the decryption check that is encrypted to one kind of key alone. */
export function canaryFile(environment: string, kind: "pgp" | "key-vault"): string {
    return `clusters/${environment}/decryption-canary-${kind}.sops.yaml`;
}

export function isCanary(file: string): boolean {
    return /^clusters\/[^/]+\/decryption-canary-(pgp|key-vault)\.sops\.yaml$/.test(file);
}

/** The keys that an object is encrypted to, those of all its key groups among them; none if it is not encrypted. */
export function recipientsIn(object: unknown): Recipients {
    const sops = mapIn(object, "sops");
    return joined([sops, ...listIn(sops, "key_groups")].map(recipientsOfMetadata));
}

/** Whether an object takes several keys at once to decrypt, which no stack has. */
export function hasKeyGroups(object: unknown): boolean {
    return listIn(mapIn(object, "sops"), "key_groups").length > 0;
}

export function allOf({ pgp, keyVault, other }: Recipients): string[] {
    return [...pgp, ...keyVault, ...other];
}

export function joined(all: readonly Recipients[]): Recipients {
    return {
        pgp: all.flatMap(({ pgp }) => pgp),
        keyVault: all.flatMap(({ keyVault }) => keyVault),
        other: all.flatMap(({ other }) => other),
    };
}

/** A PGP key as gpg takes it: with `0x` before or `!` after it, in any case, with spaces. Here in upper case alone. */
export function pgpKeyId(text: string): string {
    return text
        .replace(/^\s*0x|!\s*$/gi, "")
        .replace(/\s/g, "")
        .toUpperCase();
}

/** Whether a PGP key is named by its whole fingerprint, and not by the end of it, which several keys may have. */
export function isWholeFingerprint(key: string): boolean {
    return /^([0-9A-F]{40}|[0-9A-F]{64})$/.test(key);
}

/**
 * Whether two names mean one key: a PGP key by its fingerprint and by its long id, a Key Vault key with its version and
 * without. A short id of eight digits tells nothing, because anybody can make a key with it.
 */
export function isSameKey(one: string, other: string): boolean {
    const [short, long] = one.length <= other.length ? [one, other] : [other, one];
    if (/^[0-9A-F]{16,}$/.test(short)) {
        return long.endsWith(short);
    }
    return short.toLowerCase() === long.toLowerCase() || long.toLowerCase().startsWith(`${short.toLowerCase()}/`);
}

// The fields of https://github.com/getsops/sops/blob/main/stores/stores.go.
function recipientsOfMetadata(metadata: unknown): Recipients {
    return {
        pgp: listIn(metadata, "pgp").map((key) => pgpKeyId(textIn(key, "fp"))),
        keyVault: listIn(metadata, "azure_kv").map(
            (key) => `${withoutSlash(textIn(key, "vault_url"))}/keys/${textIn(key, "name")}/${textIn(key, "version")}`,
        ),
        other: [
            ...listIn(metadata, "age").map((key) => textIn(key, "recipient")),
            ...listIn(metadata, "kms").map((key) => textIn(key, "arn")),
            ...listIn(metadata, "gcp_kms").map((key) => textIn(key, "resource_id")),
            ...listIn(metadata, "hckms").map((key) => textIn(key, "key_id")),
            ...listIn(metadata, "hc_vault").map(
                (key) =>
                    `${withoutSlash(textIn(key, "vault_address"))}/v1/${textIn(key, "engine_path")}/keys/${textIn(key, "key_name")}`,
            ),
        ],
    };
}

function withoutSlash(address: string): string {
    return address.replace(/\/$/, "");
}
