import { spawn } from "node:child_process";
import * as path from "node:path";
import {
    engineEnvironment,
    exitOf,
    prepareStack,
    readSession,
    requireStack,
    sandboxDirectory,
    SandboxError,
    stackFolder,
} from "@landfall/sandbox";

/**
 * The same command as the sandbox's deployer: its environment has the login and the way to the stand-ins, which only a
 * process that is started with it takes.
 *
 * @throws SandboxError if no sandbox runs, or if there is no such stack.
 */
export function examineInSandbox(stack: string): Promise<number> {
    const repository = path.join(__dirname, "../..");
    const directory = sandboxDirectory();
    requireStack(repository, stack);
    const session = readSession(directory);
    if (!session) {
        throw new SandboxError(`no sandbox runs in ${directory}; start one: npm start -- --stack ${stack}`);
    }
    const env = engineEnvironment(directory, session);
    prepareStack({ repository, directory }, stack, env);
    const args = ["--require", require.resolve("tsx/cjs"), path.join(__dirname, "cli.ts"), "--stack", stack];
    const child = spawn(process.execPath, [...args, "--stack-files", stackFolder(directory)], {
        env,
        stdio: "inherit",
    });
    return exitOf(child);
}
