import { spawn } from "node:child_process";
import * as path from "node:path";
import {
    engineEnvironment,
    exitOf,
    isAlive,
    prepareStack,
    readSession,
    requireStack,
    sandboxDirectory,
    SandboxError,
} from "@landfall/sandbox";

/**
 * The same command as the sandbox's deployer: its environment has the login and the way to the stand-ins, which only a
 * process that is started with it takes.
 *
 * @throws SandboxError if no sandbox runs, or if there is no such stack.
 */
export function rebuildInSandbox(stack: string, args: readonly string[]): Promise<number> {
    const repository = path.join(__dirname, "../..");
    const directory = sandboxDirectory();
    requireStack(repository, stack);
    const session = readSession(directory);
    if (!session || !isAlive(session.pid)) {
        throw new SandboxError(`no sandbox runs in ${directory}; start one: npm start -- --stack ${stack}`);
    }
    const env = engineEnvironment(directory, session);
    prepareStack({ repository, directory }, stack, env);
    const command = ["--require", require.resolve("tsx/cjs"), path.join(__dirname, "cli.ts"), ...args];
    const child = spawn(process.execPath, [...command, "--sandbox-folder", directory], { env, stdio: "inherit" });
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
