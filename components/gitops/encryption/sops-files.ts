import * as path from "node:path";
import type { ManifestTree } from "../fleet/manifest-tree";
import { type KubernetesObject, objectsOf } from "../fleet/manifests";
import { type DecryptionKeys, keyVaultDecrypts, pgpDecrypts } from "./decryption-keys";
import {
    allOf,
    hasKeyGroups,
    isCanary,
    isSameKey,
    isWholeFingerprint,
    type Recipients,
    recipientsIn,
} from "./sops-recipients";

/** An encrypted file of a tree. */
interface SopsFile {
    readonly file: string;
    readonly object: KubernetesObject;
    readonly recipients: Recipients;
}

/**
 * What keeps the cluster from decrypting the tree: files that none of the stack's keys decrypts, with what that means.
 * What is wrong with the encryption for everybody is `encryptionProblems`.
 */
export function sopsProblems(tree: ManifestTree, keys: DecryptionKeys): string[] {
    // Of a file with key groups it is said that they are not supported.
    const files = filesOf(tree).filter(({ object }) => !hasKeyGroups(object));
    const closed = files.filter((file) => !isDecryptable(file, keys));
    const lost = closed.filter(({ file, recipients }) => !isCanary(file) && isUnderstood(recipients));
    return [
        ...closed.map((file) => undecryptable(file, keys)),
        ...(lost.length === 0 ? [] : [whatIsLost(lost, files.length - closed.length)]),
    ];
}

/** Whether it is known whose the keys are. Advice to give values up is for files of which nothing else is known. */
function isUnderstood({ pgp, keyVault, other }: Recipients): boolean {
    return other.length === 0 && pgp.length + keyVault.length > 0 && pgp.every(isWholeFingerprint);
}

/**
 * What the cluster could not decrypt between the change of its PGP key and that of its branch: `replaced` is what the
 * branch holds of files that differ from the tree. Keys that are `lost` are not asked for.
 */
export function branchProblems(replaced: ManifestTree, keys: DecryptionKeys, lost: readonly string[]): string[] {
    const closed = filesOf(replaced)
        .filter(({ file, recipients }) => recipients.pgp.length > 0 && !isCanary(file))
        .filter((file) => !isDecryptable(file, keys))
        .filter(({ recipients }) => !recipients.pgp.some((key) => lost.some((one) => isSameKey(key, one))));
    if (closed.length === 0) {
        return [];
    }
    const old = [...new Set(closed.flatMap(({ recipients }) => recipients.pgp))];
    const both = [...old, ...keys.pgp.map(({ fingerprint }) => fingerprint)].join(" ");
    return [
        `landfall:sopsPgpPrivateKey: the cluster still reads ${closed.map(({ file }) => file).join(", ")} of the branch, encrypted to ` +
            `${old.join(" and ")}, which the setting does not hold any more; set both keys until this tree is applied: ` +
            `gpg --armor --export-secret-keys ${both} | pulumi config set --secret sopsPgpPrivateKey; if that key is lost: ` +
            `pulumi config set --path 'lostSopsKeys[0]' ${old[0] ?? "<fingerprint>"} (docs/secrets.md)`,
    ];
}

/** Says which files depend on Key Vault alone, since the stack does not have their PGP key; undefined if none does. */
export function keyVaultAlone(tree: ManifestTree, keys: DecryptionKeys): string | undefined {
    const files = filesOf(tree).filter(
        ({ recipients }) =>
            recipients.pgp.length > 0 && !pgpDecrypts(recipients, keys) && keyVaultDecrypts(recipients, keys),
    );
    const strangers = [...new Set(files.flatMap(({ recipients }) => recipients.pgp))].join(" and ");
    return files.length === 0
        ? undefined
        : `Key Vault alone decrypts ${files.map(({ file }) => file).join(", ")}: landfall:sopsPgpPrivateKey does not hold ${strangers}`;
}

function filesOf(tree: ManifestTree): SopsFile[] {
    return [...objectsOf(tree)]
        .filter(({ object }) => object.sops)
        .map(({ file, object }) => ({ file, object, recipients: recipientsIn(object) }));
}

function isDecryptable({ recipients }: SopsFile, keys: DecryptionKeys): boolean {
    return pgpDecrypts(recipients, keys) || keyVaultDecrypts(recipients, keys);
}

function undecryptable({ file, recipients }: SopsFile, { pgp, keyVault }: DecryptionKeys): string {
    const environment = environmentOf(file);
    const own = pgp.map(({ fingerprint }) => fingerprint).join(" and ");
    const state = keyVault.exists ? "" : ", which does not exist: az keyvault key recover, if it was deleted";
    const short = recipients.pgp.filter((key) => !isWholeFingerprint(key));
    const fix =
        short.length > 0
            ? `if ${short.join(" or ")} means one of these keys, write its whole fingerprint of 40 digits in .sops.yaml, and as somebody who can decrypt the file: npm run secret -- recipients ${environment}`
            : isCanary(file)
              ? `npm run secret -- recipients ${environment} writes it again, to the key in gitops/clusters/${environment}/.sops.pub.asc and those of .sops.yaml; without the Key Vault key, add --without-key-vault`
              : `as somebody who can: npm run secret -- recipients ${environment}, or write the Secret again (docs/secrets.md)`;
    return (
        `gitops/${file}: encrypted to ${allOf(recipients).join(", ") || "nobody"}, which neither this stack's key ` +
        `(landfall:sopsPgpPrivateKey, ${own}) nor its Key Vault key (${keyVault.address}${state}) can decrypt; ${fix}`
    );
}

/** What is lost, what is not, and the commands that set it again. */
function whatIsLost(lost: readonly SopsFile[], readable: number): string {
    const commands = lost.flatMap(({ file, object }) => {
        return setAnew(environmentOf(file), path.basename(file, ".sops.yaml"), keysOf(object)).map(
            (command) => `    ${command}`,
        );
    });
    return [
        `if nobody has a key of ${lost.length === 1 ? "this file" : `these ${lost.length} files`} any more, these values are lost, and no others: the stack decrypts the other ${readable}.`,
        "  What runs keeps its Secrets, and docs/secrets.md reads the values back from them. Set each again:",
        ...commands,
    ].join("\n");
}

/** The commands of the tool that set a Secret again: the first drops what is in the file, and the others add to it. */
export function setAnew(environment: string, name: string, keys: readonly string[]): string[] {
    return keys.map((key, at) => `npm run secret -- set ${environment} ${name} ${key}${at === 0 ? " --anew" : ""}`);
}

function keysOf(object: KubernetesObject): string[] {
    return [object.data, object.stringData].flatMap((values) => Object.keys((values as object | undefined) ?? {}));
}

function environmentOf(file: string): string {
    return path.posix.basename(path.posix.dirname(file));
}
