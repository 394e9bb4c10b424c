import { SandboxError } from "@landfall/sandbox";
import { checkDisk, freeMemory, gigabyte, size } from "@landfall/toolchain";

/** What a stack takes once it is up with the whole tree, in bytes: measured of staging (docs/sandbox.md). */
const stackTakes = { memory: 3 * gigabyte, disk: 0.3 * gigabyte };

/**
 * Gives what a stack is about to take of the machine, in one line.
 *
 * @throws SandboxError or ToolchainError if there is less.
 */
export async function checkRoom(directory: string, free = freeMemory()): Promise<string> {
    const { memory, disk } = stackTakes;
    if (free < memory) {
        throw new SandboxError(
            `A stack takes about ${size(memory)} of memory, and ${size(free)} are free; end what you can do without: ` +
                "another stack or sandbox of yours (npm run sandbox -- down), or other programs",
        );
    }
    const advice = "make room, or set LANDFALL_SANDBOX to a folder elsewhere";
    const [where = ""] = await checkDisk("A stack", [{ folder: directory, bytes: disk }], advice);
    return `A stack takes about ${size(memory)} of memory (${size(free)} are free), and of disk ${where}.`;
}
