import * as fs from "node:fs";
import * as path from "node:path";
import { type Key, readKey } from "openpgp";
import { SecretError } from "./secret-error";

/** Where an environment's public key lies, from the tree's root. */
export function publicKeyFile(environment: string): string {
    return `clusters/${environment}/.sops.pub.asc`;
}

interface PublicKey {
    /** In upper case. */
    readonly fingerprint: string;
    /** Why nothing can be encrypted to the key, if nothing can: completes "the key …". */
    readonly unusable?: string;
}

/**
 * The environment's public key.
 *
 * @throws SecretError naming the file if it is missing, no key, or a private one.
 */
export async function publicKeyOf(tree: string, environment: string): Promise<PublicKey> {
    const file = publicKeyFile(environment);
    try {
        return await publicKeyIn(fs.readFileSync(path.join(tree, file), "utf8"));
    } catch (error) {
        throw new SecretError(`gitops/${file}: is no PGP public key: ${error instanceof Error ? error.message : ""}`);
    }
}

/**
 * The public key of an ASCII-armored text.
 *
 * @throws Error if it is none, or a private one.
 */
export async function publicKeyIn(armored: string): Promise<PublicKey> {
    const key = await readKey({ armoredKey: armored });
    const fingerprint = key.getFingerprint().toUpperCase();
    if (key.isPrivate()) {
        throw new Error(`it is a private key; write what gpg --armor --export ${fingerprint} prints`);
    }
    const reason = await whyUnusable(key);
    return { fingerprint, ...(reason === undefined ? {} : { unusable: reason }) };
}

/**
 * The same, for who encrypts to it: before anything is written.
 *
 * @throws SecretError also if the key has expired, is revoked, or only signs.
 */
export async function usableFingerprint(tree: string, environment: string): Promise<string> {
    const { fingerprint, unusable } = await publicKeyOf(tree, environment);
    if (unusable !== undefined) {
        throw new SecretError(
            `gitops/${publicKeyFile(environment)}: nothing can be encrypted to the key ${fingerprint}, which ${unusable}; nothing was changed`,
        );
    }
    return fingerprint;
}

async function whyUnusable(key: Key): Promise<string | undefined> {
    const expires = await key.getExpirationTime();
    if (expires instanceof Date && expires <= new Date()) {
        const day = expires.toISOString().slice(0, 10);
        return `expired on ${day} (gpg --quick-set-expire <fingerprint> 0 '*', as its owner, and export it again)`;
    }
    if (await key.isRevoked()) {
        return "is revoked; make a new one (docs/secrets.md)";
    }
    try {
        await key.getEncryptionKey();
        return undefined;
    } catch (error) {
        return `has no part that encrypts now (${(error as Error).message}); make one with gpg --quick-generate-key … default default never`;
    }
}
