import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** The result of a program that ran to its end. */
export interface Outcome {
    readonly code: number | null;
    readonly signal: NodeJS.Signals | null;
    readonly stdout: string;
    readonly stderr: string;
}

/**
 * Runs a program to its end without a shell. `onLine` gets each line of its errors as it comes. Rejects only when the
 * program could not be started (ENOENT: it is not on PATH).
 */
export function run(
    command: string,
    args: readonly string[],
    { onLine, ...options }: { cwd?: string; env?: NodeJS.ProcessEnv; onLine?: (line: string) => void } = {},
): Promise<Outcome> {
    return new Promise((resolve, reject) => {
        const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
        const output = { stdout: "", stderr: "" };
        child.stdout.setEncoding("utf8").on("data", (text: string) => (output.stdout += text));
        child.stderr.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
        if (onLine) {
            createInterface(child.stderr).on("line", onLine);
        }
        child.once("error", reject);
        child.once("close", (code, signal) => resolve({ code, signal, ...output }));
    });
}
