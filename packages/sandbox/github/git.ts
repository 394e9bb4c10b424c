import { spawn } from "node:child_process";

export interface GitResult {
    readonly code: number;
    readonly stdout: Buffer;
    readonly stderr: string;
}

export interface GitOptions {
    readonly input?: string | Buffer;
    readonly env?: Readonly<Record<string, string>>;
}

/** The environment in which git starts. The configuration of the machine and the user has no effect. */
export function gitEnvironment(home: string): Record<string, string> {
    return {
        PATH: process.env.PATH ?? "/usr/bin:/bin",
        HOME: home,
        LC_ALL: "C",
        GIT_CONFIG_NOSYSTEM: "1",
        GIT_CONFIG_GLOBAL: "/dev/null",
        GIT_TERMINAL_PROMPT: "0",
    };
}

/** A bare git repository, worked on through the git command. */
export class Git {
    constructor(readonly directory: string) {}

    /** Runs git and returns its exit code and output. Throws only when git cannot be started. */
    async attempt(args: readonly string[], options: GitOptions = {}): Promise<GitResult> {
        const child = spawn("git", args, {
            cwd: this.directory,
            env: { ...gitEnvironment(this.directory), GIT_DIR: this.directory, ...options.env },
        });
        const stdout: Buffer[] = [];
        const stderr: Buffer[] = [];
        child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
        child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
        // A git that fails early closes its input: the exit code and stderr tell why, not the broken pipe.
        child.stdin.on("error", () => undefined);
        child.stdin.end(options.input ?? "");
        const code = await new Promise<number>((resolve, reject) => {
            child.once("error", (error) => reject(new Error(`cannot run git: ${error.message}`)));
            child.once("close", (exit, signal) => resolve(exit ?? (signal === null ? 1 : 128)));
        });
        return { code, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() };
    }

    /** Output of a git command that must succeed; throws with git's own words otherwise. */
    async run(args: readonly string[], options: GitOptions = {}): Promise<Buffer> {
        const result = await this.attempt(args, options);
        if (result.code !== 0) {
            throw new Error(
                `git ${args.join(" ")} failed in ${this.directory} (exit ${result.code}): ${result.stderr.trim()}`,
            );
        }
        return result.stdout;
    }

    /** The same as text without the final line break. */
    async text(args: readonly string[], options: GitOptions = {}): Promise<string> {
        return (await this.run(args, options)).toString().replace(/\n$/, "");
    }

    /** Object id of a revision as that type, or undefined when there is none. The revision must not begin with "-". */
    async resolve(
        revision: string,
        type: "commit" | "tree" | "blob" | "object",
        env?: Record<string, string>,
    ): Promise<string | undefined> {
        const result = await this.attempt(["rev-parse", "--verify", "--quiet", `${revision}^{${type}}`], { env });
        return result.code === 0 ? result.stdout.toString().trim() : undefined;
    }

    async isAncestor(ancestor: string, descendant: string, env?: Record<string, string>): Promise<boolean> {
        return (await this.attempt(["merge-base", "--is-ancestor", ancestor, descendant], { env })).code === 0;
    }

    /**
     * Moves a reference only if it is where the caller saw it; false when somebody was faster. Absent is forty zeros.
     */
    async compareAndSwap(reference: string, next: string, previous: string): Promise<boolean> {
        const args = /^0+$/.test(next)
            ? ["update-ref", "-d", reference, previous]
            : ["update-ref", reference, next, previous];
        const result = await this.attempt(args);
        if (result.code === 0) {
            return true;
        }
        if (/but expected|reference already exists|unable to resolve reference|cannot lock ref/.test(result.stderr)) {
            return false;
        }
        throw new Error(`git ${args.join(" ")} failed in ${this.directory}: ${result.stderr.trim()}`);
    }

    async isEmpty(): Promise<boolean> {
        return (await this.text(["for-each-ref", "--count=1", "--format=%(refname)"])) === "";
    }
}

export const nowhere = "0".repeat(40);
