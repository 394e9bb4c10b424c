import { spawnSync, type StdioOptions } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { readKey } from "openpgp";
import { SecretError, ToolRefusal } from "./secret-error";

/** Where an environment's public key lies, from the tree's root. */
export function publicKeyFile(environment: string): string {
    return `clusters/${environment}/.sops.pub.asc`;
}

/**
 * Fingerprint of the environment's public key, in upper case.
 *
 * @throws SecretError naming the file if it is missing or no key.
 */
export async function publicFingerprint(tree: string, environment: string): Promise<string> {
    const file = publicKeyFile(environment);
    try {
        const armoredKey = fs.readFileSync(path.join(tree, file), "utf8");
        return (await readKey({ armoredKey })).getFingerprint().toUpperCase();
    } catch (error) {
        throw new SecretError(`gitops/${file} is no PGP public key: ${error instanceof Error ? error.message : ""}`);
    }
}

/**
 * Puts the environment's public key into the caller's keyring, where sops looks for it. Does nothing if it is there.
 */
export function importPublicKey(tree: string, environment: string): void {
    run("gpg", ["--batch", "--quiet", "--import", publicKeyFile(environment)], { cwd: tree });
}

/**
 * Calls sops in the tree's root, where it finds `.sops.yaml`, and returns what it prints.
 *
 * @throws ToolRefusal with sops's message.
 */
export function sops(tree: string, args: readonly string[], input?: string): string {
    return run("sops", args, { cwd: tree, ...(input === undefined ? {} : { input }) });
}

/** The same with sops at the terminal, for an editor. */
export function sopsAtTerminal(tree: string, args: readonly string[], env: NodeJS.ProcessEnv): void {
    run("sops", args, { cwd: tree, env, stdio: "inherit" });
}

/** Exit code of `sops edit` when the file was left as it was. */
const unchanged = 200;

function run(
    program: string,
    args: readonly string[],
    options: { cwd: string; env?: NodeJS.ProcessEnv; input?: string; stdio?: StdioOptions },
): string {
    const { error, status, stdout, stderr } = spawnSync(program, args, { ...options, encoding: "utf8" });
    if (error) {
        const advice = program === "sops" ? "install sops 3.11 or newer" : `install ${program}`;
        throw new SecretError(`${program} cannot be started (${error.message}); ${advice}`);
    }
    if (status !== 0 && !(program === "sops" && args[0] === "edit" && status === unchanged)) {
        throw new ToolRefusal(`${program} ${args[0]} ${args.at(-1) ?? ""} failed:\n${(stderr ?? "").trim()}`);
    }
    return stdout ?? "";
}
