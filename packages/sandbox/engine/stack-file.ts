import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { Document, parse } from "yaml";
import { SandboxError } from "../sandbox-error";
import type { Workspace } from "../world/session";

interface StackFile {
    readonly encryptionsalt?: string;
    readonly config?: Readonly<Record<string, unknown>>;
}

/** The one setting that every stack has to add to its committed file: the key that decrypts the tree. */
const decryptionKey = "landfall:sopsPgpPrivateKey";

const changes = new Set(["set", "set-all", "rm", "rm-all", "cp", "refresh"]);

/**
 * Refuses a command that would change the sandbox's copy of a stack file, which the committed file is written over; the
 * decryption key alone is kept.
 *
 * @throws SandboxError that names the file to change.
 */
export function checkConfigCommand(stack: string, args: readonly string[]): void {
    const [command, change = "", ...rest] = args;
    const keys = new Set([decryptionKey, decryptionKey.replace("landfall:", "")]);
    if (command === "config" && changes.has(change) && !rest.some((argument) => keys.has(argument))) {
        throw new SandboxError(
            `pulumi config ${change} would be lost: the sandbox takes its settings from Pulumi.${stack}.yaml; change that file`,
        );
    }
}

/** Folder of the sandbox's copies of the stack files, which is a Pulumi project by itself. */
export function stackFolder(directory: string): string {
    return path.join(directory, "stacks");
}

export function stackFile(directory: string, stack: string): string {
    return path.join(stackFolder(directory), `Pulumi.${stack}.yaml`);
}

/** The stacks that the repository has a committed file for. */
export function knownStacks(repository: string): string[] {
    return fs
        .readdirSync(repository)
        .flatMap((file) => /^Pulumi\.([a-z0-9-]+)\.yaml$/.exec(file)?.[1] ?? [])
        .sort();
}

/** @throws SandboxError if the repository has no committed file for the stack. */
export function requireStack(repository: string, stack: string): void {
    const stacks = knownStacks(repository);
    if (!stacks.includes(stack)) {
        throw new SandboxError(`--stack ${stack}: there is no Pulumi.${stack}.yaml; stacks are ${stacks.join(", ")}`);
    }
}

/** The committed file of a stack. @throws SandboxError with the position of a YAML error. */
export function readStack(repository: string, stack: string): StackFile {
    const file = `Pulumi.${stack}.yaml`;
    try {
        return (parse(fs.readFileSync(path.join(repository, file), "utf8")) ?? {}) as StackFile;
    } catch (error) {
        throw new SandboxError(`${file}: ${(error as Error).message}`);
    }
}

/**
 * Writes the sandbox's copy of a stack file: the committed settings as they are, and beside them what `pulumi stack
 * init` and `pulumi config set --secret` write into a file: the encryption salt, and the demonstration key.
 */
export function prepareStack(
    { repository, directory }: Workspace,
    stack: string,
    environment: NodeJS.ProcessEnv,
): void {
    const folder = stackFolder(directory);
    const file = stackFile(directory, stack);
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    fs.copyFileSync(path.join(repository, "Pulumi.yaml"), path.join(folder, "Pulumi.yaml"));
    const before = fs.existsSync(file) ? (parse(fs.readFileSync(file, "utf8")) as StackFile) : {};
    const committed = readStack(repository, stack);
    const secret = before.config?.[decryptionKey];
    const merged: StackFile = {
        ...committed,
        ...(before.encryptionsalt ? { encryptionsalt: before.encryptionsalt } : {}),
        config: { ...committed.config, ...(secret === undefined ? {} : { [decryptionKey]: secret }) },
    };
    fs.writeFileSync(file, new Document(merged).toString(), { mode: 0o600 });
    if (before.encryptionsalt === undefined) {
        pulumi(folder, environment, ["stack", "init", stack]);
        const key = fs.readFileSync(path.join(__dirname, "../keys", "demonstration.private.asc"), "utf8");
        pulumi(folder, environment, ["config", "set", "--stack", stack, "--secret", decryptionKey], key);
    }
}

function pulumi(cwd: string, env: NodeJS.ProcessEnv, args: string[], input = ""): void {
    const result = spawnSync("pulumi", [...args, "--non-interactive"], { cwd, env, input, encoding: "utf8" });
    if (result.status !== 0) {
        throw new Error(`pulumi ${args.slice(0, 2).join(" ")} failed: ${result.stderr}`);
    }
}
