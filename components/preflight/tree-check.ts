import { type DecryptionKeys, pgpKeys } from "../gitops/encryption/decryption-keys";
import { demonstrationProblems } from "../gitops/encryption/demonstration";
import { encryptionProblems } from "../gitops/encryption/encryption-problems";
import { branchProblems, keyVaultAlone, sopsProblems } from "../gitops/encryption/sops-files";
import type { ManifestTree } from "../gitops/fleet/manifest-tree";
import { syntaxProblems } from "../gitops/fleet/manifests";
import { buildProblems } from "../gitops/flux/build-problems";
import { contractProblems } from "../gitops/flux/cluster-vars";
import { leftOutProblems } from "../gitops/flux/left-out";

export interface TreeCheckArgs {
    readonly files: ManifestTree;
    /** What the branch holds of files that differ from the tree. */
    readonly replaced: ManifestTree;
    /** In plain text; undefined while the stack has none, and nothing is known of what it decrypts. */
    readonly sopsPgpPrivateKey: string | undefined;
    readonly lostSopsKeys: readonly string[];
    readonly keyVault: DecryptionKeys["keyVault"];
    readonly environment: string;
    /** Whether the key and the values that this repository comes with will do. */
    readonly isDemonstration: boolean;
}

export interface TreeCheck {
    readonly problems: readonly string[];
    readonly warnings: readonly string[];
    /** Fingerprints of the PGP keys of the setting; none if it is not a key. */
    readonly sopsFingerprints: readonly string[];
}

/**
 * Checks that the tree is YAML, that nothing secret is in it in plain text or came with this repository, that the
 * cluster can decrypt it, that what it names is there and Flux fetches it, and that the program produces the variables
 * it uses.
 */
export async function checkTree(args: TreeCheckArgs): Promise<TreeCheck> {
    const { files, replaced, lostSopsKeys, keyVault } = args;
    const syntax = syntaxProblems(files);
    if (syntax.length > 0) {
        return { problems: syntax, warnings: [], sopsFingerprints: [] };
    }
    const written = [
        ...contractProblems(files),
        ...buildProblems(files, args.environment),
        ...leftOutProblems(files),
        ...encryptionProblems(files),
    ];
    const { sopsPgpPrivateKey } = args;
    if (sopsPgpPrivateKey === undefined) {
        return { problems: written, warnings: [], sopsFingerprints: [] };
    }
    const pgp = await pgpKeys(sopsPgpPrivateKey).catch((error: Error) => error);
    if (pgp instanceof Error) {
        return { problems: [...written, pgp.message], warnings: [], sopsFingerprints: [] };
    }
    const keys = { pgp, keyVault };
    const demonstration = args.isDemonstration
        ? []
        : await demonstrationProblems(files, args.environment, pgp, sopsPgpPrivateKey);
    return {
        problems: [
            ...written,
            ...sopsProblems(files, keys),
            ...branchProblems(replaced, keys, lostSopsKeys),
            ...demonstration,
        ],
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
