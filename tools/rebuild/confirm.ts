import { createInterface } from "node:readline/promises";
import { RebuildError } from "./rebuild-error";

/**
 * Has a person type the stack's name.
 *
 * @throws RebuildError if they type something else, or if there is nobody to ask.
 */
export async function confirm(stack: string, purpose: string, yes: boolean): Promise<void> {
    if (yes) {
        return;
    }
    if (!process.stdin.isTTY) {
        throw new RebuildError("nobody can be asked without a terminal: add --yes; nothing was changed");
    }
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    const gone = new AbortController();
    // Ctrl-C and Ctrl-D: the question would otherwise wait for ever.
    terminal.on("close", () => gone.abort());
    const typed = await terminal
        .question(`Type the stack's name ${purpose}: `, { signal: gone.signal })
        .catch(() => "");
    terminal.close();
    if (typed.trim() !== stack) {
        throw new RebuildError("nothing was changed");
    }
}
