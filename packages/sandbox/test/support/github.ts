import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { App } from "../../github/apps";
import { createGitHub, type GitHub } from "../../github/github";
import { createTlsProvider } from "../../plugins/tls/provider";

export interface Answer {
    readonly status: number;
    readonly body: Record<string, unknown>;
    readonly headers: Readonly<Record<string, string>>;
}

export interface SshKey {
    /** File with the private key. */
    readonly file: string;
    /** Public key as in authorized_keys, with a line break. */
    readonly line: string;
}

/** GitHub of the sandbox for one test, with organisation `acme`, the owner's token `right`, and `reads`. */
export class GitHubFixture {
    readonly directory = mkdtempSync(join(tmpdir(), "landfall-github-"));
    private running?: GitHub;

    constructor(private readonly apps: readonly App[] = []) {}

    get github(): GitHub {
        if (!this.running) {
            throw new Error("start the fixture first");
        }
        return this.running;
    }

    async start(): Promise<void> {
        const directory = join(this.directory, "github");
        const keys = join(directory, "host-keys");
        // Host keys take longer to make than the tests take to run.
        if (!existsSync(keys) && sharedKeys !== undefined) {
            cpSync(sharedKeys, keys, { recursive: true });
        }
        const limitedTokens = [{ token: "reads", permissions: { administration: "read", contents: "read" } as const }];
        this.running = await createGitHub({ directory, owner: "acme", token: "right", limitedTokens, apps: this.apps });
        if (sharedKeys === undefined) {
            const kept = mkdtempSync(join(tmpdir(), "landfall-host-keys-"));
            cpSync(keys, kept, { recursive: true });
            process.once("exit", () => rmSync(kept, { recursive: true }));
            sharedKeys = kept;
        }
    }

    async restart(): Promise<void> {
        await this.github.close();
        await this.start();
    }

    async stop(): Promise<void> {
        await this.github.close();
        await rm(this.directory, { recursive: true });
    }

    async call(method: string, path: string, body?: object | null, token: string | null = "right"): Promise<Answer> {
        const answer = await this.github.api({
            method,
            url: new URL(path, "https://api.github.com"),
            headers: { "user-agent": "test", ...(token !== null && { authorization: `Bearer ${token}` }) },
            body: Buffer.from(body === undefined ? "" : JSON.stringify(body)),
        });
        const { status, headers = {} } = answer;
        return { status, body: (answer.body ?? {}) as Record<string, unknown>, headers };
    }

    /** The answer's body; throws when it is a refusal. */
    async expectOk(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
        const answer = await this.call(method, path, body);
        if (answer.status < 300) {
            return answer.body;
        }
        throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    }

    /** The private repository acme/fleet with a first commit. */
    makeFleet(): Promise<unknown> {
        return this.expectOk("POST", "/orgs/acme/repos", { name: "fleet", private: true, auto_init: true });
    }

    async head(branch = "main"): Promise<string> {
        const { object } = await this.expectOk("GET", `/repos/acme/fleet/git/ref/heads/${branch}`);
        return (object as { sha: string }).sha;
    }

    /** Commits files through the Git data API without moving a reference; null deletes. */
    async commit(parent: string, files: Record<string, string | null>): Promise<string> {
        const tree = Object.entries(files).map(([path, content]) => ({
            path,
            mode: "100644",
            type: "blob",
            ...(content === null ? { sha: null } : { content }),
        }));
        const made = await this.expectOk("POST", "/repos/acme/fleet/git/trees", { base_tree: parent, tree });
        const body = { message: "change", tree: made.sha, parents: [parent] };
        return (await this.expectOk("POST", "/repos/acme/fleet/git/commits", body)).sha as string;
    }

    /** A key of the tls provider. */
    async newKey(): Promise<SshKey> {
        const type = "tls:index/privateKey:PrivateKey";
        const { outputs } = await createTlsProvider().create(type, "key", { algorithm: "ED25519" }, 0);
        const file = join(this.directory, `identity-${String(outputs.publicKeyFingerprintMd5).replaceAll(":", "")}`);
        writeFileSync(file, outputs.privateKeyOpenssh as string, { mode: 0o600 });
        return { file, line: outputs.publicKeyOpenssh as string };
    }

    register(key: SshKey, readOnly = true): Promise<Record<string, unknown>> {
        const body = { title: "flux", key: key.line.trim(), read_only: readOnly };
        return this.expectOk("POST", "/repos/acme/fleet/keys", body);
    }

    /**
     * Runs the real git, whose ssh leads to the sandbox instead of github.com and trusts the keys of GET /meta alone.
     */
    async git(key: SshKey, ...args: string[]): Promise<{ readonly code: number; readonly stderr: string }> {
        const { ssh_keys: keys } = await this.expectOk("GET", "/meta");
        const knownHosts = join(this.directory, "known_hosts");
        writeFileSync(knownHosts, (keys as string[]).map((one) => `github.com ${one}\n`).join(""));
        const to = [
            "HostName=127.0.0.1",
            `Port=${this.github.sshPort}`,
            "HostKeyAlias=github.com",
            "IdentitiesOnly=yes",
        ];
        const options = [...to, `UserKnownHostsFile=${knownHosts}`, "StrictHostKeyChecking=yes", "BatchMode=yes"];
        const ssh = ["ssh", "-F", "/dev/null", "-i", key.file, ...options.flatMap((option) => ["-o", option])];
        const names = ["GIT_AUTHOR", "GIT_COMMITTER"].flatMap((role) => [
            [`${role}_NAME`, "a"],
            [`${role}_EMAIL`, "a@b"],
        ]);
        const env = {
            PATH: process.env.PATH,
            HOME: this.directory,
            GIT_SSH_COMMAND: ssh.join(" "),
            ...(Object.fromEntries(names) as Record<string, string>),
        };
        const child = spawn("git", args, { env });
        let stderr = "";
        child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
        const code = await new Promise<number>((resolve) => child.once("close", (exit) => resolve(exit ?? 128)));
        return { code, stderr };
    }
}

let sharedKeys: string | undefined;
