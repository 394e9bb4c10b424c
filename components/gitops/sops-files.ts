import { readPrivateKey } from "openpgp";
import { type ManifestTree, objectsOf } from "./manifest-tree";

interface SopsMetadata {
    readonly pgp?: readonly { readonly fp: string }[];
    readonly azure_kv?: readonly { readonly vault_url: string; readonly name: string }[];
}

/** What Flux can decrypt with in a stack's cluster. */
export interface DecryptionKeys {
    /** Fingerprints of the stack's PGP key and its subkeys, in upper case, the primary key's first. */
    readonly fingerprints: readonly string[];
    /** Address of the Key Vault key that kustomize-controller may use, without a version: each version decrypts. */
    readonly keyVaultKey: string;
}

/** Address of the key `sops` of a vault in Azure's public cloud. */
export function keyVaultKeyOf(vaultName: string): string {
    return `https://${vaultName}.vault.azure.net/keys/sops`;
}

/**
 * Fingerprints, in upper case, of the primary key and subkeys of an ASCII-armored PGP private key.
 *
 * @throws Error if the text is no private key, or if the key has a passphrase, which nobody could type in the cluster.
 */
export async function pgpFingerprints(armoredKey: string): Promise<string[]> {
    const key = await readPrivateKey({ armoredKey }).catch(() => {
        throw new Error(
            "landfall:sopsPgpPrivateKey: not an ASCII-armored PGP private key; gpg --armor --export-secret-keys <fingerprint> | pulumi config set --secret landfall:sopsPgpPrivateKey",
        );
    });
    if (!key.isDecrypted()) {
        throw new Error("landfall:sopsPgpPrivateKey: the key has a passphrase; Flux needs one without");
    }
    return [key, ...key.getSubkeys()].map((part) => part.getFingerprint().toUpperCase());
}

/**
 * What keeps the cluster from decrypting the tree: Secrets that are not encrypted at all, and files that neither the
 * stack's PGP key nor its Key Vault key can decrypt. One of the two is enough.
 */
export function sopsProblems(tree: ManifestTree, keys: DecryptionKeys): string[] {
    const problems: string[] = [];
    for (const { file, object } of objectsOf(tree)) {
        const sops = object.sops as SopsMetadata | undefined;
        if (!sops && object.kind === "Secret") {
            problems.push(
                `gitops/${file}: Secret ${object.metadata?.name ?? ""} is not encrypted; in gitops/, run sops encrypt --in-place ${file}`,
            );
        } else if (sops && !isDecryptable(sops, keys)) {
            problems.push(undecryptable(file, recipientsOf(sops), keys));
        }
    }
    return problems;
}

function isDecryptable({ pgp = [], azure_kv: vaults = [] }: SopsMetadata, keys: DecryptionKeys): boolean {
    return (
        pgp.some(({ fp }) => keys.fingerprints.includes(fp.toUpperCase())) ||
        vaults.some((key) => addressOf(key).toLowerCase() === keys.keyVaultKey.toLowerCase())
    );
}

function recipientsOf({ pgp = [], azure_kv: vaults = [] }: SopsMetadata): string[] {
    return [...pgp.map(({ fp }) => fp.toUpperCase()), ...vaults.map(addressOf)];
}

function addressOf(key: { readonly vault_url: string; readonly name: string }): string {
    return `${key.vault_url.replace(/\/$/, "")}/keys/${key.name}`;
}

function undecryptable(file: string, recipients: readonly string[], { fingerprints, keyVaultKey }: DecryptionKeys) {
    const environment = file.split("/").at(-2) ?? "";
    return (
        `gitops/${file}: encrypted to ${recipients.join(", ") || "nobody"}, which neither this stack's key ` +
        `(landfall:sopsPgpPrivateKey, ${fingerprints[0] ?? ""}) nor its Key Vault key (${keyVaultKey}) can decrypt; ` +
        `as somebody who can: npm run secret -- recipients ${environment}, or write the Secret anew (docs/secrets.md)`
    );
}
