import * as assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { GitHubDeployer, organization } from "../../tools/drill/github-deployer";
import type { Checkout } from "./checkout";
import { publicKey } from "./checkout-tree";
import { Cluster } from "./cluster";
import type { Run } from "./command";

/** A deploy key as GitHub lists it. */
export interface DeployKey {
    readonly id: number;
    readonly key: string;
    readonly last_used: string | null;
}

const keysPath = `repos/${organization}/fleet-staging/keys`;

const watchKeys = `(async () => {
    const headers = { authorization: "Bearer " + process.env.GITHUB_TOKEN };
    for (;;) {
        const answer = await fetch("https://api.github.com/${keysPath}", { headers });
        console.log(JSON.stringify(await answer.json()));
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
})()`;

/** The demonstration key, which the committed tree is encrypted to. */
const demonstrationKey = path.join(__dirname, "../../packages/sandbox/keys/demonstration.private.asc");

/** The owner of a stack's keys, who does what docs/secrets.md says with gpg, pulumi and the tool for Secrets. */
export class KeyOwner {
    readonly cluster: Cluster;
    private readonly home: string;

    constructor(private readonly checkout: Checkout) {
        this.cluster = new Cluster(checkout);
        this.home = path.join(checkout.directory, "g");
    }

    gpg(...args: string[]): string {
        fs.mkdirSync(this.home, { mode: 0o700, recursive: true });
        const env = { ...process.env, GNUPGHOME: this.home };
        return execFileSync("gpg", ["--batch", "--quiet", ...args], { env, encoding: "utf8", stdio: "pipe" });
    }

    holdDemonstrationKey(): void {
        this.gpg("--import", demonstrationKey);
    }

    /** Makes a key pair, whose public half becomes that of the environment. Gives its fingerprint. */
    newKey(user: string): string {
        const fingerprint = this.otherKey(user);
        this.checkout.edit(publicKey, () => this.gpg("--armor", "--export", fingerprint));
        return fingerprint;
    }

    /** Makes a key pair that nothing is encrypted to. Gives its fingerprint. */
    otherKey(user: string): string {
        this.gpg("--passphrase", "", "--quick-generate-key", user, "default", "default", "never");
        return /^fpr:+([0-9A-F]+):/m.exec(this.gpg("--with-colons", "--list-keys", user))?.[1] ?? "";
    }

    /** Sets the stack's PGP private keys, as `gpg --armor --export-secret-keys` gives them. */
    async configure(...fingerprints: string[]): Promise<void> {
        const input = this.gpg("--armor", "--export-secret-keys", ...fingerprints);
        const command = ["pulumi", "config", "set", "--secret", "landfall:sopsPgpPrivateKey"];
        const { code, output } = await this.checkout.launch(command, { input }).ended;
        assert.equal(code, 0, output);
    }

    forget(fingerprint: string): void {
        this.gpg("--yes", "--delete-secret-keys", fingerprint);
    }

    /** `npm run secret -- …` with this keyring and, for Key Vault, the deployer's login. */
    secret(input: string, ...args: string[]): Promise<Run> {
        return this.tool("secret", input, ...args);
    }

    /** `npm run replace-key -- …`, likewise. Gives what it prints. */
    async replaceKey(...args: string[]): Promise<string> {
        const { code, output } = await this.tool("replace-key", "", "--stack", "staging", "--sandbox", ...args);
        assert.equal(code, 0, output);
        return output;
    }

    private tool(name: string, input: string, ...args: string[]): Promise<Run> {
        const command = ["exec", "node", "tools/setup.mjs", `tools/${name}/cli.ts`, ...args];
        fs.mkdirSync(this.home, { mode: 0o700, recursive: true });
        return this.checkout.launch(command, { input, environment: { GNUPGHOME: this.home } }).ended;
    }

    /** `npm run tree -- …` with this keyring, which needs no sandbox. Gives what it prints. */
    tree(...args: string[]): string {
        fs.mkdirSync(this.home, { mode: 0o700, recursive: true });
        const searchPath = [process.env.LANDFALL_BINARIES, process.env.PATH].join(path.delimiter);
        const env = { ...process.env, GNUPGHOME: this.home, PATH: searchPath };
        const command = ["tools/setup.mjs", "tools/tree/cli.ts", ...args];
        return execFileSync(process.execPath, command, { cwd: this.checkout.path(""), env, encoding: "utf8" });
    }

    async secretSucceeds(input: string, ...args: string[]): Promise<string> {
        const { code, output } = await this.secret(input, ...args);
        assert.equal(code, 0, output);
        return output;
    }

    async up(): Promise<string> {
        const { code, output } = await this.checkout.start("staging");
        assert.equal(code, 0, output);
        return output;
    }

    /** What an update says that is refused before it changes anything. */
    async refused(): Promise<string> {
        const { code, output } = await this.checkout.run("pulumi", "up", "--yes", "--skip-preview");
        assert.notEqual(code, 0, output);
        assert.match(output, /and nothing was changed/);
        return output;
    }

    /** Has Flux apply a layer now. Gives its message. */
    async reconcile(layer: string): Promise<string> {
        return (await this.cluster.reconcile({ kind: "kustomization", name: layer })).message;
    }

    deployKeys(): Promise<DeployKey[]> {
        return new GitHubDeployer(() => this.checkout.session()).call("GET", keysPath);
    }

    /**
     * Lists the deploy keys ten times a second until `stop`, which gives each list that differed from the one before.
     */
    watchDeployKeys(): { stop(): Promise<DeployKey[][]> } {
        const env = { PATH: process.env.PATH, ...this.checkout.session().environment };
        const child = spawn(process.execPath, ["-e", watchKeys], { env });
        let output = "";
        child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
        const ended = new Promise((resolve) => child.once("close", resolve));
        return {
            stop: async () => {
                child.kill();
                await ended;
                const lines = output.split("\n").slice(0, -1);
                return lines
                    .filter((line, at) => line !== lines[at - 1])
                    .map((line) => JSON.parse(line) as DeployKey[]);
            },
        };
    }
}
