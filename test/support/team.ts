import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { stringify } from "yaml";
import { clusterOf } from "../../tools/sandbox/flux-status";
import type { Checkout } from "./checkout";

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
    private readonly clone: string;

    constructor(
        private readonly checkout: Checkout,
        readonly name: string,
    ) {
        this.clone = path.join(checkout.directory, `${name}-clone`);
    }

    /** Makes the team's repository, public, with no commit. */
    async createRepository(): Promise<void> {
        const script = `(async () => {
            const headers = { authorization: "Bearer " + process.env.GITHUB_TOKEN };
            const url = "https://api.github.com/orgs/landfall-example/repos";
            const answer = await fetch(url, { method: "POST", headers, body: process.argv[1] });
            if (!answer.ok) throw new Error(answer.status + " " + (await answer.text()));
        })()`;
        const { environment, fleetRepositories } = this.checkout.session();
        const env = { PATH: process.env.PATH, ...environment };
        await run(process.execPath, ["-e", script, JSON.stringify({ name: this.name, visibility: "public" })], { env });
        const bare = path.join(fleetRepositories, "landfall-example", `${this.name}.git`);
        await run("git", ["clone", "--quiet", bare, this.clone]);
    }

    /** Commits these files and no others, pushes, and asks Flux to look. */
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
        await this.reconcile("gitrepository", "team");
    }

    /** What `flux reconcile` does. */
    async reconcile(kind: string, name: string, namespace = this.name): Promise<void> {
        const at = `reconcile.fluxcd.io/requestedAt=${new Date().toISOString()}`;
        await this.kubectl("annotate", "--overwrite", "-n", namespace, kind, name, at);
    }

    /** kubectl as the cluster's administrator. Throws with what kubectl says when it fails. */
    async kubectl(...args: string[]): Promise<string> {
        const { binaries, environment } = this.checkout.session();
        const cluster = await clusterOf(this.checkout.sandbox, "staging");
        const env = {
            PATH: process.env.PATH,
            ...environment,
            KUBECONFIG: cluster?.adminKubeconfig,
            // Without a home, kubectl would put its cache into the repository.
            KUBECACHEDIR: path.join(this.checkout.sandbox, "kube-cache"),
        };
        return (await run(path.join(binaries, "kubectl"), args, { env })).stdout;
    }

    /** What the API server answers to kubectl as the service account by which Flux acts for the team. */
    async asTeam(...args: string[]): Promise<string> {
        return this.answer(`--as=system:serviceaccount:${this.name}:flux`, ...args);
    }

    /** What kubectl says, whether it fails or not. */
    async answer(...args: string[]): Promise<string> {
        return this.kubectl(...args).catch(({ stderr, message }: Error & { stderr?: string }) => stderr ?? message);
    }

    /** The message of a condition of an object in the team's namespace, empty while there is none or while it is true. */
    async refusal(kind: string, name: string, type: string, status: string): Promise<string> {
        const list = JSON.parse(await this.kubectl("get", "-n", this.name, kind, "-o", "json")) as {
            items: { metadata: { name: string }; status?: { conditions?: Record<string, string>[] } }[];
        };
        const found = list.items.find(({ metadata }) => metadata.name === name);
        const condition = found?.status?.conditions?.find((each) => each.type === type && each.status === status);
        return condition?.message ?? "";
    }
}

/** What a controller of Flux has written in the staging cluster. */
export function controllerLog(checkout: Checkout, controller: string): string {
    const clusters = path.join(checkout.sandbox, "clusters");
    const logs = fs.readdirSync(clusters, { recursive: true, encoding: "utf8" });
    const own = logs.filter((file) => new RegExp(`/flux-system_${controller}-[^/]+/log$`).test(file));
    return own.map((file) => fs.readFileSync(path.join(clusters, file), "utf8")).join("");
}

/** Asks until the answer fits, and gives it; throws with the last answer when that takes longer. */
export async function until(
    fits: RegExp,
    ask: () => Promise<string> | string,
    what: string,
    timeoutSeconds = 30,
): Promise<string> {
    const deadline = Date.now() + timeoutSeconds * 1000;
    for (;;) {
        const answer = await ask();
        if (fits.test(answer)) return answer;
        if (Date.now() > deadline) throw new Error(`${what}: not ${fits} but: ${answer}`);
        await new Promise((resolve) => setTimeout(resolve, 500));
    }
}
