import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { allOf, canaryFile, type Recipients, recipientsIn } from "../../components/gitops/encryption/sops-recipients";
import { decryptionCheckLayer } from "../../components/gitops/flux-names";
import { usableFingerprint } from "./public-key";
import { updateKeys } from "./rotate";
import { recipientsOf, writeRules } from "./rules";
import { SecretError } from "./secret-error";
import { listResource, offered, requireEnvironment, writeEncrypted } from "./secret-file";
import { importPublicKey } from "./sops";

/** Which Key Vault key: that of a stack's outputs, none, or the one that `.sops.yaml` names. */
export type KeyVaultChoice = { readonly stack: string } | "none" | "same";

/**
 * Makes the environment's keys the PGP key of its public key file and the Key Vault key that is chosen. Then encrypts
 * every file of the environment to them. A canary holds nothing worth reading, so it is written again, which takes no
 * private key.
 *
 * @throws SecretError that names each file that nobody here can decrypt; the others are done then.
 */
export async function updateRecipients(tree: string, environment: string, choice: KeyVaultChoice): Promise<void> {
    requireEnvironment(tree, environment);
    const before = recipientsOf(tree, `clusters/${environment}/any.sops.yaml`);
    const recipients: Recipients = {
        pgp: [await usableFingerprint(tree, environment)],
        keyVault: choice === "same" ? before.keyVault : choice === "none" ? [] : [keyOfStack(tree, choice.stack)],
        other: [],
    };
    importPublicKey(tree, environment);
    writeRules(tree, environment, recipients);
    writeCanary(tree, environment, "pgp", recipients.pgp);
    writeCanary(tree, environment, "key-vault", recipients.keyVault);
    updateKeys(tree, environment);
    console.log(`${environment} is encrypted to ${allOf(recipients).join(" and ")}.`);
}

function writeCanary(tree: string, environment: string, kind: "pgp" | "key-vault", keys: readonly string[]): void {
    const file = canaryFile(environment, kind);
    if (keys.length === 0) {
        fs.rmSync(path.join(tree, file), { force: true });
    } else if (encryptedTo(tree, file) !== keys.join()) {
        const metadata = offered(`decryption-canary-${kind}`, "flux-system");
        const stringData = { decrypted: "yes" };
        writeEncrypted(tree, file, { apiVersion: "v1", kind: "Secret", metadata, type: "Opaque", stringData });
    }
    listResource(tree, file, decryptionCheckLayer, keys.length > 0);
}

function encryptedTo(tree: string, file: string): string | undefined {
    const full = path.join(tree, file);
    return fs.existsSync(full) ? allOf(recipientsIn(parse(fs.readFileSync(full, "utf8")))).join() : undefined;
}

function keyOfStack(tree: string, stack: string): string {
    const args = ["stack", "output", "--stack", stack, "--non-interactive", "keyVaultKey"];
    const { error, status, stdout, stderr } = spawnSync("pulumi", args, { cwd: path.dirname(tree), encoding: "utf8" });
    const key = (stdout ?? "").trim();
    if (error || status !== 0 || !/^https:\/\/[^/]+\/keys\/[^/]+\/[^/]+$/.test(key)) {
        const reason = error?.message ?? (stderr.trim() || `it is "${key}"`);
        throw new SecretError(`stack ${stack} does not tell its Key Vault key; run up first: ${reason}`);
    }
    return key;
}
