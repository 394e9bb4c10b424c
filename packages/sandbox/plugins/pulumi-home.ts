/** The user's own Pulumi, whose plugins and language host the sandbox uses where their versions are the program's. */
import { execFile } from "node:child_process";
import { existsSync, lstatSync, rmSync, symlinkSync } from "node:fs";
import { access, constants } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import * as pulumiSdk from "@pulumi/pulumi/package.json";

/** Where Pulumi keeps what it installs: `PULUMI_HOME`, and `~/.pulumi` where that is not set. */
export function userPulumiHome(environment: NodeJS.ProcessEnv): string {
    return environment.PULUMI_HOME ? resolve(environment.PULUMI_HOME) : join(homedir(), ".pulumi");
}

/** Where the engine finds an installed provider plugin of this version. */
export function installedProvider(home: string, plugin: string, version: string): string {
    return join(home, "plugins", `${plugin.replace(/^pulumi-/, "")}-v${version}`, plugin);
}

/**
 * The language host that came with the CLI in this folder, if it is of the version of the program's SDK. A host does
 * not tell its version, and the CLI beside it, from the same archive, does.
 */
export async function installedHost(home: string, host: string): Promise<string | undefined> {
    const [program, cli] = [join(home, "bin", host), join(home, "bin", "pulumi")];
    if (!(await isExecutable(program)) || !(await isExecutable(cli))) {
        return undefined;
    }
    const environment = { ...process.env, PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: "true" };
    const version = await promisify(execFile)(cli, ["version"], { env: environment, timeout: 30_000 }).then(
        ({ stdout }) => stdout.trim(),
        // Of another platform, say: it is none that the engine could start either.
        () => undefined,
    );
    return version === `v${pulumiSdk.version}` ? program : undefined;
}

export async function isExecutable(file: string): Promise<boolean> {
    return access(file, constants.X_OK).then(
        () => true,
        () => false,
    );
}

/** Lets an engine with a home of its own find the plugins of the user's; those that it has itself stay. */
export function linkPlugins(engineHome: string, userHome: string): void {
    if (resolve(engineHome) === resolve(userHome)) {
        // In a shell that the sandbox made.
        return;
    }
    const link = join(engineHome, "plugins");
    if (lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink()) {
        rmSync(link);
    }
    const plugins = join(userHome, "plugins");
    if (existsSync(plugins) && !existsSync(link)) {
        symlinkSync(plugins, link);
    }
}
