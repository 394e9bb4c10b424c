import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import type { Checkout } from "./checkout";
import type { KeyOwner } from "./key-owner";

const run = promisify(execFile);
const organization = "landfall-example";

/** A private repository of a team in the sandbox's GitHub, with a deploy key, and the Secret of the tree that holds that key. */
export class TeamRepository {
    private readonly key: string;

    constructor(
        private readonly checkout: Checkout,
        private readonly owner: KeyOwner,
        readonly name: string,
    ) {
        this.key = path.join(checkout.directory, `${name}-key`);
    }

    /** Makes the key, and what docs/delivery.md has people make of it: a Secret in the tree, listed in its folder. */
    async createSecret(): Promise<void> {
        await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", this.name, "-f", this.key]);
        await this.set("identity", fs.readFileSync(this.key, "utf8"));
        const meta = await this.github("GET", "meta");
        const hosts = (JSON.parse(meta) as { ssh_keys: string[] }).ssh_keys.map((key) => `github.com ${key}\n`);
        await this.set("known_hosts", hosts.join(""));
    }

    /** Makes the repository from a folder, whose content is one commit on main. */
    async create(folder: string): Promise<void> {
        await this.github("POST", `orgs/${organization}/repos`, { name: this.name, visibility: "private" });
        const key = fs.readFileSync(`${this.key}.pub`, "utf8");
        await this.github("POST", `repos/${organization}/${this.name}/keys`, { title: "flux", key, read_only: true });
        const clone = path.join(this.checkout.directory, `${this.name}-clone`);
        fs.cpSync(folder, clone, { recursive: true });
        const git = (...args: string[]) => run("git", ["-C", clone, ...args]);
        await git("init", "--quiet", "--initial-branch=main");
        await git("add", "--all");
        await git("-c", "user.name=Team", "-c", "user.email=team@example.org", "commit", "--quiet", "--message=Start");
        const bare = path.join(this.checkout.session().fleetRepositories, organization, `${this.name}.git`);
        await git("push", "--quiet", bare, "main");
    }

    private set(key: string, value: string): Promise<string> {
        const secret = `${this.name}-git`;
        const home = ["--layer", "tenants", "--namespace", this.name];
        return this.owner.secretSucceeds(value, "set", "staging", secret, key, ...home);
    }

    /** What GitHub's API answers to the deployer. */
    private async github(method: string, at: string, body?: object): Promise<string> {
        const script = `(async () => {
            const [method, at, body] = process.argv.slice(1);
            const headers = { authorization: "Bearer " + process.env.GITHUB_TOKEN };
            const answer = await fetch("https://api.github.com/" + at, { method, headers, body });
            const text = await answer.text();
            if (!answer.ok) throw new Error(answer.status + " " + text);
            process.stdout.write(text);
        })()`;
        const env = { PATH: process.env.PATH, ...this.checkout.session().environment };
        const args = ["-e", script, method, at, ...(body ? [JSON.stringify(body)] : [])];
        return (await run(process.execPath, args, { env })).stdout;
    }
}
