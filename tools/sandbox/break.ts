import { spawn } from "node:child_process";
import * as path from "node:path";
import { parseArgs } from "node:util";
import { breakers } from "./breaking/breakers";
import { requireSession } from "./running";
import { engineEnvironment, exitOf, requireStack, SandboxError } from "@landfall/sandbox";

/** `break WHAT`: does what goes wrong with real platforms, and waits until Flux has noticed. */
export async function breakSomething(args: string[]): Promise<number> {
    const { values, positionals } = parseArgs({
        args,
        allowPositionals: true,
        options: { stack: { type: "string", default: "staging" } },
    });
    const [what = "", ...others] = positionals;
    if (!(what in breakers) || others.length > 0) {
        throw new SandboxError(`break ${positionals.join(" ")}: break one of ${Object.keys(breakers).join(", ")}`);
    }
    const { repository, directory, session } = requireSession();
    requireStack(repository, values.stack);
    const { ARM_CLIENT_ID, ARM_CLIENT_SECRET, ARM_TENANT_ID } = session.environment;
    // sops takes the login from these.
    const login = {
        AZURE_CLIENT_ID: ARM_CLIENT_ID,
        AZURE_CLIENT_SECRET: ARM_CLIENT_SECRET,
        AZURE_TENANT_ID: ARM_TENANT_ID,
    };
    const program = ["--require", require.resolve("../typescript.cjs"), path.join(__dirname, "breaking/main.ts")];
    return exitOf(
        spawn(process.execPath, [...program, what, values.stack], {
            env: { ...engineEnvironment(directory, session), ...login, LANDFALL_SANDBOX: directory },
            stdio: "inherit",
        }),
    );
}
