import { spawnSync } from "node:child_process";
import { SecretError } from "./secret-error";

/**
 * Makes a PGP key for an environment in the caller's keyring, without a passphrase, which nobody could type in the
 * cluster, and without an end. Gives its fingerprint.
 *
 * @throws SecretError with what gpg says.
 */
export function makeKey(environment: string): string {
    const made = gpg([
        "--passphrase",
        "",
        "--status-fd",
        "1",
        "--quick-generate-key",
        `landfall ${environment} (${new Date().toISOString()})`,
        "default",
        "default",
        "never",
    ]);
    const fingerprint = /^\[GNUPG:\] KEY_CREATED \w ([0-9A-F]{40})/m.exec(made)?.[1];
    if (fingerprint === undefined) {
        throw new SecretError("gpg does not say which key it made; gpg --list-secret-keys shows it");
    }
    return fingerprint;
}

/** The public half of a key of the keyring, ASCII-armored. */
export function exportedKey(fingerprint: string): string {
    return gpg(["--armor", "--export", fingerprint]);
}

/** Whether the keyring has the private half of a key. */
export function hasPrivateKey(fingerprint: string): boolean {
    return start(["--list-secret-keys", fingerprint], "").status === 0;
}

/** The private halves of keys of the keyring, ASCII-armored. @throws SecretError with what gpg says. */
export function privateKeysOf(fingerprints: readonly string[]): string {
    return gpg(["--armor", "--export-secret-keys", ...fingerprints]);
}

/** Puts keys into the keyring. @throws SecretError with what gpg says. */
export function importKeys(armored: string): void {
    gpg(["--import"], armored);
}

function gpg(args: readonly string[], input = ""): string {
    const { error, status, stdout, stderr } = start(args, input);
    if (error || status !== 0) {
        throw new SecretError(`gpg failed: ${error?.message ?? stderr.trim()}; install gpg 2.2 or newer`);
    }
    return stdout;
}

function start(args: readonly string[], input: string) {
    return spawnSync("gpg", ["--batch", "--quiet", ...args], { encoding: "utf8", input });
}
