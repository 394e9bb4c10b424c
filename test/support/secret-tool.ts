import * as assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse } from "yaml";

const root = path.join(__dirname, "../..");
const demonstrationKey = path.join(root, "packages/sandbox/keys/demonstration.private.asc");

/** `npm run secret`, or another tool, on a copy of the tree, with the real sops and gpg, and an empty keyring. */
export class SecretTool {
    readonly directory = fs.mkdtempSync(path.join(os.tmpdir(), "lf-sec-"));
    readonly tree = path.join(this.directory, "gitops");
    readonly environment: NodeJS.ProcessEnv = {
        ...process.env,
        GNUPGHOME: path.join(this.directory, "g"),
        PATH: `${process.env.LANDFALL_BINARIES}${path.delimiter}${process.env.PATH}`,
    };
    private readonly command: readonly string[];

    constructor(name = "secret") {
        this.command = this.commandOf(name);
        fs.mkdirSync(path.join(this.directory, "g"), { mode: 0o700 });
        for (const part of ["gitops", "tools", "components", "package.json", ".githooks", "packages/sandbox/keys"]) {
            fs.cpSync(path.join(root, part), path.join(this.directory, part), { recursive: true });
        }
        fs.copyFileSync(path.join(root, "package-lock.json"), path.join(this.directory, "package-lock.json"));
        fs.symlinkSync(path.join(root, "node_modules"), path.join(this.directory, "node_modules"));
    }

    remove(): void {
        spawnSync("gpgconf", ["--kill", "gpg-agent"], { env: this.environment });
        fs.rmSync(this.directory, { recursive: true, force: true });
    }

    /** A tool of the copy, as a command line. */
    private commandOf(tool: string): string[] {
        return ["--require", require.resolve("tsx/cjs"), `tools/${tool}/cli.ts`];
    }

    /** `npm run tree`, with the same tree and keyring. */
    runTree(...args: string[]) {
        const options = { cwd: this.directory, env: this.environment, encoding: "utf8" } as const;
        const { status, stdout, stderr } = spawnSync(process.execPath, [...this.commandOf("tree"), ...args], options);
        return { status, output: stdout + stderr };
    }

    run(input: string, ...args: string[]) {
        const options = { cwd: this.directory, env: this.environment, input, encoding: "utf8" } as const;
        const { status, stdout, stderr } = spawnSync(process.execPath, [...this.command, ...args], options);
        return { status, output: stdout + stderr };
    }

    succeeds(input: string, ...args: string[]): string {
        const { status, output } = this.run(input, ...args);
        assert.equal(status, 0, output);
        return output;
    }

    /** The same at a terminal: `answer` gets what it shows so far, whenever that grows, and gives what to type. */
    atTerminal(answer: (shown: string) => string | undefined, ...args: string[]) {
        const quoted = [process.execPath, ...this.command, ...args].map((word) => `'${word}'`).join(" ");
        const child = spawn("script", ["--quiet", "--return", "--command", quoted, "/dev/null"], {
            cwd: this.directory,
            env: this.environment,
        });
        let shown = "";
        child.stdout.on("data", (chunk: Buffer) => {
            shown += chunk.toString("utf8");
            const text = answer(shown);
            if (text !== undefined) {
                child.stdin.write(text);
            }
        });
        return new Promise<{ status: number | null; shown: string }>((resolve) =>
            child.once("close", (status) => resolve({ status, shown })),
        );
    }

    read(file: string): string {
        return fs.readFileSync(path.join(this.tree, file), "utf8");
    }

    write(file: string, text: string): void {
        fs.writeFileSync(path.join(this.tree, file), text);
    }

    decrypted(file: string): Record<string, string> {
        const options = { cwd: this.tree, env: this.environment, encoding: "utf8" } as const;
        const text = execFileSync("sops", ["decrypt", file], options);
        return (parse(text) as { stringData: Record<string, string> }).stringData;
    }

    gpg(...args: string[]): string {
        return execFileSync("gpg", ["--batch", "--quiet", ...args], {
            env: this.environment,
            stdio: "pipe",
            encoding: "utf8",
        });
    }

    holdDemonstrationKey(): void {
        this.gpg("--import", demonstrationKey);
    }

    /** A key pair of the keyring's own, whose public half becomes the environment's. Gives its fingerprint. */
    adoptKey(environment: string, user: string): string {
        this.gpg("--passphrase", "", "--quick-generate-key", user, "default", "default", "never");
        this.write(`clusters/${environment}/.sops.pub.asc`, this.gpg("--armor", "--export", user));
        return /^fpr:+([0-9A-F]+):/m.exec(this.gpg("--with-colons", "--list-keys", user))?.[1] ?? "";
    }
}
