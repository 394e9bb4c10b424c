import * as path from "node:path";
import { type KubernetesObject, type ManifestTree, objectsOf } from "../fleet/manifest-tree";
import { type DecryptionKeys, keyVaultDecrypts, pgpDecrypts } from "./decryption-keys";
import { allOf, isCanary, type Recipients, recipientsIn, recipientsNamed } from "./sops-recipients";

/** An encrypted file of a tree. */
interface SopsFile {
    readonly file: string;
    readonly object: KubernetesObject;
    readonly recipients: Recipients;
}

/**
 * What keeps the cluster from decrypting the tree, or would keep it once a key is lost: Secrets that are not encrypted
 * at all, files that none of the stack's keys decrypts, with what that means, and files that lack a key of
 * `.sops.yaml`.
 */
export function sopsProblems(tree: ManifestTree, keys: DecryptionKeys): string[] {
    const files = filesOf(tree);
    const closed = files.filter((file) => !isDecryptable(file, keys));
    const lost = closed.filter(({ file }) => !isCanary(file));
    return [
        ...[...objectsOf(tree)].filter(({ object }) => object.kind === "Secret" && !object.sops).map(unencrypted),
        ...closed.map((file) => undecryptable(file, keys)),
        ...(lost.length === 0 ? [] : [whatIsLost(lost, files.length - closed.length)]),
        ...files.filter((file) => !closed.includes(file)).flatMap((file) => lacking(file, tree)),
    ];
}

/**
 * What the cluster could not decrypt between the change of its PGP key and that of its branch: `replaced` is what the
 * branch holds of files that differ from the tree. Keys that are `lost` are not asked for.
 */
export function branchProblems(replaced: ManifestTree, keys: DecryptionKeys, lost: readonly string[]): string[] {
    const closed = filesOf(replaced)
        .filter(({ file, recipients }) => recipients.pgp.length > 0 && !isCanary(file))
        .filter((file) => !isDecryptable(file, keys))
        .filter(({ recipients }) => !recipients.pgp.some((key) => lost.includes(key)));
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

function unencrypted({ file, object }: { readonly file: string; readonly object: KubernetesObject }): string {
    return `gitops/${file}: Secret ${object.metadata?.name ?? ""} is not encrypted; in gitops/, run sops encrypt --in-place ${file}`;
}

function undecryptable({ file, recipients }: SopsFile, { pgp, keyVault }: DecryptionKeys): string {
    const environment = environmentOf(file);
    const own = pgp.map(({ fingerprint }) => fingerprint).join(" and ");
    const state = keyVault.exists ? "" : ", which does not exist: az keyvault key recover, if it was deleted";
    const fix = isCanary(file)
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

function lacking({ file, recipients }: SopsFile, tree: ManifestTree): string[] {
    const given = allOf(recipients);
    return allOf(recipientsNamed(tree[".sops.yaml"] ?? "", file))
        .filter((key) => !given.includes(key))
        .map(
            (key) =>
                `gitops/${file}: is not encrypted to ${key}, which .sops.yaml names; npm run secret -- recipients ${environmentOf(file)}`,
        );
}

function keysOf(object: KubernetesObject): string[] {
    return [object.data, object.stringData].flatMap((values) => Object.keys((values as object | undefined) ?? {}));
}

function environmentOf(file: string): string {
    return path.posix.basename(path.posix.dirname(file));
}
