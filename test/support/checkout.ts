import * as assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { copyRepository } from "../../tools/copied-repository";
import type { Report } from "../../tools/sandbox/report";
import { Command, type LaunchOptions, type Run } from "./command";
import { shortenTree, smallTree } from "./small-tree";
import { control, readSession, type Session, type WorldStatus } from "@landfall/sandbox";

const root = path.join(__dirname, "../..");

/**
 * What a user of the repository changes: the tree, the examples, the settings and the deployer's role. A test that
 * needs another program changes the world around it instead, for instance a role assignment in Azure.
 */
const inputs = /^(gitops|examples)\/|^Pulumi\.[a-z0-9-]+\.yaml$|^docs\/deployer-role\.json$/;

/** A test may take many times as long as usual when other programs keep the machine busy. */
const timeoutMinutes = 25;

interface CheckoutOptions {
    /** Systems that the copy's tree is shortened to, or `all`; default: the few of `smallTree`. */
    readonly systems?: readonly string[] | "all";
}

/**
 * A checkout for the tests of a `describe`: made before the first of them, and removed with its sandbox after the last,
 * also when a hook or a test fails. Gives those tests the time that a sandbox needs.
 */
export function useCheckout(suite: Mocha.Suite, options: CheckoutOptions = {}): Checkout {
    const checkout = new Checkout(options);
    suite.timeout(timeoutMinutes * 60_000);
    suite.beforeAll("copies the repository", () => checkout.create());
    suite.afterAll("takes the sandbox down", () => checkout.remove());
    return checkout;
}

/** A copy of the repository with a sandbox of its own, which a test may change and run as a user would. */
export class Checkout {
    /** Short, because the sockets of a sandbox lie below it, and a socket's path has 108 characters at most. */
    readonly directory = path.join(os.tmpdir(), `landfall-test-${randomBytes(4).toString("hex")}`);
    readonly sandbox = path.join(this.directory, "sb");
    private readonly work = path.join(this.directory, "work");
    private readonly running = new Set<Command>();

    constructor(private readonly options: CheckoutOptions = {}) {}

    /** Copies what Git knows and what it would add; the packages, which no test changes, are linked. */
    create(): void {
        fs.mkdirSync(this.directory, { mode: 0o700 });
        copyRepository(root, this.work);
        const { systems = smallTree } = this.options;
        if (systems !== "all") {
            shortenTree(this.path("gitops"), systems);
        }
    }

    /** `npm start -- …`, with the report that it wrote. */
    async start(stack: string, ...args: string[]): Promise<Run & { report: Report }> {
        const file = path.join(this.directory, "report.json");
        fs.rmSync(file, { force: true });
        const run = await this.run("start", "--stack", stack, "--report", file, ...args);
        const report = fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, "utf8")) as Report) : undefined;
        return { ...run, report: report! };
    }

    /** `npm start -- --stack …`, which has to end with everything Ready. Gives its report. */
    async up(stack = "staging"): Promise<Report> {
        const { code, output, report } = await this.start(stack);
        assert.equal(code, 0, output);
        assert.equal(report.ready, true, output);
        return report;
    }

    /** `npm run sandbox -- …` */
    run(...args: string[]): Promise<Run> {
        return this.launch(args).ended;
    }

    /** The same for a command that has to succeed. Gives its standard output without the last line's end. */
    async output(...args: string[]): Promise<string> {
        const { code, output, stdout } = await this.run(...args);
        assert.equal(code, 0, `${args.join(" ")}\n${output}`);
        return stdout.trimEnd();
    }

    /** The same, without waiting for its end: with a text for standard input, and with changes of the environment. */
    launch(args: readonly string[], options: LaunchOptions = {}): Command {
        const child: ChildProcess = spawn(process.execPath, ["tools/setup.mjs", "tools/sandbox/cli.ts", ...args], {
            cwd: this.work,
            env: { ...process.env, LANDFALL_SANDBOX: this.sandbox, ...options.environment },
            stdio: ["pipe", "pipe", "pipe"],
            // A process group of its own, as a shell gives to what runs in the foreground.
            detached: true,
        });
        const command = new Command(child, options);
        this.running.add(command);
        const forget = () => void this.running.delete(command);
        command.ended.then(forget, forget);
        return command;
    }

    /** What the commands know of the running sandbox. */
    session(): Session {
        const session = readSession(this.sandbox);
        if (!session) {
            throw new Error(`no sandbox runs in ${this.sandbox}`);
        }
        return session;
    }

    status(): Promise<WorldStatus> {
        return control<WorldStatus>(this.sandbox, "GET", "/status");
    }

    /** The type of each resource in Azure, sorted: their order says nothing. */
    async azureResources(): Promise<string[]> {
        return [...(await this.status()).azureResources].sort();
    }

    /** The id of each, likewise. */
    async azureIds(): Promise<string[]> {
        return [...(await this.status()).azureIds].sort();
    }

    /** Absolute path of a file of the copy. */
    path(file: string): string {
        return path.join(this.work, file);
    }

    read(file: string): string {
        return fs.readFileSync(this.path(file), "utf8");
    }

    /**
     * Changes a file of the copy; gives a function that puts it back.
     *
     * @throws Error when the change changes nothing, or when the file is part of the program.
     */
    edit(file: string, change: (text: string) => string): () => void {
        assert.match(file, inputs, "tests change the tree, the examples and the settings, not the program");
        const full = this.path(file);
        const before = fs.existsSync(full) ? fs.readFileSync(full, "utf8") : undefined;
        const after = change(before ?? "");
        assert.notEqual(after, before, `the change of ${file} changes nothing`);
        fs.writeFileSync(full, after);
        return () => (before === undefined ? fs.rmSync(full) : fs.writeFileSync(full, before));
    }

    /** Ends what still runs, takes the sandbox down and removes the copy. Throws when the sandbox did not go. */
    async remove(): Promise<void> {
        await Promise.all([...this.running].map((command) => command.end()));
        const down = fs.existsSync(this.sandbox) ? await this.run("down") : undefined;
        fs.rmSync(this.directory, { recursive: true, force: true, maxRetries: 3 });
        assert.equal(down?.code ?? 0, 0, `down failed: ${down?.output}`);
    }
}
