import { execFile, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { parse, parseAllDocuments, parseDocument, stringify } from "yaml";
import { copyRepository } from "../../copied-repository";
import { clusterOf } from "../../sandbox/cluster-of";
import { AzureDeployer } from "../azure-deployer";
import { GitHubDeployer } from "../github-deployer";
import type { StackResource } from "../stack-resource";
import { type Fleet, fleetOf, readSession, type Session, type Workspace, type WorldStatus } from "@landfall/sandbox";

const run = promisify(execFile);

/** The layers that have keys, certificates and data. */
const layers = ["canary", "infra-config", "databases-config", "backup-config", "mesh"];

const fluxMinutes = 5;

interface FluxStatus {
    readonly lastHandledReconcileAt?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
}

/** A stack in a sandbox that runs, and what people and programs can do to it. */
export class Stage {
    readonly azure: AzureDeployer;
    readonly github: GitHubDeployer;
    readonly fleet: Fleet;
    readonly session: Session;
    /** Who deploys from now on, as the environment says it. @default - the sandbox's deployer */
    deployer: Readonly<Record<string, string>> = {};

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

    /**
     * Copies a repository, with some layers and with Linkerd, whose authority is in the tree. Gives where a sandbox of
     * the copy is to run.
     */
    static prepare(repository: string, directory: string, stack: string): Workspace {
        const place = { repository: path.join(directory, "work"), directory: path.join(directory, "sb") };
        copyRepository(repository, place.repository);
        const list = path.join(place.repository, `gitops/clusters/${stack}/kustomization.yaml`);
        const names = withThoseBefore(path.join(place.repository, "gitops/clusters/base"), layers);
        const resources = names.map((name) => `../base/${name}.yaml`);
        const kustomization = parse(fs.readFileSync(list, "utf8")) as object;
        fs.writeFileSync(list, stringify({ ...kustomization, resources }));
        set(place, stack, "landfall:serviceMesh", "linkerd");
        return place;
    }

    /**
     * Starts a sandbox, brings a stack up in it, and has the tree encrypted to the stack's vault too.
     *
     * @throws Error with what a command prints if it fails.
     */
    static async start(place: Workspace, stack: string): Promise<void> {
        const start = ["start", "--stack", stack];
        outputOf(start, await runTool(place, "sandbox", start));
        const keyring = path.join(path.dirname(place.directory), "g");
        fs.mkdirSync(keyring, { mode: 0o700 });
        const key = path.join(place.repository, "packages/sandbox/keys/demonstration.private.asc");
        const env = ["env", `GNUPGHOME=${keyring}`];
        const secret = ["node", "tools/setup.mjs", "tools/secret/cli.ts", "recipients", stack, "--stack", stack];
        for (const command of [["gpg", "--batch", "--quiet", "--import", key], secret]) {
            outputOf(command, await runTool(place, "sandbox", ["exec", ...env, ...command]));
        }
        outputOf(start, await runTool(place, "sandbox", start));
    }

    /** Takes the sandbox down. */
    static async end(place: Workspace): Promise<void> {
        await runTool(place, "sandbox", ["down"]);
    }

    /** `npm run sandbox -- …`. Gives what it prints. @throws Error with that if it fails. */
    async sandbox(...args: readonly string[]): Promise<string> {
        return outputOf(args, await runTool(this.place, "sandbox", args));
    }

    /** The Pulumi CLI as who deploys. */
    pulumi(...args: readonly string[]): Promise<ToolRun> {
        const login = Object.entries(this.deployer).map(([name, value]) => `${name}=${value}`);
        const stackFile = path.join(this.place.directory, "stacks", `Pulumi.${this.stack}.yaml`);
        return login.length === 0
            ? runTool(this.place, "sandbox", ["pulumi", "--stack", this.stack, ...args])
            : runTool(this.place, "sandbox", [
                  ...["exec", "env", ...login, "pulumi", ...args],
                  ...["--stack", this.stack, "--config-file", stackFile],
              ]);
    }

    /** The same for a command that has to succeed. @throws Error with what it prints if it fails. */
    async succeeds(...args: readonly string[]): Promise<void> {
        outputOf(["pulumi", ...args], await this.pulumi(...args));
    }

    /** `npm run rebuild`, which asks nobody. @throws Error with what it prints if it fails. */
    async rebuild(...args: readonly string[]): Promise<void> {
        const options = ["--stack", this.stack, "--sandbox", "--yes", ...args];
        outputOf(["rebuild", ...args], await runTool(this.place, "rebuild", options));
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

    /** Has Flux decrypt what the vault's key alone decrypts. Gives what it says of it; undefined if it can. */
    async decryptWithVault(): Promise<string | undefined> {
        const time = await this.askFlux("kustomization", "canary");
        return this.layerOnce("canary", ({ lastHandledReconcileAt }) => lastHandledReconcileAt === time);
    }

    /** Has Flux fetch the branch, and waits until it cannot apply a layer. Gives what it says of it. */
    async failureOf(layer: string): Promise<string> {
        await this.askFlux("gitrepository", "flux-system");
        const isFailed = ({ conditions = [] }: FluxStatus) =>
            conditions.some(({ type, status }) => type === "Ready" && status === "False");
        return (await this.layerOnce(layer, isFailed)) ?? "";
    }

    /** Does what `flux reconcile` does; gives the time of the request. */
    private async askFlux(kind: string, name: string): Promise<string> {
        const time = new Date().toISOString();
        const object = [kind, name, "--namespace", "flux-system"];
        await this.kubectl("annotate", "--overwrite", ...object, `reconcile.fluxcd.io/requestedAt=${time}`);
        return time;
    }

    /** What Flux says of a layer that it cannot apply, once it is as it is to be; undefined if it is Ready then. */
    private async layerOnce(name: string, isSo: (status: FluxStatus) => boolean): Promise<string | undefined> {
        const get = ["get", "kustomization", name, "--namespace", "flux-system", "--output", "json"];
        for (const deadline = Date.now() + fluxMinutes * 60_000; Date.now() < deadline; await sleep(1000)) {
            const { status = {} } = JSON.parse(await this.kubectl(...get)) as { status?: FluxStatus };
            const ready = status.conditions?.find(({ type }) => type === "Ready");
            if (isSo(status) && ready?.status !== "Unknown") {
                return ready?.status === "True" ? undefined : (ready?.message ?? "");
            }
        }
        throw new Error(`Flux has not come to layer ${name} after ${fluxMinutes} minutes`);
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

    /** A resource in the state. @throws Error if there is none. */
    async resource(type: string, name: string): Promise<StackResource> {
        return (await this.resources())(type, name);
    }

    /** Finds resources in the state as it is now, by their type's end and name's start; throws if there is none. */
    async resources(): Promise<(type: string, name: string) => StackResource> {
        const output = await this.sandbox("pulumi", "--stack", this.stack, "stack", "export");
        const { deployment } = JSON.parse(output.slice(output.indexOf("{"))) as {
            deployment: { resources: StackResource[] };
        };
        return (type, name) => {
            const found = deployment.resources.find(({ urn }) => urn.includes(`:${type}::${name}`));
            if (!found) {
                throw new Error(`the state has no ${type} ${name}`);
            }
            return found;
        };
    }
}

/** Layers, and those that they wait for, by what their files in a folder say. */
function withThoseBefore(folder: string, names: readonly string[]): readonly string[] {
    const all = new Set(names);
    // It grows meanwhile.
    for (const name of all) {
        const [layer] = parseAllDocuments(fs.readFileSync(path.join(folder, `${name}.yaml`), "utf8"));
        const { spec } = layer?.toJS() as { spec: { dependsOn?: readonly { name: string }[] } };
        spec.dependsOn?.forEach((other) => all.add(other.name));
    }
    return [...all];
}

/** Changes a setting in a stack's file. */
function set({ repository }: Workspace, stack: string, key: string, value: string): void {
    const file = path.join(repository, `Pulumi.${stack}.yaml`);
    const document = parseDocument(fs.readFileSync(file, "utf8"));
    document.setIn(["config", key], value);
    fs.writeFileSync(file, document.toString());
}

function outputOf(command: readonly string[], { code, output }: ToolRun): string {
    if (code !== 0) {
        throw new Error(`${command.join(" ")} failed (${code})\n${output}`);
    }
    return output;
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
