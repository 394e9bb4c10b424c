import { type ChildProcess, spawn, type StdioOptions } from "node:child_process";
import * as path from "node:path";
import type { Session, Workspace } from "../world/session";
import { stackFile, stackFolder } from "./stack-file";
import { releaseStack } from "./stack-lock";

/** The engine's own folder: its CLI, its plugins and its state. */
export function pulumiHome(directory: string): string {
    return path.join(directory, "pulumi");
}

/** Environment of the Pulumi CLI and of everything that it starts: nothing of the user's own proxies or credentials. */
export function engineEnvironment(directory: string, session: Session): NodeJS.ProcessEnv {
    const inherited = Object.entries(process.env).filter(
        ([name]) => !/^(ARM|AZURE|AAD|GITHUB|PULUMI|KUBE)_|^KUBECONFIG$|_proxy$/i.test(name),
    );
    return {
        ...Object.fromEntries(inherited),
        ...session.environment,
        PATH: [path.join(pulumiHome(directory), "bin"), session.binaries, process.env.PATH ?? ""].join(path.delimiter),
        KUBECACHEDIR: path.join(directory, "kube-cache"),
        PULUMI_HOME: pulumiHome(directory),
        // Without a file of attributes beside each file: it is not written in one piece, and a state whose attributes
        // are cut off, because the engine was killed meanwhile, cannot be read any more.
        PULUMI_BACKEND_URL: `file://${pulumiHome(directory)}?metadata=skip`,
        PULUMI_CONFIG_PASSPHRASE_FILE: path.join(directory, "passphrase"),
        PULUMI_SKIP_UPDATE_CHECK: "true",
        // The plugins are in its home; nothing may be fetched, and none of the user's taken by its name alone.
        PULUMI_IGNORE_AMBIENT_PLUGINS: "true",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        // Makes the CLI accept --event-log, which the Automation API uses too.
        PULUMI_DEBUG_COMMANDS: "true",
    };
}

/** The same with the deployer's login for what uses an SDK of Azure, such as sops. */
export function deployerEnvironment(directory: string, session: Session): NodeJS.ProcessEnv {
    const { ARM_CLIENT_ID, ARM_CLIENT_SECRET, ARM_TENANT_ID } = session.environment;
    return {
        ...engineEnvironment(directory, session),
        AZURE_CLIENT_ID: ARM_CLIENT_ID,
        AZURE_CLIENT_SECRET: ARM_CLIENT_SECRET,
        AZURE_TENANT_ID: ARM_TENANT_ID,
    };
}

/** The commands that may run the program; the others look at a stack, or change its settings, without it. */
export const programCommands: ReadonlySet<string> = new Set([
    "up",
    "update",
    "preview",
    "destroy",
    "refresh",
    "watch",
    "import",
]);

/**
 * Starts the real CLI on the unchanged program, with the sandbox's copy of the stack file.
 *
 * @throws SandboxError if another one works on the stack.
 */
export function startPulumi(
    { repository, directory }: Workspace,
    session: Session,
    stack: string,
    args: readonly string[],
    stdio: StdioOptions = "inherit",
): ChildProcess {
    const onProgram = programCommands.has(args[0] ?? "");
    if (onProgram) {
        releaseStack(directory, stack).forEach((line) => console.error(line));
    }
    const where = onProgram ? ["--config-file", stackFile(directory, stack)] : ["--cwd", stackFolder(directory)];
    return spawn("pulumi", [...args, "--stack", stack, ...where], {
        cwd: repository,
        env: engineEnvironment(directory, session),
        stdio,
    });
}

export function exitOf(child: ChildProcess): Promise<number> {
    return new Promise((resolve, reject) => {
        child.once("error", reject);
        child.once("exit", (code, signal) => resolve(code ?? (signal === "SIGINT" ? 130 : 1)));
    });
}
