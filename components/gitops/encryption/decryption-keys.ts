import { type PrivateKey, readPrivateKey, readPrivateKeys } from "openpgp";
import { isSameKey, type Recipients } from "./sops-recipients";

/** A PGP key, by fingerprints in upper case. */
export interface PgpKey {
    readonly fingerprint: string;
    readonly subkeys: readonly string[];
}

/** What Flux can decrypt with in a stack's cluster. */
export interface DecryptionKeys {
    readonly pgp: readonly PgpKey[];
    /** The Key Vault key that kustomize-controller may use. */
    readonly keyVault: {
        /** Without a version: each version decrypts. */
        readonly address: string;
        /** Whether it is there, or comes back with a vault that is recovered. */
        readonly exists: boolean;
    };
}

const setting = "landfall:sopsPgpPrivateKey";

/** Address of the key `sops` of a vault in Azure's public cloud. */
export function keyVaultKeyOf(vaultName: string): string {
    return `https://${vaultName}.vault.azure.net/keys/sops`;
}

/**
 * The PGP private keys of an ASCII-armored text: one, or while one replaces the other both, in one block or one after
 * the other.
 *
 * @throws Error if the text is no private key, or if a key has a passphrase, which nobody could type in the cluster.
 */
export async function pgpKeys(armored: string): Promise<PgpKey[]> {
    const keys = await privateKeys(armored).catch(() => {
        throw new Error(
            `${setting}: not an ASCII-armored PGP private key; gpg --armor --export-secret-keys <fingerprint> | pulumi config set --secret ${setting}`,
        );
    });
    return keys.map((key) => {
        const fingerprint = key.getFingerprint().toUpperCase();
        if (!key.isDecrypted()) {
            throw new Error(`${setting}: the key ${fingerprint} has a passphrase; Flux needs one without`);
        }
        return { fingerprint, subkeys: key.getSubkeys().map((subkey) => subkey.getFingerprint().toUpperCase()) };
    });
}

/** The same keys, to decrypt with. @throws Error if the text is none. */
export async function privateKeys(armored: string): Promise<PrivateKey[]> {
    const blocks = armored.match(/-----BEGIN PGP PRIVATE KEY BLOCK-----[^]*?-----END PGP PRIVATE KEY BLOCK-----/g);
    if (!blocks) {
        // The library says what is wrong with it.
        return [await readPrivateKey({ armoredKey: armored })];
    }
    return (await Promise.all(blocks.map((armoredKeys) => readPrivateKeys({ armoredKeys })))).flat();
}

export function pgpDecrypts({ pgp }: Recipients, keys: DecryptionKeys): boolean {
    const own = keys.pgp.flatMap(({ fingerprint, subkeys }) => [fingerprint, ...subkeys]);
    return pgp.some((recipient) => own.some((key) => isSameKey(recipient, key)));
}

export function keyVaultDecrypts({ keyVault }: Recipients, keys: DecryptionKeys): boolean {
    const { address, exists } = keys.keyVault;
    return exists && keyVault.some((key) => key.toLowerCase().startsWith(`${address.toLowerCase()}/`));
}
