import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

/**
 * The command lines of a sandbox's processes that were seen until it stopped watching. Programs that live for less than
 * a tenth of a second may escape it.
 */
export class CommandLines {
    readonly seen = new Set<string>();
    private readonly known = new Set<string>();
    private timer: NodeJS.Timeout | undefined;

    constructor(private readonly directory: string) {}

    start(): void {
        this.timer = setInterval(() => this.look(), 100);
    }

    stop(): void {
        clearInterval(this.timer);
    }

    private look(): void {
        for (const pid of processIds()) {
            const line = readProcess(pid, "cmdline");
            const key = `${pid} ${line}`;
            if (!this.known.has(key) && belongs(pid, this.directory)) {
                this.seen.add(line);
            }
            this.known.add(key);
        }
    }
}

/** Processes whose command line, environment or working directory is in a folder or names it. */
export function processesOf(directory: string): string[] {
    return processIds()
        .filter((pid) => Number(pid) !== process.pid && belongs(pid, directory))
        .map((pid) => `${pid} ${readProcess(pid, "cmdline")}`);
}

function belongs(pid: string, directory: string): boolean {
    const texts = [readProcess(pid, "cmdline"), readProcess(pid, "environ"), linkOf(`/proc/${pid}/cwd`)];
    return texts.some((text) => text.includes(directory));
}

/** Text as it may be written somewhere: its long lines, and its base64. Finds what was copied whole or line by line. */
export function tracesOf(secret: string): string[] {
    const lines = secret.split("\n").filter((line) => line.length >= 12 && !line.startsWith("-----"));
    if (lines.length === 0) {
        throw new Error("the secret is too short to be looked for");
    }
    return [...lines, Buffer.from(secret).toString("base64").slice(0, 120)];
}

/** The files below a folder that hold one of the texts, by name of the text. */
export function filesWith(directory: string, texts: Readonly<Record<string, readonly string[]>>): string[] {
    return fs
        .readdirSync(directory, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => path.join(entry.parentPath, entry.name))
        .flatMap((file) => textsIn(fs.readFileSync(file, "utf8"), texts).map((name) => `${name} in ${file}`));
}

/** Names of the texts that `content` holds. */
export function textsIn(content: string, texts: Readonly<Record<string, readonly string[]>>): string[] {
    return Object.entries(texts).flatMap(([name, traces]) =>
        traces.some((text) => content.includes(text)) ? [name] : [],
    );
}

/** The logs of a sandbox: of its background process, of every update, and of every program of the clusters. */
export function logsIn(directory: string): string[] {
    return fs
        .readdirSync(directory, { recursive: true, encoding: "utf8" })
        .filter((file) => /\.log$|(^|\/)log$|^events-.*\.json$/.test(file))
        .map((file) => path.join(directory, file));
}

/** Everything that was ever committed to a repository. */
export function historyOf(repository: string): string {
    return execFileSync("git", ["-C", repository, "log", "--all", "--patch", "--format=fuller"], {
        encoding: "utf8",
        maxBuffer: 64 * 1024 * 1024,
    });
}

function processIds(): string[] {
    return fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name));
}

function readProcess(pid: string, file: string): string {
    try {
        return fs.readFileSync(`/proc/${pid}/${file}`, "utf8").replaceAll("\0", " ");
    } catch {
        // It has ended meanwhile.
        return "";
    }
}

function linkOf(file: string): string {
    try {
        return fs.readlinkSync(file);
    } catch {
        return "";
    }
}
