import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { Report } from "../../tools/sandbox/report";
import { readSession, type Session } from "@landfall/sandbox";
import { shortenTree, smallTree } from "./small-tree";

const root = path.join(__dirname, "../..");

export interface Run {
    readonly code: number;
    /** Standard output and error, in the order of their arrival. */
    readonly output: string;
}

export interface LaunchOptions {
    readonly input?: string;
    readonly environment?: NodeJS.ProcessEnv;
}

export interface CheckoutOptions {
    /** Systems that the copy's tree is shortened to, or `all`; default: the few of `smallTree`. */
    readonly systems?: readonly string[] | "all";
}

/** A command that runs. */
export interface Running {
    readonly ended: Promise<Run>;
    /** What it wrote until now. */
    output(): string;
    /** What Ctrl-C in a terminal does: SIGINT to every process in the foreground. */
    interrupt(): void;
}

/** A copy of the repository with a sandbox of its own, which a test may change and run as a user would. */
export class Checkout {
    readonly directory = fs.mkdtempSync(path.join(os.tmpdir(), "landfall-test-"));
    readonly sandbox = path.join(this.directory, "sb");
    private readonly work = path.join(this.directory, "work");

    constructor({ systems = smallTree }: CheckoutOptions = {}) {
        const skipped = new Set(["node_modules", ".git", "packages"]);
        fs.cpSync(root, this.work, {
            recursive: true,
            filter: (source) => !skipped.has(path.basename(source)),
        });
        for (const linked of ["node_modules", "packages"]) {
            fs.symlinkSync(path.join(root, linked), path.join(this.work, linked));
        }
        if (systems !== "all") {
            shortenTree(path.join(this.work, "gitops"), systems);
        }
    }

    /** `npm start -- …`, with the report that it wrote. */
    async start(stack: string, ...args: string[]): Promise<Run & { report: Report }> {
        const file = path.join(this.directory, "report.json");
        fs.rmSync(file, { force: true });
        const run = await this.run("start", "--stack", stack, "--report", file, ...args);
        const report = fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, "utf8")) as Report) : undefined;
        return { ...run, report: report as Report };
    }

    /** `npm run sandbox -- …` */
    run(...args: string[]): Promise<Run> {
        return this.launch(args).ended;
    }

    /** The same, without waiting for its end: with a text for standard input, and with changes of the environment. */
    launch(args: readonly string[], { input = "", environment = {} }: LaunchOptions = {}): Running {
        const child = spawn(process.execPath, ["tools/setup.mjs", "tools/sandbox/cli.ts", ...args], {
            cwd: this.work,
            env: { ...process.env, LANDFALL_SANDBOX: this.sandbox, ...environment },
            stdio: ["pipe", "pipe", "pipe"],
            // A process group of its own, as a shell gives to what runs in the foreground.
            detached: true,
        });
        child.stdin.end(input);
        let output = "";
        for (const stream of [child.stdout, child.stderr]) {
            stream.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
        }
        return {
            ended: new Promise((resolve) => child.once("close", (code) => resolve({ code: code ?? 1, output }))),
            output: () => output,
            interrupt: () => process.kill(-child.pid!, "SIGINT"),
        };
    }

    /** What the commands know of the running sandbox. */
    session(): Session {
        const session = readSession(this.sandbox);
        if (!session) {
            throw new Error(`no sandbox runs in ${this.sandbox}`);
        }
        return session;
    }

    /** Absolute path of a file of the copy. */
    path(file: string): string {
        return path.join(this.work, file);
    }

    read(file: string): string {
        return fs.readFileSync(this.path(file), "utf8");
    }

    /** Changes a file of the copy; gives a function that puts it back. */
    edit(file: string, change: (text: string) => string): () => void {
        const full = this.path(file);
        const before = fs.existsSync(full) ? fs.readFileSync(full, "utf8") : undefined;
        fs.writeFileSync(full, change(before ?? ""));
        return () => (before === undefined ? fs.rmSync(full) : fs.writeFileSync(full, before));
    }

    async remove(): Promise<void> {
        await this.run("down");
        fs.rmSync(this.directory, { recursive: true, force: true });
    }
}
