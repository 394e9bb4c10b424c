import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { Report } from "../../sandbox/report";

const root = path.join(__dirname, "../..");

export interface Run {
    readonly code: number;
    /** Standard output and error, in the order of their arrival. */
    readonly output: string;
}

/** A copy of the repository with a sandbox of its own, which a test may change and run as a user would. */
export class Checkout {
    readonly directory = fs.mkdtempSync(path.join(os.tmpdir(), "landfall-test-"));
    readonly sandbox = path.join(this.directory, "sb");
    private readonly work = path.join(this.directory, "work");

    constructor() {
        const skipped = new Set(["node_modules", ".git"]);
        fs.cpSync(root, this.work, {
            recursive: true,
            filter: (source) => !skipped.has(path.basename(source)),
        });
        for (const modules of ["node_modules", "sandbox/node_modules"]) {
            fs.symlinkSync(path.join(root, modules), path.join(this.work, modules));
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
        const child = spawn(process.execPath, ["sandbox/setup.mjs", "sandbox/cli.ts", ...args], {
            cwd: this.work,
            env: { ...process.env, LANDFALL_SANDBOX: this.sandbox },
            stdio: ["ignore", "pipe", "pipe"],
        });
        let output = "";
        for (const stream of [child.stdout, child.stderr]) {
            stream.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
        }
        return new Promise((resolve) => child.once("exit", (code) => resolve({ code: code ?? 1, output })));
    }

    /** Changes a file of the copy; gives a function that puts it back. */
    edit(file: string, change: (text: string) => string): () => void {
        const full = path.join(this.work, file);
        const before = fs.existsSync(full) ? fs.readFileSync(full, "utf8") : undefined;
        fs.writeFileSync(full, change(before ?? ""));
        return () => (before === undefined ? fs.rmSync(full) : fs.writeFileSync(full, before));
    }

    async remove(): Promise<void> {
        await this.run("down");
        fs.rmSync(this.directory, { recursive: true, force: true });
    }
}
