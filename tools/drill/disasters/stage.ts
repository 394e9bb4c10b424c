import { execFile, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import { clusterOf } from "../../sandbox/flux-status";
import { AzureDeployer } from "../azure-deployer";
import { GitHubDeployer } from "../github-deployer";
import type { StackResource } from "../stack-resource";
import type { Fix } from "./disaster";
import { type Fleet, fleetOf, readSession, type Session, type Workspace, type WorldStatus } from "@landfall/sandbox";

const run = promisify(execFile);

/** A stack in a sandbox that runs, and what people and programs can do to it. */
export class Stage {
    readonly azure: AzureDeployer;
    readonly github: GitHubDeployer;
    readonly fleet: Fleet;
    private readonly session: Session;

    /** @throws Error if no sandbox runs there. */
    constructor(
        private readonly place: Workspace,
        readonly stack: string,
    ) {
        const session = readSession(place.directory);
        if (!session) {
            throw new Error(`no sandbox runs in ${place.directory}`);
        }
        this.session = session;
        this.azure = new AzureDeployer(session);
        this.github = new GitHubDeployer(() => session);
        this.fleet = fleetOf(place.repository, session, stack);
    }

    /** Starts a sandbox and brings a stack up in it. @throws Error with what it prints if it fails. */
    static async start(place: Workspace, stack: string): Promise<void> {
        const { code, output } = await runTool(place, "sandbox", ["start", "--stack", stack]);
        if (code !== 0) {
            throw new Error(output);
        }
    }

    /** Takes the sandbox down. */
    static async end(place: Workspace): Promise<void> {
        await runTool(place, "sandbox", ["down"]);
    }

    /** `npm run sandbox -- …`. Gives what it prints. @throws Error with that if it fails. */
    async sandbox(...args: readonly string[]): Promise<string> {
        const { code, output } = await this.tool("sandbox", args);
        if (code !== 0) {
            throw new Error(`${args.join(" ")}\n${output}`);
        }
        return output;
    }

    pulumi(...args: readonly string[]): Promise<ToolRun> {
        return this.tool("sandbox", ["pulumi", "--stack", this.stack, ...args]);
    }

    /** Runs a command of the documentation. @throws Error with what it prints if it fails. */
    async repair(fix: Fix): Promise<void> {
        const { code, output } = await this.tryRepair(fix);
        if (code !== 0) {
            throw new Error(output);
        }
    }

    /** The cluster as its administrator sees it. */
    async kubectl(...args: readonly string[]): Promise<string> {
        const cluster = await this.cluster();
        const { environment, binaries } = this.session;
        const env = {
            PATH: process.env.PATH,
            ...environment,
            KUBECONFIG: cluster.adminKubeconfig,
            KUBECACHEDIR: path.join(this.place.directory, "kube-cache"),
        };
        return (await run(path.join(binaries, "kubectl"), [...args], { env, maxBuffer: 64 * 1024 * 1024 })).stdout;
    }

    /** @throws Error if the stack has no cluster. */
    async cluster(): Promise<WorldStatus["clusters"][number]> {
        const found = await clusterOf(this.place.directory, this.stack);
        if (!found) {
            throw new Error(`stack ${this.stack} has no cluster`);
        }
        return found;
    }

    /** Git in a clone of the stack's branch, which is pushed afterwards. */
    async commit(work: (git: (...args: string[]) => Promise<string>, clone: string) => Promise<void>): Promise<void> {
        const { repository, branch } = this.fleet;
        const clone = fs.mkdtempSync(path.join(os.tmpdir(), "landfall-drill-"));
        const git = async (...args: string[]) => {
            const author = ["-c", "user.name=drill", "-c", "user.email=drill@example.org"];
            return (await run("git", ["-C", clone, ...author, ...args], { maxBuffer: 64 * 1024 * 1024 })).stdout;
        };
        try {
            await git("clone", "--quiet", "--branch", branch, repository, ".");
            await work(git, clone);
            await git("push", "--quiet", "--force", "origin", branch);
        } finally {
            fs.rmSync(clone, { recursive: true });
        }
    }

    /** The text of a file on the stack's branch; empty if there is none. */
    async read(file: string): Promise<string> {
        const { repository, branch } = this.fleet;
        const show = ["-C", repository, "show", `${branch}:${file}`];
        return run("git", show).then(
            ({ stdout }) => stdout,
            ({ stderr }: { stderr?: string }) => {
                if (/does not exist|exists on disk/.test(stderr ?? "")) {
                    return "";
                }
                throw new Error(`git show ${branch}:${file}: ${stderr ?? ""}`);
            },
        );
    }

    /** Finds a resource in the state by its type's end and its name's start. */
    async resource(type: string, name: string): Promise<StackResource> {
        const output = await this.sandbox("pulumi", "--stack", this.stack, "stack", "export");
        const { deployment } = JSON.parse(output.slice(output.indexOf("{"))) as {
            deployment: { resources: StackResource[] };
        };
        const found = deployment.resources.find(({ urn }) => urn.includes(`:${type}::${name}`));
        if (!found) {
            throw new Error(`the state has no ${type} ${name}`);
        }
        return found;
    }

    private async tryRepair(fix: Fix) {
        switch (fix.tool) {
            case "rebuild":
                return this.tool("rebuild", ["--stack", this.stack, "--sandbox", "--yes"]);
            case "pulumi":
                return this.pulumi(...fix.args, "--yes", "--skip-preview");
            case "git":
                await this.commit(async (git) => {
                    await git(...fix.args);
                });
                return { code: 0, output: "" };
            case "none":
                return { code: 0, output: "" };
        }
    }

    private tool(name: Tool, args: readonly string[]) {
        return runTool(this.place, name, args);
    }
}

type Tool = "sandbox" | "rebuild";

/** Output is standard output and error, in the order of their arrival. */
function runTool({ repository, directory }: Workspace, name: Tool, args: readonly string[]): Promise<ToolRun> {
    const child = spawn(process.execPath, ["tools/setup.mjs", `tools/${name}/cli.ts`, ...args], {
        cwd: repository,
        env: { ...process.env, LANDFALL_SANDBOX: directory },
        stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    }
    return new Promise((resolve, reject) => {
        child.once("error", reject);
        child.once("close", (code) => resolve({ code: code ?? 1, output }));
    });
}

interface ToolRun {
    readonly code: number;
    readonly output: string;
}
