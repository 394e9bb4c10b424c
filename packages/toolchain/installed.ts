import { access, constants, copyFile, mkdir, rename, rm } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { run } from "./process";
import type { Program } from "./programs";

/**
 * Takes a copy of a program that is installed in exactly the wanted version, which saves building it. A copy, since the
 * user's own may be upgraded at any time; it is asked for its version once more, since a version manager's stand-in for
 * a program works in its own place alone.
 *
 * Gives the path of the user's program, or undefined if there is none of that version.
 */
export async function copyInstalled(program: Program, version: string, binaries: string): Promise<string | undefined> {
    const found = program.versionArguments && (await onPath(program.name));
    if (found === undefined || !(await isOfVersion(found, program, version))) {
        return undefined;
    }
    await mkdir(binaries, { recursive: true });
    const temporary = join(binaries, `.${program.name}.${process.pid}.tmp`);
    await copyFile(found, temporary);
    if (!(await isOfVersion(temporary, program, version))) {
        await rm(temporary);
        return undefined;
    }
    await rename(temporary, join(binaries, program.name));
    return found;
}

async function onPath(name: string): Promise<string | undefined> {
    for (const folder of (process.env.PATH ?? "").split(delimiter)) {
        const file = join(folder, name);
        const isProgram = await access(file, constants.X_OK).then(
            () => true,
            () => false,
        );
        if (folder !== "" && isProgram) {
            return file;
        }
    }
    return undefined;
}

async function isOfVersion(file: string, program: Program, version: string): Promise<boolean> {
    const outcome = await run(file, program.versionArguments ?? []).catch(() => undefined);
    const words = (outcome?.stdout ?? "").split(/[\s+/]+/).map((word) => word.replace(/^v/, ""));
    return outcome?.code === 0 && words.includes(version.replace(/^v/, ""));
}
