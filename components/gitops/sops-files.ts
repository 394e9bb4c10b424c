import { readPrivateKey } from "openpgp";
import { type ManifestTree, objectsOf } from "./manifest-tree";

interface SopsMetadata {
    readonly pgp?: readonly { readonly fp: string }[];
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
 * What keeps the cluster from decrypting the tree: Secrets that are not encrypted at all, and files that are encrypted to
 * other keys than the one that the stack puts into the cluster.
 */
export function sopsProblems(tree: ManifestTree, fingerprints: readonly string[]): string[] {
    const own = fingerprints[0] ?? "";
    const problems: string[] = [];
    for (const { file, object } of objectsOf(tree)) {
        const sops = object.sops as SopsMetadata | undefined;
        if (!sops && object.kind === "Secret") {
            problems.push(
                `gitops/${file}: Secret ${object.metadata?.name ?? ""} is not encrypted; in gitops/, run sops encrypt --in-place ${file}`,
            );
        }
        const recipients = (sops?.pgp ?? []).map(({ fp }) => fp.toUpperCase());
        if (recipients.length > 0 && !recipients.some((recipient) => fingerprints.includes(recipient))) {
            problems.push(
                `gitops/${file}: encrypted to ${recipients.join(", ")}, which this stack's key (landfall:sopsPgpPrivateKey, ${own}) cannot decrypt; ` +
                    `as somebody who can: sops rotate --in-place --add-pgp ${own} --rm-pgp ${recipients.join(",")} gitops/${file}, ` +
                    `or write the Secret anew and encrypt it (docs/secrets.md)`,
            );
        }
    }
    return problems;
}
