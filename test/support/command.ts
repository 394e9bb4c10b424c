import type { ChildProcess } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

export interface Run {
    readonly code: number;
    /** Standard output and error, in the order of their arrival. */
    readonly output: string;
    readonly stdout: string;
}

export interface LaunchOptions {
    readonly input?: string;
    readonly environment?: NodeJS.ProcessEnv;
    /** Hears of the output as it comes. */
    readonly onOutput?: (text: string) => void;
}

/** How long a command may take to end after Ctrl-C before it is killed. */
const graceSeconds = 60;

/** A command that runs in a process group of its own. */
export class Command {
    readonly ended: Promise<Run>;
    readonly pid: number;
    private text = "";
    private waiting: (() => void)[] = [];

    constructor(child: ChildProcess, { input = "", onOutput }: LaunchOptions) {
        this.pid = child.pid ?? 0;
        let stdout = "";
        child.stdin?.end(input);
        child.stdout?.on("data", (chunk: Buffer) => (stdout += chunk.toString("utf8")));
        for (const stream of [child.stdout, child.stderr]) {
            stream?.on("data", (chunk: Buffer) => {
                this.text += chunk.toString("utf8");
                onOutput?.(chunk.toString("utf8"));
                this.waiting.forEach((look) => look());
            });
        }
        this.ended = new Promise((resolve, reject) => {
            child.once("error", reject);
            child.once("close", (code) => resolve({ code: code ?? 1, output: this.text, stdout }));
        });
    }

    /** Waits until its output matches; rejects with the output when the command ends before. */
    shows(pattern: RegExp): Promise<void> {
        return new Promise((resolve, reject) => {
            const look = () => {
                if (pattern.test(this.text)) {
                    resolve();
                }
            };
            this.waiting.push(look);
            look();
            void this.ended.then(() => reject(new Error(`it ended without ${pattern}:\n${this.text}`)), reject);
        });
    }

    /** Does what Ctrl-C does in a terminal: sends SIGINT to every process in the foreground. */
    interrupt(): void {
        this.signal("SIGINT");
    }

    /** Ends every process of it at once, as a crash of the machine would. */
    kill(): void {
        this.signal("SIGKILL");
    }

    /** Interrupts it, and kills it when it does not end. */
    async end(): Promise<void> {
        this.interrupt();
        const stopped = new AbortController();
        const timer = sleep(graceSeconds * 1000, undefined, { signal: stopped.signal });
        await Promise.race([this.ended, timer]);
        stopped.abort();
        await timer.catch(() => undefined);
        this.kill();
        await this.ended;
    }

    private signal(signal: NodeJS.Signals): void {
        try {
            process.kill(-this.pid, signal);
        } catch (error) {
            // It has ended by itself.
            if ((error as NodeJS.ErrnoException).code !== "ESRCH") {
                throw error;
            }
        }
    }
}
