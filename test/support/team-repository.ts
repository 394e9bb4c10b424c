import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { GitHubDeployer, organization } from "../../tools/drill/github-deployer";
import type { Checkout } from "./checkout";
import { stagingSecret } from "./checkout-tree";
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

    /** Makes the key, and what docs/delivery.md has people make of it: a Secret in the tree, listed in its folder. */
    async createSecret(): Promise<void> {
        await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", this.name, "-f", this.key]);
        await this.set("identity", fs.readFileSync(this.key, "utf8"));
        const { ssh_keys: hostKeys } = await this.github.call<{ ssh_keys: string[] }>("GET", "meta");
        await this.set("known_hosts", hostKeys.map((key) => `github.com ${key}\n`).join(""));
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

    private set(key: string, value: string): Promise<string> {
        const secret = stagingSecret("tenants", `${this.name}-git`, this.name);
        return this.owner.secretSucceeds(value, ...secret.set(key));
    }
}
