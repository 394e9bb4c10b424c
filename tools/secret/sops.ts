import { spawnSync, type StdioOptions } from "node:child_process";
import { publicKeyFile } from "./public-key";
import { KeyRefusal, SecretError, ToolRefusal } from "./secret-error";

/**
 * Puts the environment's public key into the caller's keyring, where sops looks for it. Does nothing if it is there.
 */
export function importPublicKey(tree: string, environment: string): void {
    run("gpg", ["--batch", "--quiet", "--import", publicKeyFile(environment)], { cwd: tree });
}

/**
 * Calls sops in the tree's root, where it finds `.sops.yaml`, and returns what it prints.
 *
 * @throws ToolRefusal with sops's message; KeyRefusal if it has no key that decrypts the file.
 */
export function sops(tree: string, args: readonly string[], input?: string): string {
    return run("sops", args, { cwd: tree, ...(input === undefined ? {} : { input }) });
}

/** The same with sops at the terminal, for an editor. */
export function sopsAtTerminal(tree: string, args: readonly string[], env: NodeJS.ProcessEnv): void {
    run("sops", args, { cwd: tree, env, stdio: "inherit" });
}

/** What sops says of a file when none of its keys is here, and of nothing else. */
const noKey =
    /failed to get the data key required to decrypt|error getting data key|could not (?:decrypt|retrieve) data key/i;

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
        const message = `${program} ${args[0]} ${args.at(-1) ?? ""} failed:\n${(stderr ?? "").trim()}`;
        throw noKey.test(stderr ?? "") ? new KeyRefusal(message) : new ToolRefusal(message);
    }
    return stdout ?? "";
}
