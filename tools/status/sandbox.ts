import * as path from "node:path";
import { againInSandbox } from "../run-in-sandbox";

/** The same command as the sandbox's deployer. @throws SandboxError as `againInSandbox` does. */
export function statusInSandbox(stack: string, args: readonly string[]): Promise<number> {
    return againInSandbox({ file: path.join(__dirname, "cli.ts"), stack, needsStackFile: false }, args);
}
