import { spawn } from "node:child_process";
import { requireSession } from "./running";
import { engineEnvironment, exitOf, SandboxError } from "@landfall/sandbox";

/**
 * `exec …`: any program as the sandbox's deployer, for example sops, whose Azure library reads the login from AZURE_*.
 */
export async function exec([program, ...args]: string[]): Promise<number> {
    const { repository, directory, session } = requireSession();
    if (program === undefined) {
        throw new SandboxError("exec needs a program: npm run sandbox -- exec npm run secret -- recipients staging");
    }
    const { ARM_CLIENT_ID, ARM_CLIENT_SECRET, ARM_TENANT_ID } = session.environment;
    const env = {
        ...engineEnvironment(directory, session),
        AZURE_CLIENT_ID: ARM_CLIENT_ID,
        AZURE_CLIENT_SECRET: ARM_CLIENT_SECRET,
        AZURE_TENANT_ID: ARM_TENANT_ID,
    };
    return exitOf(spawn(program, args, { cwd: repository, env, stdio: "inherit" }));
}
