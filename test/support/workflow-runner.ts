import * as assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";
import { type JobEnvironment, pipelines } from "@landfall/sandbox";

const run = promisify(execFile);

interface Step {
    readonly id?: string;
    readonly uses?: string;
    readonly run?: string;
    readonly with?: Readonly<Record<string, string>>;
    readonly env?: Readonly<Record<string, string>>;
}

interface Job {
    readonly if?: string;
    readonly environment?: string;
    readonly permissions?: Readonly<Record<string, string>>;
    readonly outputs?: Readonly<Record<string, string>>;
    readonly steps: readonly Step[];
}

interface Event {
    /** The reference that was pushed, which is what jobs check out. */
    readonly ref: string;
    readonly runNumber: number;
}

/** Whose token a job gets. */
export interface JobIdentity {
    readonly repository: string;
    readonly environment: string;
}

/** Values that an expression can name, such as `vars.REGISTRY`. */
type Context = Readonly<Record<string, unknown>>;

/** A repository on GitHub, and what its jobs find. */
export interface WorkflowSurroundings {
    /** `owner/name`. */
    readonly repository: string;
    /** The bare repository. */
    readonly bare: string;
    /** For checkouts and what jobs leave behind. */
    readonly folder: string;
    /** What every job has in its environment; none of it a secret of somebody else. */
    environment(): Promise<NodeJS.ProcessEnv>;
    /** The token of a job that may ask for one. */
    startJob(identity: JobIdentity): Promise<JobEnvironment>;
    /** The variables of an environment of the repository. */
    variables(environment: string): Promise<Readonly<Record<string, string>>>;
    /** `github.token` */
    readonly token: () => string;
    /** Scripts in the place of programs, besides those of `job-programs.ts`. */
    readonly programs?: Readonly<Record<string, string>>;
}

/**
 * Runs the workflows of a repository as GitHub Actions would: jobs in the order of the file, with their `run` steps in
 * bash, the variables of their environment, and a token for Azure where they ask for one. The actions that they use are
 * stood in for, and so are programs that need a container engine (`job-programs.ts`, `kind.ts`); helm, kubectl, git, go
 * and kustomize are the real ones. An expression that is not a name, or a condition that is not one of two kinds, is an
 * error.
 */
export class WorkflowRunner {
    constructor(private readonly world: WorkflowSurroundings) {}

    /** Runs a workflow on a push. Gives the names of the jobs that ran. @throws Error with a step's output. */
    async push(workflow: string, event: Event): Promise<string[]> {
        const source = await this.checkOut(event.ref, "workflow");
        const { jobs } = parse(fs.readFileSync(path.join(source, `.github/workflows/${workflow}.yaml`), "utf8")) as {
            jobs: Readonly<Record<string, Job>>;
        };
        const needs: Record<string, object> = {};
        const artifacts = fs.mkdtempSync(path.join(this.world.folder, "artifacts-"));
        for (const [name, job] of Object.entries(jobs)) {
            if (holds(job.if, event)) {
                needs[name] = { outputs: await this.runJob(name, job, event, { needs, artifacts }) };
            }
        }
        return Object.keys(needs);
    }

    /** Runs a command in a checkout, with the variables of an environment, in a job of whatever is given. */
    async tryAs(environment: string, identity: JobIdentity, ref: string, command: string): Promise<string> {
        const folder = await this.checkOut(ref, "attempt");
        const vars = await this.world.variables(environment);
        const env = { ...(await this.base()), ...(await this.world.startJob(identity)), ...vars };
        return bash(command, folder, env).catch(({ message }: Error) => message);
    }

    private async runJob(
        name: string,
        job: Job,
        event: Event,
        { needs, artifacts }: { needs: Context; artifacts: string },
    ): Promise<Readonly<Record<string, string>>> {
        const { repository, token } = this.world;
        const folder = path.join(this.world.folder, `${name}-${event.runNumber}`);
        const steps: Record<string, { outputs: Record<string, string> }> = {};
        const { environment } = job;
        const vars = environment === undefined ? {} : await this.world.variables(environment);
        const context = { vars, needs, steps, github: { token: token() } };
        const mayAsk = job.permissions?.["id-token"] === "write";
        const env: NodeJS.ProcessEnv = {
            ...(await this.base()),
            ...(mayAsk ? await this.world.startJob({ repository, environment: environment ?? "" }) : {}),
            GITHUB_REPOSITORY: repository,
            GITHUB_REF: event.ref,
            GITHUB_RUN_NUMBER: String(event.runNumber),
        };
        for (const step of job.steps) {
            const given = fill(step.with, context);
            const artifact = path.join(artifacts, given.name ?? "");
            const own = path.join(folder, given.path ?? "");
            switch (step.uses?.split("@")[0]) {
                case undefined:
                    steps[step.id ?? ""] = {
                        outputs: await this.runStep(step.run ?? "", folder, { ...env, ...fill(step.env, context) }),
                    };
                    break;
                case "actions/checkout":
                    await this.checkOut(event.ref, path.basename(folder));
                    break;
                case "actions/setup-go":
                    break;
                case "actions/upload-artifact":
                    fs.cpSync(own, artifact, { recursive: true });
                    break;
                case "actions/download-artifact":
                    fs.cpSync(artifact, own, { recursive: true });
                    break;
                case "azure/login":
                    assert.ok(mayAsk, `${name} logs in without id-token: write`);
                    Object.assign(env, {
                        AZURE_CLIENT_ID: given["client-id"],
                        AZURE_TENANT_ID: given["tenant-id"],
                    });
                    break;
                default:
                    throw new Error(`no stand-in for ${step.uses}`);
            }
        }
        return fill(job.outputs, context);
    }

    /** Gives the outputs of the step. */
    private async runStep(script: string, cwd: string, env: NodeJS.ProcessEnv): Promise<Record<string, string>> {
        const file = path.join(this.world.folder, "output");
        fs.writeFileSync(file, "");
        await bash(script, cwd, { ...env, GITHUB_OUTPUT: file });
        const lines = fs.readFileSync(file, "utf8").split("\n");
        return Object.fromEntries(
            lines.filter((line) => line !== "").map((line) => line.split("=") as [string, string]),
        );
    }

    private async checkOut(ref: string, name: string): Promise<string> {
        const folder = path.join(this.world.folder, name);
        fs.rmSync(folder, { recursive: true, force: true });
        await run("git", ["clone", "--quiet", this.world.bare, folder]);
        await run("git", ["-C", folder, "checkout", "--quiet", ref.replace(/^refs\/(heads|tags)\//, "")]);
        return folder;
    }

    private async base(): Promise<NodeJS.ProcessEnv> {
        const home = path.join(this.world.folder, "home");
        const programs = path.join(this.world.folder, "programs");
        fs.mkdirSync(home, { recursive: true });
        writePrograms(programs, this.world.programs);
        const env = await this.world.environment();
        return {
            ...env,
            PATH: [programs, env.PATH].join(path.delimiter),
            HELM_REGISTRY_CONFIG: path.join(home, "helm.json"),
            HELM_CACHE_HOME: home,
            KUBECONFIG: path.join(home, "kubeconfig"),
            RUNNER_TEMP: home,
        };
    }
}

/** Gives what it printed. @throws Error with that when it fails. */
async function bash(script: string, cwd: string, env: NodeJS.ProcessEnv): Promise<string> {
    const child = spawn("bash", ["-e", "-c", script], { cwd, env });
    let output = "";
    [child.stdout, child.stderr].forEach((stream) => stream.on("data", (chunk) => (output += String(chunk))));
    const code = await new Promise((resolve) => child.once("close", resolve));
    if (code !== 0) {
        throw new Error(`${script}\n${output}`);
    }
    return output;
}

function writePrograms(folder: string, others: Readonly<Record<string, string>> = {}): void {
    fs.mkdirSync(folder, { recursive: true });
    const node = `exec "${process.execPath}" --require "${require.resolve("tsx/cjs")}"`;
    const standIn = path.join(__dirname, "job-programs.ts");
    const programs = {
        ...Object.fromEntries(["docker", "skopeo", "gh"].map((name) => [name, `${node} "${standIn}" ${name} "$@"`])),
        az: `${node} "${pipelines.token}"`,
        kind: `${node} "${path.join(__dirname, "kind.ts")}" "$@"`,
        ...others,
    };
    for (const [name, command] of Object.entries(programs)) {
        fs.writeFileSync(path.join(folder, name), `#!/bin/sh\n${command}\n`, { mode: 0o755 });
    }
}

function holds(condition: string | undefined, { ref }: Event): boolean {
    const [, prefix] = /^startsWith\(github\.ref, '(.+)'\)$/.exec(condition ?? "") ?? [];
    if (prefix !== undefined) {
        return ref.startsWith(prefix);
    }
    assert.ok(condition === undefined || condition === "github.event_name == 'push'", `unknown condition ${condition}`);
    return true;
}

function fill(texts: Readonly<Record<string, string>> = {}, context: Context): Record<string, string> {
    return Object.fromEntries(
        Object.entries(texts).map(([name, text]) => [
            name,
            // The file has numbers and booleans too.
            String(text as unknown).replace(/\$\{\{ ([\w.-]+) }}/g, (_, name: string) => {
                const value = name
                    .split(".")
                    .reduce<unknown>((found, key) => (found as Context | undefined)?.[key], context);
                assert.ok(typeof value === "string" && value !== "", `${name} is nothing`);
                return value;
            }),
        ]),
    );
}
