import { spawn } from "node:child_process";
import * as path from "node:path";
import {
    deployerEnvironment,
    exitOf,
    isAlive,
    prepareStack,
    readSession,
    requireStack,
    sandboxDirectory,
    SandboxError,
} from "@landfall/sandbox";

export interface SandboxCommand {
    /** The `cli.ts` of the command. */
    readonly file: string;
    readonly stack: string;
    /** Its arguments, in a sandbox with this folder. */
    readonly args: (directory: string) => readonly string[];
    /** Whether the sandbox's copy of the stack's file is made first, from what the repository has now. */
    readonly needsStackFile: boolean;
}

/** Options of a command on a stack, which may be in the sandbox. */
export const stackOptions = {
    stack: { type: "string" },
    sandbox: { type: "boolean", default: false },
    /** Of the command that `againInSandbox` runs. */
    "sandbox-folder": { type: "string" },
    help: { type: "boolean", default: false },
} as const;

/** Options of one that changes it. */
export const changeOptions = {
    ...stackOptions,
    plan: { type: "boolean", default: false },
    yes: { type: "boolean", default: false },
} as const;

/**
 * Runs the same command as the sandbox's deployer, which finds the sandbox's folder in `--sandbox-folder`.
 *
 * @throws SandboxError as `runInSandbox` does.
 */
export function againInSandbox(
    command: Pick<SandboxCommand, "file" | "stack" | "needsStackFile">,
    args: readonly string[],
): Promise<number> {
    const others = args.filter((arg) => arg !== "--sandbox");
    return runInSandbox({ ...command, args: (directory) => [...others, "--sandbox-folder", directory] });
}

/**
 * Runs a command as the deployer of the sandbox that runs: its environment has the login and the way to the stand-ins,
 * which only a process that is started with it takes. Gives its exit code.
 *
 * @throws SandboxError if no sandbox runs, or if there is no such stack.
 */
export function runInSandbox({ file, stack, args, needsStackFile }: SandboxCommand): Promise<number> {
    const repository = path.join(__dirname, "..");
    const directory = sandboxDirectory();
    requireStack(repository, stack);
    const session = readSession(directory);
    if (!session || !isAlive(session.pid)) {
        throw new SandboxError(`no sandbox runs in ${directory}; start one: npm start -- --stack ${stack}`);
    }
    const env = deployerEnvironment(directory, session);
    if (needsStackFile) {
        prepareStack({ repository, directory }, stack, env);
    }
    const command = ["--require", require.resolve("./typescript.cjs"), file, ...args(directory)];
    const child = spawn(process.execPath, command, { env, stdio: "inherit" });
    // The terminal sends Ctrl-C to the child too; the others it would outlive.
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
        process.on(signal, () => {
            if (signal !== "SIGINT") {
                child.kill(signal);
            }
        });
    }
    return exitOf(child);
}
