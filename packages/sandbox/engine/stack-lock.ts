import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { SandboxError } from "../sandbox-error";
import { isAlive } from "../world/session";

/** What the engine writes down of who works on a stack (`pkg/backend/diy/lock.go`). */
interface Lock {
    readonly pid: number;
    readonly hostname: string;
    readonly timestamp: string;
}

/**
 * Takes away the locks of a stack whose processes are gone: a `pulumi` that is killed leaves one, and the engine
 * refuses to begin until somebody cancels it. Gives a line for each, which says whose it was.
 *
 * @throws SandboxError if a process that holds one still runs.
 */
export function releaseStack(directory: string, stack: string): string[] {
    return locksOf(directory, stack).map((file) => {
        const { pid, hostname, timestamp } = JSON.parse(fs.readFileSync(file, "utf8")) as Lock;
        const whose = `process ${pid}, since ${timestamp}`;
        if (hostname === os.hostname() && isPulumi(pid)) {
            throw new SandboxError(`stack ${stack} is in use by pulumi (${whose}): wait for it, or end it`);
        }
        fs.rmSync(file);
        return `Stack ${stack} was locked by a pulumi that is gone (${whose}); its lock is removed.`;
    });
}

function locksOf(directory: string, stack: string): string[] {
    const locks = path.join(directory, "pulumi", ".pulumi", "locks");
    if (!fs.existsSync(locks)) {
        return [];
    }
    return fs
        .readdirSync(locks, { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".json") && path.basename(path.dirname(file)) === stack)
        .map((file) => path.join(locks, file));
}

/** The number of a process that is gone may be another's by now. */
function isPulumi(pid: number): boolean {
    const name = `/proc/${pid}/comm`;
    return isAlive(pid) && (!fs.existsSync(name) || fs.readFileSync(name, "utf8").trim() === "pulumi");
}
