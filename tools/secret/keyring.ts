import { spawnSync } from "node:child_process";
import { SecretError } from "./secret-error";

/**
 * Makes a PGP key in the caller's keyring, without a passphrase, which nobody could type in the cluster, and without an
 * end. Gives its fingerprint.
 *
 * @throws SecretError with what gpg says.
 */
export function makeKey(userId: string): string {
    const made = gpg([
        "--passphrase",
        "",
        "--status-fd",
        "1",
        "--quick-generate-key",
        userId,
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

function gpg(args: readonly string[]): string {
    const { error, status, stdout, stderr } = spawnSync("gpg", ["--batch", "--quiet", ...args], { encoding: "utf8" });
    if (error || status !== 0) {
        throw new SecretError(`gpg failed: ${error?.message ?? stderr.trim()}; install gpg 2.2 or newer`);
    }
    return stdout;
}
