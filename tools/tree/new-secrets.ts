import * as path from "node:path";
import { newValue } from "../secret/new-value";
import { encryptedFiles, keysOf, readSecret, writeEncrypted } from "../secret/secret-file";

/** The canary of Key Vault comes with the vault's key: npm run secret -- recipients. */
const later = "decryption-canary-key-vault";

/** A Secret that an environment has, with the names of its values. */
export interface SecretShape {
    readonly name: string;
    readonly file: string;
    readonly keys: readonly string[];
}

/** The Secrets of an environment, without their values, which only its keys decrypt. */
export function secretsOf(root: string, environment: string): SecretShape[] {
    return encryptedFiles(root, environment)
        .map((file) => ({ name: path.basename(file, ".sops.yaml"), file, keys: keysOf(readSecret(root, file)) }))
        .filter(({ name }) => name !== later);
}

/**
 * Writes the Secrets of another environment for a new one, with values of their own, encrypted to what `.sops.yaml`
 * names.
 *
 * @returns the files, from `root`.
 */
export function writeNewSecrets(root: string, name: string, like: string): string[] {
    return secretsOf(root, like).map((secret) => {
        const { metadata, type } = readSecret(root, secret.file);
        const own = secret.keys.map((key): [string, string] => [key, newValue(secret.name, key)]);
        const file = `clusters/${name}/${secret.name}.sops.yaml`;
        const head = { apiVersion: "v1", kind: "Secret", metadata, type };
        writeEncrypted(root, file, { ...head, stringData: Object.fromEntries(own) });
        return file;
    });
}
