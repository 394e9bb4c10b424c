import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { privateKeys } from "../../components/gitops/encryption/decryption-keys";
import {
    demonstrationKey,
    isDemonstrationValue,
    isPlaceholder,
} from "../../components/gitops/encryption/demonstration";
import { isCanary, isSameKey, recipientsIn } from "../../components/gitops/encryption/sops-recipients";
import { plainValues } from "../../components/gitops/encryption/sops-values";
import { exportedKey, makeKey } from "./keyring";
import { newValue } from "./new-value";
import { publicKeyFile, publicKeyOf, usableFingerprint } from "./public-key";
import { updateRecipients } from "./recipients";
import { recipientsOf, writeRules } from "./rules";
import { SecretError, ToolRefusal } from "./secret-error";
import { encryptedFiles, readSecret, requireEnvironment, writeEncrypted } from "./secret-file";
import { importPublicKey, sops } from "./sops";

/** Where the repository keeps the private half of the key that it comes with. */
const demonstrationPrivateKey = "packages/sandbox/keys/demonstration.private.asc";

/**
 * Makes an environment the user's own: a PGP key in the keyring in place of the demonstration's, and random values for
 * every secret value that the repository came with. What is the user's own already stays, key and values: run again, it
 * does what is left, which is nothing as a rule.
 *
 * @throws SecretError if the environment does not exist.
 */
export async function initialise(tree: string, environment: string): Promise<void> {
    requireEnvironment(tree, environment);
    const secrets = await readSecrets(tree, environment);
    const made = await makeOwnKey(tree, environment);
    const changed = secrets.filter(({ values, isPublic }) => {
        return isPublic || [...(values?.values() ?? [])].some(isDemonstrationValue);
    });
    if (made !== undefined || changed.length > 0) {
        const fingerprint = await usableFingerprint(tree, environment);
        importPublicKey(tree, environment);
        const { keyVault } = recipientsOf(tree, `clusters/${environment}/any.sops.yaml`);
        writeRules(tree, environment, { pgp: [fingerprint], keyVault, other: [] });
        changed.forEach((secret) => writeSecret(tree, secret));
        await updateRecipients(tree, environment, "same");
    }
    report(environment, made, secrets, changed);
}

/** A Secret's file, with what it holds as far as anything here decrypts it. */
interface Found {
    readonly file: string;
    readonly name: string;
    readonly values: ReadonlyMap<string, string> | undefined;
    /** Whether it is encrypted to the demonstration's key. */
    readonly isPublic: boolean;
}

async function readSecrets(tree: string, environment: string): Promise<Found[]> {
    const key = path.join(path.dirname(tree), demonstrationPrivateKey);
    const keys = fs.existsSync(key) ? await privateKeys(fs.readFileSync(key, "utf8")) : [];
    const files = encryptedFiles(tree, environment).filter((file) => !isCanary(file));
    return Promise.all(
        files.map(async (file) => {
            const object = parse(fs.readFileSync(path.join(tree, file), "utf8")) as object;
            const isPublic = recipientsIn(object).pgp.some((key) => isSameKey(key, demonstrationKey));
            const values = isPublic ? await plainValues(object, keys) : decrypted(tree, file);
            if (isPublic && !values) {
                throw new SecretError(
                    `gitops/${file} is encrypted to the demonstration's key, and ${demonstrationPrivateKey} is not there to read it; nothing was changed`,
                );
            }
            return { file, name: path.basename(file, ".sops.yaml"), values, isPublic };
        }),
    );
}

/** With the caller's keys; undefined if they do not decrypt it. */
function decrypted(tree: string, file: string): ReadonlyMap<string, string> | undefined {
    try {
        const { stringData = {}, data = {} } = parse(sops(tree, ["decrypt", file])) as Record<
            string,
            Record<string, string>
        >;
        const decoded = Object.entries(data).map(([key, text]): [string, string] => {
            return [key, Buffer.from(text, "base64").toString("utf8")];
        });
        return new Map([...decoded, ...Object.entries(stringData)]);
    } catch (error) {
        if (error instanceof ToolRefusal) {
            return undefined;
        }
        throw error;
    }
}

/** Fingerprint of the key that was made; undefined if the environment has one of its own. */
async function makeOwnKey(tree: string, environment: string): Promise<string | undefined> {
    const exists = fs.existsSync(path.join(tree, publicKeyFile(environment)));
    if (exists && (await publicKeyOf(tree, environment)).fingerprint !== demonstrationKey) {
        return undefined;
    }
    const fingerprint = makeKey(environment);
    fs.writeFileSync(path.join(tree, publicKeyFile(environment)), exportedKey(fingerprint));
    return fingerprint;
}

/** Gives the values that the repository came with a new one, and leaves the others as they are. */
function writeSecret(tree: string, { file, name, values }: Found): void {
    const { metadata, type } = readSecret(tree, file);
    const stringData = Object.fromEntries(
        [...(values ?? [])].map(([key, value]) => [key, isDemonstrationValue(value) ? newValue(name, key) : value]),
    );
    writeEncrypted(tree, file, { apiVersion: "v1", kind: "Secret", metadata, type, stringData });
}

function report(
    environment: string,
    made: string | undefined,
    secrets: readonly Found[],
    changed: readonly Found[],
): void {
    for (const { file, values, isPublic } of changed) {
        const isOwn = (value: string) => !isDemonstrationValue(value) && !isPlaceholder(value);
        const own = [...(values ?? [])].filter(([, value]) => isOwn(value)).map(([key]) => key);
        const kept = own.length === 0 ? "" : isPublic ? ` Kept, though anybody could read it: ${own.join(", ")}.` : "";
        console.log(`Wrote new values in gitops/${file}.${kept}`);
    }
    for (const { file } of secrets.filter(({ values }) => !values)) {
        console.log(`Left gitops/${file} alone: nothing here decrypts it.`);
    }
    for (const { name, values } of secrets) {
        for (const [key] of [...(values ?? [])].filter(([, value]) => isPlaceholder(value))) {
            console.log(`Another service gives ${key}: npm run secret -- set ${environment} ${name} ${key}`);
        }
    }
    if (made !== undefined) {
        console.log(
            [
                `Made the key ${made}. Its private half is in your gpg keyring, without a passphrase, and nowhere else. Keep a copy`,
                "outside of the repository, and give it to the stack:",
                `  gpg --armor --export-secret-keys ${made} > <file on a medium that you lock away>`,
                `  gpg --armor --export-secret-keys ${made} | pulumi config set --stack ${environment} --secret sopsPgpPrivateKey`,
            ].join("\n"),
        );
    } else if (changed.length === 0) {
        console.log(`${environment} has a key and values of its own; nothing was changed.`);
    }
}
