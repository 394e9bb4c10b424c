import { chmod, copyFile, cp, lstat, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { exists } from "./exists";
import { downloadModule } from "./go";

/**
 * A module that is built from a copy, to which files are added. The module cache is read-only, and `-overlay` does not
 * reach into it.
 */
export interface CopiedModule {
    readonly path: string;
    /** The folder with go.mod and go.sum that replace the module by `./source`. */
    readonly moduleFolder: string;
    /** The checksums of the module's versions, as in a go.sum that does not replace the module. */
    readonly checksums: Readonly<Record<string, string>>;
    /** Adds what is missing to the copy. */
    readonly complete: (source: string) => Promise<void>;
}

/**
 * Puts a copy of a module, and the go.mod and go.sum that replace the module by it, into `folder`. Does nothing when it
 * is there.
 *
 * The copy's go.mod asks for the Go that compiles the other programs, which share most of its libraries.
 *
 * @throws Error when the module cannot be downloaded, or is not the pinned one.
 */
export async function copyModule(folder: string, module: CopiedModule, version: string): Promise<void> {
    const source = join(folder, "source");
    if (await exists(source)) {
        return;
    }
    const sum = module.checksums[version];
    if (sum === undefined) {
        throw new Error(`No checksum of ${module.path}@${version} is known: add it beside the others of the module.`);
    }
    await mkdir(folder, { recursive: true });
    const downloaded = await downloadModule(module.path, version, sum, module.moduleFolder);
    const temporary = `${source}.${process.pid}.tmp`;
    await cp(downloaded, temporary, { recursive: true });
    await makeWritable(temporary);
    await module.complete(temporary);
    const goMod = join(temporary, "go.mod");
    const pinnedGo = /^go .*$/m;
    const [goLine] = pinnedGo.exec(await readFile(join(module.moduleFolder, "go.mod"), "utf8")) ?? [];
    if (goLine === undefined) {
        throw new Error(`${join(module.moduleFolder, "go.mod")} names no Go release.`);
    }
    await writeFile(goMod, (await readFile(goMod, "utf8")).replace(pinnedGo, goLine));
    for (const file of ["go.mod", "go.sum"]) {
        await copyFile(join(module.moduleFolder, file), join(folder, file));
    }
    await rename(temporary, source);
}

/** Removes what an interrupted copy or build left behind. */
export async function removeHalves(folder: string): Promise<void> {
    const names = (await exists(folder)) ? await readdir(folder) : [];
    for (const name of names.filter((entry) => entry.endsWith(".tmp"))) {
        await makeWritable(join(folder, name));
        await rm(join(folder, name), { recursive: true });
    }
}

/** The module cache is read-only, and a copy that cannot be written to cannot be deleted either. */
async function makeWritable(path: string): Promise<void> {
    const entry = await lstat(path);
    if (entry.isSymbolicLink()) {
        return;
    }
    await chmod(path, entry.mode | 0o200);
    if (entry.isDirectory()) {
        await Promise.all((await readdir(path)).map((name) => makeWritable(join(path, name))));
    }
}
