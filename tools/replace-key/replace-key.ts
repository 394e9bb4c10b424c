import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { pgpKeys } from "../../components/gitops/encryption/decryption-keys";
import { isCanary, isSameKey, type Recipients, recipientsIn } from "../../components/gitops/encryption/sops-recipients";
import { ClusterClient } from "../../components/gitops/readiness/cluster-client";
import type { Engine } from "../rebuild/engine";
import { exportedKey, hasPrivateKey, importKeys, makeKey, privateKeysOf } from "../secret/keyring";
import { publicKeyFile, publicKeyOf } from "../secret/public-key";
import { updateRecipients } from "../secret/recipients";
import { recipientsOf, writeRules } from "../secret/rules";
import { KeyRefusal, SecretError } from "../secret/secret-error";
import {
    closedFile,
    encryptedFiles,
    keysOf,
    readSecret,
    requireEnvironment,
    writeEncrypted,
} from "../secret/secret-file";
import { importPublicKey, sops } from "../secret/sops";
import { writeSetting } from "../stack-file";

const keySetting = "landfall:sopsPgpPrivateKey";
const lostSetting = "landfall:lostSopsKeys";

export interface Replacement {
    readonly environment: string;
    /** On the stack whose cluster decrypts the environment's files. */
    readonly engine: Engine;
    /** Folders with the stack's file: the repository, and where the engine takes it from. */
    readonly stackFiles: readonly string[];
    /** Whether the Key Vault key is lost too. */
    readonly withoutKeyVault: boolean;
    /** Whether values that no key reads any more are taken from the Secrets of the cluster. */
    readonly fromCluster: boolean;
}

/**
 * Gives an environment a new PGP key in place of one that is lost: makes it, gives the stack its private half and
 * encrypts every file to it. A key that the stack's configuration still has is not lost: it comes back into the keyring
 * and stays. Run again after an interruption, it goes on with the same key.
 *
 * @throws SecretError that names each file that nobody here can decrypt, each with the Secret that the cluster does not
 *   have; the others are done then.
 */
export async function replaceKey(tree: string, replacement: Replacement): Promise<void> {
    const { environment, engine, withoutKeyVault } = replacement;
    requireEnvironment(tree, environment);
    const before = recipientsOf(tree, `clusters/${environment}/any.sops.yaml`);
    const configured = await configuredKeys(engine);
    const fingerprint = await ownKey(tree, environment);
    const closed = encryptedFiles(tree, environment).filter((file) => !isCanary(file) && isClosed(tree, file));
    await engine.output(["config", "set", "--secret", keySetting], privateKeysOf([...configured, fingerprint]));
    const problems: string[] = [];
    if (replacement.fromCluster && closed.length > 0) {
        noteLost(tree, replacement, closed);
        const keyVault = withoutKeyVault ? [] : before.keyVault;
        const recipients: Recipients = { pgp: [fingerprint], keyVault, other: [] };
        problems.push(...(await writeFromCluster(tree, environment, engine, recipients, closed)));
    }
    try {
        await updateRecipients(tree, environment, withoutKeyVault ? "none" : "same");
    } finally {
        problems.forEach((problem) => console.error(problem));
        report(replacement, fingerprint, closed.length > 0);
    }
}

/** Fingerprints of the keys that the stack's configuration has, which are in the keyring afterwards. */
async function configuredKeys(engine: Engine): Promise<string[]> {
    const { code, stdout } = await engine.answer(["config", "get", keySetting]);
    if (code !== 0 || stdout.trim() === "") {
        return [];
    }
    const keys = await pgpKeys(stdout);
    importKeys(stdout);
    return keys.map(({ fingerprint }) => fingerprint);
}

/** The environment's key if the keyring has its private half, otherwise a new one. */
async function ownKey(tree: string, environment: string): Promise<string> {
    const { fingerprint: present } = await publicKeyOf(tree, environment);
    if (hasPrivateKey(present)) {
        console.log(`The keyring has the private half of ${present}, the key of ${environment}: it stays.`);
        return present;
    }
    const made = makeKey(environment);
    fs.writeFileSync(path.join(tree, publicKeyFile(environment)), exportedKey(made));
    console.log(`Made the key ${made} in place of ${present}.`);
    return made;
}

function isClosed(tree: string, file: string): boolean {
    try {
        sops(tree, ["decrypt", file]);
        return false;
    } catch (error) {
        if (error instanceof KeyRefusal) {
            return true;
        }
        throw error;
    }
}

/** Has the program let go of the keys of files that nobody reads, which it takes care not to leave otherwise. */
function noteLost(tree: string, { engine, stackFiles }: Replacement, closed: readonly string[]): void {
    const lost = closed.flatMap((file) => recipientsIn(readSecret(tree, file)).pgp);
    for (const folder of stackFiles) {
        const file = path.join(folder, `Pulumi.${engine.place.stack}.yaml`);
        const { config } = parse(fs.readFileSync(file, "utf8")) as { config?: Record<string, readonly string[]> };
        const noted = config?.[lostSetting] ?? [];
        const added = [...new Set(lost)].filter((key) => !noted.some((other) => isSameKey(other, key)));
        if (added.length > 0) {
            writeSetting(file, lostSetting, `[${[...noted, ...added].join(", ")}]`);
        }
    }
}

/** Encrypts what the cluster has of Secrets anew. Gives what it does not have. */
async function writeFromCluster(
    tree: string,
    environment: string,
    engine: Engine,
    recipients: Recipients,
    files: readonly string[],
): Promise<string[]> {
    importPublicKey(tree, environment);
    writeRules(tree, environment, recipients);
    const outputs = JSON.parse(await engine.output(["stack", "output", "--json", "--show-secrets"])) as {
        readonly kubeconfig?: string;
    };
    if (outputs.kubeconfig === undefined) {
        throw new SecretError(`stack ${engine.place.stack} has no cluster to read Secrets from`);
    }
    const cluster = new ClusterClient(outputs.kubeconfig);
    const problems: string[] = [];
    for (const file of files) {
        const { metadata = {}, type = "Opaque", ...secret } = readSecret(tree, file);
        const { namespace = "", name = "" } = metadata;
        const data = await cluster.secretData(namespace, name);
        const missing = keysOf(secret).filter((key) => data?.[key] === undefined);
        if (missing.length > 0) {
            const what = data ? `${missing.join(", ")} of Secret ${namespace}/${name}` : `Secret ${namespace}/${name}`;
            problems.push(`The cluster does not have ${what}. ${closedFile(tree, file)}`);
            continue;
        }
        const values = keysOf(secret).map((key) => [key, Buffer.from(data?.[key] ?? "", "base64")] as const);
        writeEncrypted(tree, file, { apiVersion: "v1", kind: "Secret", metadata, type, ...asWritten(values) });
        console.log(`Took ${keysOf(secret).join(", ")} of gitops/${file} from the cluster.`);
    }
    return problems;
}

/** As text, which a person can edit, but for what is none. */
function asWritten(values: readonly (readonly [string, Buffer])[]) {
    const isText = ([, value]: readonly [string, Buffer]) => Buffer.from(value.toString("utf8")).equals(value);
    const texts = values.filter(isText).map(([key, value]) => [key, value.toString("utf8")]);
    const others = values.filter((value) => !isText(value)).map(([key, value]) => [key, value.toString("base64")]);
    return {
        ...(others.length > 0 ? { data: Object.fromEntries(others) as Record<string, string> } : {}),
        stringData: Object.fromEntries(texts) as Record<string, string>,
    };
}

function report({ engine, fromCluster }: Replacement, fingerprint: string, hadClosed: boolean): void {
    const { stack } = engine.place;
    const after = fromCluster && hadClosed ? ` Then remove ${lostSetting} from Pulumi.${stack}.yaml.` : "";
    console.log(
        [
            `Stack ${stack} has the private half of ${fingerprint}. Keep a copy outside of the repository:`,
            `  gpg --armor --export-secret-keys ${fingerprint} > <file on a medium that you lock away>`,
            `Next: pulumi up --stack ${stack}.${after}`,
        ].join("\n"),
    );
}
