import { spawn, spawnSync } from "node:child_process";
import { requireSession, takeStack } from "./running";
import {
    control,
    engineEnvironment,
    exitOf,
    type JobEnvironment,
    pipelines,
    readStack,
    SandboxError,
    type Session,
    stackFolder,
} from "@landfall/sandbox";

/** `push-charts [--to PATH] FOLDER…` */
export async function pushCharts(args: string[]): Promise<number> {
    const { stack, rest } = takeStack(args);
    const [to, folders] = rest[0] === "--to" ? [rest[1], rest.slice(2)] : ["charts", rest];
    if (to === undefined || folders.length === 0) {
        throw new SandboxError("push-charts needs a chart's folder: push-charts examples/team-helm/charts/front");
    }
    return runPipeline(pipelines.charts, stack, [to, ...folders]);
}

/** `push-images [REGISTRY/]NAME:TAG…` */
export async function pushImages(args: string[]): Promise<number> {
    const { stack, rest } = takeStack(args);
    if (rest.length === 0) {
        throw new SandboxError("push-images needs a name and a tag: push-images team-kustomize/app:1.1.0");
    }
    return runPipeline(pipelines.images, stack, rest);
}

/**
 * Pushes to the stack's registry as the pipeline that may: a job of `landfall:ciRepository` in the GitHub environment
 * named as the stack's. It gets none of the deployer's credentials.
 */
async function runPipeline(script: string, stack: string, args: readonly string[]): Promise<number> {
    const { repository: root, directory, session } = requireSession();
    const { registry, ciClientId } = outputsOf(directory, session, stack);
    const { config = {} } = readStack(root, stack);
    const repository = config["landfall:ciRepository"] as string | undefined;
    if (registry === undefined || ciClientId === undefined || repository === undefined) {
        throw new SandboxError(
            `Stack ${stack} has no pipeline: set landfall:ciRepository, and npm start --stack ${stack}`,
        );
    }
    const environment = (config["landfall:environment"] as string | undefined) ?? stack;
    const query = new URLSearchParams({ repository, environment });
    const job = await control<JobEnvironment>(directory, "POST", `/jobs?${query.toString()}`);
    const { ARM_TENANT_ID } = session.environment;
    const inherited = Object.entries(engineEnvironment(directory, session)).filter(
        ([name]) => !/^(ARM|GITHUB)_/.test(name),
    );
    const env = {
        ...Object.fromEntries(inherited),
        ...job,
        AZURE_CLIENT_ID: ciClientId,
        AZURE_TENANT_ID: ARM_TENANT_ID,
        REGISTRY: registry,
        PUBLISHER_TOKEN: session.publisherToken,
    };
    return exitOf(
        spawn(process.execPath, ["--require", require.resolve("../typescript.cjs"), script, ...args], {
            env,
            stdio: "inherit",
        }),
    );
}

interface Outputs {
    readonly registry?: string;
    readonly ciClientId?: string;
}

function outputsOf(directory: string, session: Session, stack: string): Outputs {
    const { status, stdout, stderr } = spawnSync("pulumi", ["stack", "output", "--json", "--stack", stack], {
        cwd: stackFolder(directory),
        env: engineEnvironment(directory, session),
        encoding: "utf8",
    });
    if (status !== 0) {
        throw new SandboxError(`Stack ${stack} has no outputs yet: ${stderr.trim()}`);
    }
    return JSON.parse(stdout) as Outputs;
}
