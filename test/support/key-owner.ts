import * as assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { control, type WorldStatus } from "@landfall/sandbox";
import type { Checkout, Run } from "./checkout";

/** A deploy key as GitHub lists it. */
export interface DeployKey {
    readonly id: number;
    readonly key: string;
    readonly last_used: string | null;
}

/** A Flux object with what tells whether it is Ready. */
interface FluxStatus {
    readonly status: {
        readonly lastHandledReconcileAt?: string;
        readonly conditions: readonly { readonly type: string; readonly status: string; readonly message: string }[];
    };
}

const deployKeys = `(async () => {
    const headers = { authorization: "Bearer " + process.env.GITHUB_TOKEN };
    do {
        const answer = await fetch("https://api.github.com/repos/landfall-example/fleet/keys", { headers });
        console.log(JSON.stringify(await answer.json()));
        await new Promise((resolve) => setTimeout(resolve, 100));
    } while (process.argv[1] === "watch");
})()`;

/** Who owns the keys of a stack in a sandbox: does with gpg, pulumi and the tool for Secrets what docs/secrets.md says. */
export class KeyOwner {
    private readonly home: string;

    constructor(private readonly checkout: Checkout) {
        this.home = path.join(checkout.directory, "g");
        fs.mkdirSync(this.home, { mode: 0o700 });
    }

    gpg(...args: string[]): string {
        const env = { ...process.env, GNUPGHOME: this.home };
        return execFileSync("gpg", ["--batch", "--quiet", ...args], { env, encoding: "utf8", stdio: "pipe" });
    }

    /** Makes a key pair, whose public half becomes that of the environment. Gives its fingerprint. */
    newKey(user: string): string {
        this.gpg("--passphrase", "", "--quick-generate-key", user, "default", "default", "never");
        this.checkout.edit("gitops/clusters/staging/.sops.pub.asc", () => this.gpg("--armor", "--export", user));
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
        const command = ["exec", "node", "tools/setup.mjs", "tools/secret/cli.ts", ...args];
        return this.checkout.launch(command, { input, environment: { GNUPGHOME: this.home } }).ended;
    }

    /** `npm run tree -- …` with this keyring, which needs no sandbox. Gives what it prints. */
    tree(...args: string[]): string {
        const path = `${process.env.LANDFALL_BINARIES}:${process.env.PATH}`;
        const env = { ...process.env, GNUPGHOME: this.home, PATH: path };
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

    async kubectl(...args: string[]): Promise<string> {
        const { clusters } = await control<WorldStatus>(this.checkout.sandbox, "GET", "/status");
        const command = ["--kubeconfig", clusters[0]?.adminKubeconfig ?? "", ...args];
        return execFileSync(path.join(this.checkout.session().binaries, "kubectl"), command, {
            encoding: "utf8",
            env: { ...process.env, KUBECACHEDIR: path.join(this.checkout.directory, "kube") },
        });
    }

    /** A value of a Secret in the cluster. */
    value(namespace: string, name: string, key: string): Promise<string> {
        const template = `go-template={{index .data "${key}" | base64decode}}`;
        return this.kubectl("get", "secret", "--namespace", namespace, name, "--output", template);
    }

    /** Has Flux apply a layer now. Gives its message. */
    async reconcile(layer: string): Promise<string> {
        const at = new Date().toISOString();
        const object = ["kustomization", "--namespace", "flux-system", layer];
        await this.kubectl("annotate", "--overwrite", ...object, `reconcile.fluxcd.io/requestedAt=${at}`);
        for (;;) {
            const { status } = JSON.parse(await this.kubectl("get", ...object, "--output", "json")) as FluxStatus;
            const ready = status.conditions.find(({ type }) => type === "Ready");
            if (status.lastHandledReconcileAt === at && ready && ready.status !== "Unknown") {
                return ready.message;
            }
            await new Promise((resolve) => setTimeout(resolve, 300));
        }
    }

    deployKeys(): DeployKey[] {
        const output = execFileSync(process.execPath, ["-e", deployKeys], {
            env: this.environment(),
            encoding: "utf8",
        });
        return JSON.parse(output) as DeployKey[];
    }

    /** Lists the deploy keys again and again until `stop`, which gives each list that differed from the one before. */
    watchDeployKeys(): { stop(): DeployKey[][] } {
        const child = spawn(process.execPath, ["-e", deployKeys, "watch"], { env: this.environment() });
        let output = "";
        child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
        return {
            stop: () => {
                child.kill();
                const lines = output.split("\n").slice(0, -1);
                return lines
                    .filter((line, at) => line !== lines[at - 1])
                    .map((line) => JSON.parse(line) as DeployKey[]);
            },
        };
    }

    private environment(): NodeJS.ProcessEnv {
        return { PATH: process.env.PATH, ...this.checkout.session().environment };
    }
}
