import { spawn } from "node:child_process";
import { requireSession } from "./running";
import { deployerEnvironment, exitOf, SandboxError } from "@landfall/sandbox";

/**
 * `exec …`: any program as the sandbox's deployer, for example sops, whose Azure library reads the login from AZURE_*.
 */
export async function exec([program, ...args]: string[]): Promise<number> {
    const { repository, directory, session } = requireSession();
    if (program === undefined) {
        throw new SandboxError("exec needs a program: npm run sandbox -- exec npm run secret -- recipients staging");
    }
    const env = deployerEnvironment(directory, session);
    return exitOf(spawn(program, args, { cwd: repository, env, stdio: "inherit" }));
}
