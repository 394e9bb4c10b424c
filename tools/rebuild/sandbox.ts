import * as path from "node:path";
import { runInSandbox } from "../run-in-sandbox";

/** The same command as the sandbox's deployer. @throws SandboxError as `runInSandbox` does. */
export function rebuildInSandbox(stack: string, args: readonly string[]): Promise<number> {
    return runInSandbox({
        file: path.join(__dirname, "cli.ts"),
        stack,
        args: (directory) => [...args, "--sandbox-folder", directory],
        needsStackFile: true,
    });
}
