import { spawn } from "node:child_process";
import * as path from "node:path";
import type { Export } from "../../components/recovery/stack-state";
import { RebuildError } from "./rebuild-error";
import { programCommands } from "@landfall/sandbox";

/** Where the Pulumi CLI works. */
export interface Workplace {
    /** Holds the program. */
    readonly repository: string;
    /** Holds Pulumi.yaml and the stack's file, as the stack is to be run. */
    readonly stackFiles: string;
    readonly stack: string;
    /** What the CLI gets. */
    readonly environment: NodeJS.ProcessEnv;
    /** Called before each command that changes or locks the stack. */
    readonly before?: () => Promise<void> | void;
}

interface Outcome {
    readonly code: number;
    readonly stdout: string;
    readonly stderr: string;
}

/** The Pulumi CLI on one stack. */
export class Engine {
    private interrupted = false;
    private added: NodeJS.ProcessEnv = {};

    constructor(readonly place: Workplace) {
        // The terminal sends Ctrl-C to the engine too, which ends what it has begun; nothing is begun after it.
        for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
            process.on(signal, () => (this.interrupted = true));
        }
    }

    /** Has commands get variables beside those of the place, as long as something runs. */
    async with<Result>(variables: NodeJS.ProcessEnv, run: () => Promise<Result>): Promise<Result> {
        this.added = variables;
        try {
            return await run();
        } finally {
            this.added = {};
        }
    }

    /** A command that people follow. @throws RebuildError if it fails. */
    async follow(...args: string[]): Promise<void> {
        const { code } = await this.start(args, undefined);
        if (code !== 0) {
            throw new RebuildError(`pulumi ${args[0] ?? ""} failed (${code}); its messages above say why`);
        }
    }

    /** The standard output of a command. @throws RebuildError with what it says if it fails. */
    async output(args: readonly string[], input = ""): Promise<string> {
        const { code, stdout, stderr } = await this.start(args, input);
        if (code !== 0) {
            throw new RebuildError(`pulumi ${args.slice(0, 2).join(" ")} failed: ${stderr.trim() || stdout.trim()}`);
        }
        return stdout;
    }

    /** The stack's state. @throws RebuildError if the CLI does not show it. */
    async state(...options: readonly string[]): Promise<Export> {
        return JSON.parse(await this.output(["stack", "export", ...options])) as Export;
    }

    /** What a command prints, whether it fails or not. */
    answer(args: readonly string[]): Promise<Outcome> {
        return this.start(args, "");
    }

    /** @throws RebuildError once somebody has interrupted. */
    check(): void {
        if (this.interrupted) {
            throw new RebuildError("interrupted");
        }
    }

    /** Without an input, the command has the terminal to itself, and its output is not kept. */
    private async start(args: readonly string[], input: string | undefined): Promise<Outcome> {
        this.check();
        const { repository, stackFiles, stack, environment: env, before } = this.place;
        const onProgram = programCommands.has(args[0] ?? "");
        const where = onProgram
            ? ["--config-file", path.join(stackFiles, `Pulumi.${stack}.yaml`), "--cwd", repository]
            : ["--cwd", stackFiles];
        if (onProgram) {
            await before?.();
        }
        const child = spawn("pulumi", [...args, "--stack", stack, "--non-interactive", ...where], {
            env: { ...env, ...this.added },
            stdio: input === undefined ? "inherit" : "pipe",
        });
        let stdout = "";
        let stderr = "";
        child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
        child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
        child.stdin?.end(input);
        const code = await new Promise<number>((resolve, reject) => {
            child.once("error", reject);
            child.once("close", (status) => resolve(status ?? 1));
        });
        this.check();
        return { code, stdout, stderr };
    }
}
