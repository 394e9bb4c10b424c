import { spawn } from "node:child_process";
import * as path from "node:path";
import { parseArgs } from "node:util";
import { breakers } from "./breaking/breakers";
import { requireSession } from "./running";
import { deployerEnvironment, exitOf, requireStack, SandboxError } from "@landfall/sandbox";

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
    const program = ["--require", require.resolve("../typescript.cjs"), path.join(__dirname, "breaking/main.ts")];
    return exitOf(
        spawn(process.execPath, [...program, what, values.stack], {
            env: { ...deployerEnvironment(directory, session), LANDFALL_SANDBOX: directory },
            stdio: "inherit",
        }),
    );
}
