import { type DecryptionKeys, pgpKeys } from "../gitops/encryption/decryption-keys";
import { encryptionProblems } from "../gitops/encryption/encryption-problems";
import { branchProblems, keyVaultAlone, sopsProblems } from "../gitops/encryption/sops-files";
import type { ManifestTree } from "../gitops/fleet/manifest-tree";
import { syntaxProblems } from "../gitops/fleet/manifests";
import { contractProblems } from "../gitops/flux/cluster-vars";
import { leftOutProblems } from "../gitops/flux/left-out";

export interface TreeCheckArgs {
    readonly files: ManifestTree;
    /** What the branch holds of files that differ from the tree. */
    readonly replaced: ManifestTree;
    /** In plain text. */
    readonly sopsPgpPrivateKey: string;
    readonly lostSopsKeys: readonly string[];
    readonly keyVault: DecryptionKeys["keyVault"];
}

export interface TreeCheck {
    readonly problems: readonly string[];
    readonly warnings: readonly string[];
    /** Fingerprints of the PGP keys of the setting; none if it is not a key. */
    readonly sopsFingerprints: readonly string[];
}

/**
 * Checks that the tree is YAML, that nothing secret is in it in plain text, that the cluster can decrypt it, that Flux
 * fetches all it needs, and that the program produces the variables it uses.
 */
export async function checkTree(args: TreeCheckArgs): Promise<TreeCheck> {
    const { files, replaced, lostSopsKeys, keyVault } = args;
    const syntax = syntaxProblems(files);
    if (syntax.length > 0) {
        return { problems: syntax, warnings: [], sopsFingerprints: [] };
    }
    const written = [...contractProblems(files), ...leftOutProblems(files), ...encryptionProblems(files)];
    const pgp = await pgpKeys(args.sopsPgpPrivateKey).catch((error: Error) => error);
    if (pgp instanceof Error) {
        return { problems: [...written, pgp.message], warnings: [], sopsFingerprints: [] };
    }
    const keys = { pgp, keyVault };
    return {
        problems: [...written, ...sopsProblems(files, keys), ...branchProblems(replaced, keys, lostSopsKeys)],
        warnings: [
            ...warning("the tree", keyVaultAlone(files, keys)),
            ...warning("the branch, until this tree is applied", keyVaultAlone(replaced, keys)),
        ],
        sopsFingerprints: pgp.map(({ fingerprint }) => fingerprint),
    };
}

function warning(where: string, what: string | undefined): string[] {
    return what === undefined ? [] : [`${where}: ${what}`];
}
