import { chmod, copyFile, cp, lstat, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { exists } from "./exists";
import { downloadModule } from "./go";

const modulePath = "github.com/controlplaneio-fluxcd/flux-operator";

/** The checksums of the module's versions, as in a go.sum that does not replace the module. */
const checksums: Readonly<Record<string, string>> = {
    "v0.59.0": "h1:jByuiWYtjSJxucGHuz68tV0DeVFz5CYrKQYfxAwE7lE=",
};

/**
 * Puts a copy of the Flux Operator's module, and go.mod and go.sum that replace the module by it, into `folder`. Gives
 * the folder of the copy. Does nothing when it is there.
 *
 * The operator embeds the built pages of its web interface, which its module does not contain. The module cache is
 * read-only, and `-overlay` does not reach into it. The copy has one empty page, which the sandbox does not serve.
 *
 * The copy's go.mod asks for the Go that compiles the other programs, which share most of its libraries.
 *
 * Throws when the module cannot be downloaded, or is not the pinned one.
 */
export async function copyFluxOperator(folder: string, moduleFolder: string, version: string): Promise<string> {
    const source = join(folder, "source");
    if (await exists(source)) {
        return source;
    }
    const sum = checksums[version];
    if (sum === undefined) {
        throw new Error(`No checksum of ${modulePath}@${version} is known: add it to flux-operator-source.ts.`);
    }
    await mkdir(folder, { recursive: true });
    const module = await downloadModule(modulePath, version, sum, moduleFolder);
    const temporary = `${source}.${process.pid}.tmp`;
    await cp(module, temporary, { recursive: true });
    await makeWritable(temporary);
    await mkdir(join(temporary, "web", "dist"), { recursive: true });
    await writeFile(join(temporary, "web", "dist", "index.html"), "<html></html>\n");
    const goMod = join(temporary, "go.mod");
    const pinnedGo = /^go .*$/m;
    const [goLine] = pinnedGo.exec(await readFile(join(moduleFolder, "go.mod"), "utf8")) ?? [];
    if (goLine === undefined) {
        throw new Error(`${join(moduleFolder, "go.mod")} names no Go release.`);
    }
    await writeFile(goMod, (await readFile(goMod, "utf8")).replace(pinnedGo, goLine));
    for (const file of ["go.mod", "go.sum"]) {
        await copyFile(join(moduleFolder, file), join(folder, file));
    }
    await rename(temporary, source);
    return source;
}

/** Removes what an interrupted copy left behind. */
export async function removeHalfCopies(folder: string): Promise<void> {
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
