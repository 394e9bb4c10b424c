import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { stringify } from "yaml";
import { GitHubDeployer, organization } from "../../tools/drill/github-deployer";
import type { Checkout } from "./checkout";
import { Cluster } from "./cluster";

const run = promisify(execFile);

/** An object as a manifest has it. */
export interface Manifest {
    readonly apiVersion: string;
    readonly kind: string;
    readonly metadata: Readonly<Record<string, unknown>> & { readonly name: string };
    readonly [field: string]: unknown;
}

/** A tenant of the staging cluster: its repository in the sandbox's GitHub, and what the cluster makes of it. */
export class Team {
    readonly cluster: Cluster;
    private readonly clone: string;

    constructor(
        private readonly checkout: Checkout,
        readonly name: string,
    ) {
        this.cluster = new Cluster(checkout);
        this.clone = path.join(checkout.directory, `${name}-clone`);
    }

    /** Makes the team's repository, public, with no commit. */
    async createRepository(): Promise<void> {
        const github = new GitHubDeployer(() => this.checkout.session());
        await github.call("POST", `orgs/${organization}/repos`, { name: this.name, visibility: "public" });
        const bare = path.join(this.checkout.session().fleetRepositories, organization, `${this.name}.git`);
        await run("git", ["clone", "--quiet", bare, this.clone]);
    }

    /** Commits these files and no others, pushes, and waits until Flux has fetched the commit. */
    async commit(files: Readonly<Record<string, readonly Manifest[]>>): Promise<void> {
        const git = (...args: string[]) => run("git", ["-C", this.clone, ...args]);
        for (const entry of fs.readdirSync(this.clone).filter((name) => name !== ".git")) {
            fs.rmSync(path.join(this.clone, entry), { recursive: true });
        }
        for (const [file, manifests] of Object.entries(files)) {
            const full = path.join(this.clone, file);
            fs.mkdirSync(path.dirname(full), { recursive: true });
            fs.writeFileSync(full, manifests.map((manifest) => stringify(manifest)).join("---\n"));
        }
        await git("add", "--all");
        const author = ["-c", "user.name=Team", "-c", "user.email=team@example.org"];
        await git(...author, "commit", "--quiet", "--message=Change what the team runs");
        await git("push", "--quiet", "origin", "HEAD:main");
        await this.cluster.reconcile({ kind: "gitrepository", name: "team", namespace: this.name });
    }

    /** What the API server answers to kubectl as the service account by which Flux acts for the team. */
    asTeam(...args: string[]): Promise<string> {
        return this.cluster.answer(`--as=system:serviceaccount:${this.name}:flux`, ...args);
    }

    /** What the API server answers to the same account that asks for an object. */
    create(manifest: Manifest): Promise<string> {
        const file = path.join(this.checkout.directory, `${this.name}-object.yaml`);
        fs.writeFileSync(file, stringify(manifest));
        return this.asTeam("create", "--validate=false", "-f", file);
    }

    /** The message of a condition of an object in the team's namespace while that has the status; empty otherwise. */
    message(kind: string, name: string, type: string, status: string): Promise<string> {
        return this.cluster.message({ kind, name, namespace: this.name }, type, status);
    }
}

/** What a controller of Flux has written in the staging cluster. */
export function controllerLog(checkout: Checkout, controller: string): string {
    const clusters = path.join(checkout.sandbox, "clusters");
    const logs = fs.readdirSync(clusters, { recursive: true, encoding: "utf8" });
    const own = logs.filter((file) => new RegExp(`/flux-system_${controller}-[^/]+/log$`).test(file));
    return own.map((file) => fs.readFileSync(path.join(clusters, file), "utf8")).join("");
}
