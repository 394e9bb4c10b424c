/** The user's own Pulumi, whose plugins and language host the sandbox uses where their versions are the program's. */
import { execFile } from "node:child_process";
import { access, constants, open } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import * as pulumiSdk from "@pulumi/pulumi/package.json";

/** A line of each stand-in, which tells it from the real plugin in a shell that a sandbox made. */
export const standInMark = "# A stand-in of the sandbox.";

/** Where Pulumi keeps what it installs: `PULUMI_HOME`, and `~/.pulumi` where that is not set. */
export function userPulumiHome(environment: NodeJS.ProcessEnv): string {
    return environment.PULUMI_HOME ? resolve(environment.PULUMI_HOME) : join(homedir(), ".pulumi");
}

/** Where the engine finds an installed provider plugin of this version. */
export function providerFile(home: string, plugin: string, version: string): string {
    return join(home, "plugins", `${plugin.replace(/^pulumi-/, "")}-v${version}`, plugin);
}

/** A provider plugin that is installed in this version. */
export async function installedProvider(home: string, plugin: string, version: string): Promise<string | undefined> {
    const file = providerFile(home, plugin, version);
    return (await isReal(file)) ? file : undefined;
}

/**
 * The language host that came with the CLI in this folder, if it is of the version of the program's SDK. A host does
 * not tell its version, and the CLI beside it, from the same archive, does.
 */
export async function installedHost(home: string, host: string): Promise<string | undefined> {
    const [program, cli] = [join(home, "bin", host), join(home, "bin", "pulumi")];
    if (!(await isReal(program)) || !(await isReal(cli))) {
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

/** Whether a file can be run and is not a stand-in of a sandbox. */
async function isReal(file: string): Promise<boolean> {
    const isExecutable = await access(file, constants.X_OK).then(
        () => true,
        () => false,
    );
    if (!isExecutable) {
        return false;
    }
    const handle = await open(file);
    try {
        const { buffer, bytesRead } = await handle.read(Buffer.alloc(100), 0, 100, 0);
        return !buffer.subarray(0, bytesRead).toString("latin1").includes(standInMark);
    } finally {
        await handle.close();
    }
}
