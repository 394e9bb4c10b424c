import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { GitHubDeployer, organization } from "../../tools/drill/github-deployer";
import type { Checkout } from "./checkout";
import type { KeyOwner } from "./key-owner";

const run = promisify(execFile);

/**
 * A private repository of a team in the sandbox's GitHub, with a deploy key, and the Secret of the tree that holds that
 * key.
 */
export class TeamRepository {
    private readonly key: string;
    private readonly github: GitHubDeployer;

    constructor(
        private readonly checkout: Checkout,
        private readonly owner: KeyOwner,
        readonly name: string,
    ) {
        this.key = path.join(checkout.directory, `${name}-key`);
        this.github = new GitHubDeployer(() => checkout.session());
    }

    /**
     * Makes the key, and what docs/delivery.md has people make of it: a Secret in the tree of each environment, listed
     * in its folder; and one with the token of a bot.
     */
    async createSecrets(...environments: readonly string[]): Promise<void> {
        await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", this.name, "-f", this.key]);
        const { ssh_keys: hostKeys } = await this.github.call<{ ssh_keys: string[] }>("GET", "meta");
        const knownHosts = hostKeys.map((key) => `github.com ${key}\n`).join("");
        for (const environment of environments) {
            await this.set(environment, "git", "identity", fs.readFileSync(this.key, "utf8"));
            await this.set(environment, "git", "known_hosts", knownHosts);
            await this.set(environment, "slack", "token", "xoxb-of-a-bot");
        }
    }

    /** Makes the repository from a folder, whose content is one commit on main. */
    async create(folder: string): Promise<void> {
        await this.github.call("POST", `orgs/${organization}/repos`, { name: this.name, visibility: "private" });
        const key = fs.readFileSync(`${this.key}.pub`, "utf8");
        const deployKey = { title: "flux", key, read_only: true };
        await this.github.call("POST", `repos/${organization}/${this.name}/keys`, deployKey);
        const clone = path.join(this.checkout.directory, `${this.name}-clone`);
        fs.cpSync(folder, clone, { recursive: true });
        const git = (...args: string[]) => run("git", ["-C", clone, ...args]);
        await git("init", "--quiet", "--initial-branch=main");
        await git("add", "--all");
        await git("-c", "user.name=Team", "-c", "user.email=team@example.org", "commit", "--quiet", "--message=Start");
        const bare = path.join(this.checkout.session().fleetRepositories, organization, `${this.name}.git`);
        await git("push", "--quiet", bare, "main");
    }

    /** Commits a change of its files, pushes it to main, and with a tag if one is named. */
    async commit(message: string, change: (folder: string) => void, tag?: string): Promise<void> {
        const clone = fs.mkdtempSync(path.join(this.checkout.directory, `${this.name}-change-`));
        const bare = path.join(this.checkout.session().fleetRepositories, organization, `${this.name}.git`);
        await run("git", ["clone", "--quiet", bare, clone]);
        change(clone);
        const git = (...args: string[]) => run("git", ["-C", clone, ...args]);
        await git("-c", "user.name=Team", "-c", "user.email=team@example.org", "commit", "--quiet", "-am", message);
        await git("push", "--quiet", "origin", "HEAD:main", ...(tag === undefined ? [] : [`HEAD:refs/tags/${tag}`]));
    }

    private set(environment: string, secret: string, key: string, value: string): Promise<string> {
        const named = ["--layer", "tenants", "--namespace", this.name];
        return this.owner.secretSucceeds(value, "set", environment, `${this.name}-${secret}`, key, ...named);
    }
}
