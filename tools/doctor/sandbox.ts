import * as path from "node:path";
import { runInSandbox } from "../run-in-sandbox";
import { stackFolder } from "@landfall/sandbox";

/** The same command as the sandbox's deployer. @throws SandboxError as `runInSandbox` does. */
export function examineInSandbox(stack: string): Promise<number> {
    return runInSandbox({
        file: path.join(__dirname, "cli.ts"),
        stack,
        args: (directory) => ["--stack", stack, "--stack-files", stackFolder(directory)],
        needsStackFile: true,
    });
}
