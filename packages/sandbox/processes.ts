/**
 * Child processes of the sandbox that outlive no command: each one logs to a file and is written down in a folder of
 * pid files, so that a later command can end what a crashed daemon left behind. Linux only: identity is read from
 * /proc.
 */
import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const readyTimeoutMs = 60_000;
/** How long processes that an earlier daemon left behind have to end by themselves. */
const recordedGraceMs = 1000;

export interface ProcessOptions {
    /** Unique in the folder of pid files; used in messages. */
    readonly name: string;
    readonly command: string;
    /** Visible to every user of the machine: never a secret. */
    readonly args: readonly string[];
    /** The whole environment: nothing is inherited. */
    readonly env: Readonly<Record<string, string>>;
    readonly cwd: string;
    /** Appended to, mode 0600. */
    readonly logFile: string;
    /** Folder of pid files, made with mode 0700 when missing. */
    readonly records: string;
}

export interface Exit {
    readonly code: number | null;
    readonly signal: NodeJS.Signals | null;
}

export interface SupervisedProcess {
    readonly name: string;
    readonly pid: number;
    /** Resolves once, when the process has ended. */
    readonly exited: Promise<Exit>;
    readonly running: () => boolean;
    /**
     * Waits until `probe` returns true; a probe that throws counts as not ready.
     * Throws with the tail of the log when the process exits, or after a minute.
     */
    ready(probe: () => Promise<boolean>): Promise<void>;
    /** SIGTERM to the process and its children, SIGKILL after `graceMs` (default 5000). */
    stop(graceMs?: number): Promise<void>;
}

/** Starts a process in a group of its own. Throws when the command cannot be started. */
export async function startProcess(options: ProcessOptions): Promise<SupervisedProcess> {
    mkdirSync(options.records, { recursive: true, mode: 0o700 });
    const log = openSync(options.logFile, "a", 0o600);
    const child = spawn(options.command, options.args, {
        cwd: options.cwd,
        env: { ...options.env },
        stdio: ["ignore", log, log],
        detached: true,
    });
    closeSync(log);
    const exited = new Promise<Exit>((resolve) => child.once("exit", (code, signal) => resolve({ code, signal })));
    const pid = await new Promise<number>((resolve, reject) => {
        child.once("error", (error) =>
            reject(new Error(`Cannot start ${options.name} (${options.command}): ${error}`)),
        );
        child.once("spawn", () => resolve(child.pid!));
    });
    const record = join(options.records, `${options.name}.json`);
    writeFileSync(record, JSON.stringify({ pid, startTime: startTime(pid) }), { mode: 0o600 });
    void exited.then(() => {
        // Children may outlive their leader. Only now is the group's number surely still theirs.
        signalGroup(pid, "SIGKILL");
        rmSync(record, { force: true });
    });
    return supervised(options, pid, exited);
}

function supervised(options: ProcessOptions, pid: number, exited: Promise<Exit>): SupervisedProcess {
    let exit: Exit | undefined;
    void exited.then((value) => (exit = value));
    const running = () => exit === undefined;
    return {
        name: options.name,
        pid,
        exited,
        running,
        async ready(probe) {
            const deadline = Date.now() + readyTimeoutMs;
            while (!(await probe().catch(() => false))) {
                if (exit) {
                    throw new Error(`${options.name} ended (${describeExit(exit)}). ${logTail(options.logFile)}`);
                }
                if (Date.now() > deadline) {
                    throw new Error(
                        `${options.name} is not ready after ${readyTimeoutMs} ms. ${logTail(options.logFile)}`,
                    );
                }
                await sleep(100);
            }
        },
        async stop(graceMs = 5000) {
            if (running()) {
                signalGroup(pid, "SIGTERM");
                await Promise.race([exited, sleep(graceMs, undefined, { ref: false })]);
            }
            if (running()) {
                signalGroup(pid, "SIGKILL");
            }
            await exited;
        },
    };
}

/** `exit code 1` or `signal SIGKILL`. */
export function describeExit({ code, signal }: Exit): string {
    return signal ? `signal ${signal}` : `exit code ${code}`;
}

/**
 * Ends every process that is written down in a folder of pid files, and removes the records. A record whose process is
 * gone, or whose pid now belongs to another process, is only removed.
 */
export async function stopRecorded(records: string): Promise<void> {
    await Promise.all(
        listRecords(records).map(async (file) => {
            const { pid, startTime: recorded } = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
            const alive = () => typeof pid === "number" && recorded !== undefined && startTime(pid) === recorded;
            if (alive()) {
                signalGroup(pid as number, "SIGTERM");
                for (const deadline = Date.now() + recordedGraceMs; alive() && Date.now() < deadline;) {
                    await sleep(50);
                }
                if (alive()) {
                    signalGroup(pid as number, "SIGKILL");
                }
            }
            rmSync(file, { force: true });
        }),
    );
}

function listRecords(records: string): string[] {
    try {
        return readdirSync(records)
            .filter((file) => file.endsWith(".json"))
            .map((file) => join(records, file));
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") {
            return [];
        }
        throw error;
    }
}

/**
 * Clock ticks between boot and the start of a process: with the pid, its identity. Undefined when it is not running.
 */
function startTime(pid: number): string | undefined {
    try {
        const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
        // proc(5): the command, field 2, is in parentheses and may hold spaces; starttime is field 22, state field 3.
        const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        return fields[0] === "Z" ? undefined : fields[19];
    } catch {
        return undefined;
    }
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
    try {
        process.kill(-pid, signal);
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") {
            throw error;
        }
    }
}

function logTail(file: string): string {
    const tail = readFileSync(file, "utf8").trimEnd().split("\n").slice(-15).join("\n");
    return `The end of ${file}:\n${tail}`;
}
