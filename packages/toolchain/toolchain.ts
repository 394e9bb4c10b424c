import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, readlink, rename, symlink } from "node:fs/promises";
import { join } from "node:path";
import { BuildProgress } from "./build-progress";
import { cacheFolder, checkCache, toolchainFolder } from "./cache-folder";
import { copyModule, removeHalves } from "./copied-module";
import { exists } from "./exists";
import { fluxOperatorSource } from "./flux-operator-source";
import { fluxSource } from "./flux-source";
import { buildPrograms, findGo, goCaches, type GoInstallation, hasRoom } from "./go";
import { copyInstalled } from "./installed";
import { withLock } from "./lock";
import { fluxRuntimeSource } from "./own-peers";
import { run } from "./process";
import { buildOrder, type Family, type Program, programs, programsOnDemand } from "./programs";
import { checkDisk, gigabyte } from "./room";
import { ToolchainError } from "./toolchain-error";

export interface ToolchainOptions {
    /** Gets one line for each program that is built; none when nothing is missing. */
    readonly log: (line: string) => void;
    /** Names of programs. Default: all that a sandbox runs. */
    readonly only?: readonly string[];
}

export interface Toolchain {
    /** The folder with the programs. */
    readonly binaries: string;
    /** The manifests of every Flux release, for the Flux Operator's `--storage-path`. */
    readonly fluxDistribution: string;
    /** The source of the Flux Operator; its custom resource definitions are in `config/crd/bases`. */
    readonly fluxOperatorSource: string;
}

/**
 * Builds what is missing of the pinned Go programs: about ten minutes on two cores the first time, 0.1 s when all is in
 * the cache. A program that is installed in exactly the pinned version is copied instead. Each set of versions, Go
 * version and platform has a cache of its own.
 *
 * Throws when the cache is one that another user may write to, when Go, git or gpg is missing, when a name in `only` is
 * unknown, when a disk has no room, and when a program does not build.
 */
export async function ensureToolchain(options: ToolchainOptions): Promise<Toolchain> {
    const wanted = select(options.only);
    const cache = cacheFolder();
    await checkCache(cache);
    const go = await findPrograms();
    const directory = join(toolchainFolder(cache), await cacheKey(go, programs));
    const toolchain = toolchainIn(directory);
    const apart = await placesApart(wanted, toolchainFolder(cache), go);
    const absent = await absentFrom(toolchain, wanted, apart);
    if (absent.length === 0 && (await exists(toolchain.fluxOperatorSource))) {
        return toolchain;
    }
    await checkSpace(directory, absent, options.log);
    await mkdir(directory, { recursive: true });
    await withLock(join(directory, "lock"), options.log, () =>
        build(directory, toolchain, wanted, apart, go, options.log),
    );
    return toolchain;
}

/** The folders of the programs that are built on demand. The toolchain's own has a link to each. */
async function placesApart(
    wanted: readonly Program[],
    folder: string,
    go: GoInstallation,
): Promise<ReadonlyMap<Program, string>> {
    const places = wanted
        .filter((program) => programsOnDemand.includes(program))
        .map(async (program): Promise<[Program, string]> => {
            return [program, join(folder, `${program.name}-${await cacheKey(go, [program])}`)];
        });
    return new Map(await Promise.all(places));
}

/** The wanted programs that the toolchain does not have, or has a link to another version of. */
async function absentFrom(
    { binaries }: Toolchain,
    wanted: readonly Program[],
    apart: ReadonlyMap<Program, string>,
): Promise<Program[]> {
    const there = await Promise.all(
        wanted.map(async (program) => {
            const file = join(binaries, program.name);
            const place = apart.get(program);
            const isCurrent =
                place === undefined || (await readlink(file).catch(() => undefined)) === join(place, program.name);
            return isCurrent && (await exists(file));
        }),
    );
    return wanted.filter((_, index) => !there[index]);
}

/** The folder with the go.mod that pins the versions of a family of programs. */
function moduleFolder(family: string): string {
    return join(__dirname, "modules", family);
}

function toolchainIn(directory: string): Toolchain {
    const source = join(directory, "flux-operator", "source");
    return {
        binaries: join(directory, "bin"),
        fluxDistribution: join(source, "config", "data"),
        fluxOperatorSource: source,
    };
}

async function build(
    directory: string,
    toolchain: Toolchain,
    wanted: readonly Program[],
    apart: ReadonlyMap<Program, string>,
    go: GoInstallation,
    log: (line: string) => void,
): Promise<void> {
    const { binaries } = toolchain;
    const operatorFolder = join(directory, "flux-operator");
    const kubernetesFolder = join(directory, "kubernetes");
    await Promise.all([binaries, operatorFolder, kubernetesFolder, ...apart.values()].map(removeHalves));
    const version = await requiredVersions();
    await copyModule(operatorFolder, fluxOperatorSource(moduleFolder("flux-operator")), version("flux-operator"));
    const placeOf = (program: Program) => apart.get(program) ?? binaries;
    const toBuild: Program[] = [];
    for (const program of await absentFrom(toolchain, wanted, apart)) {
        if (await exists(join(placeOf(program), program.name))) {
            continue;
        }
        const installed = await copyInstalled(program, version(program.name), placeOf(program));
        if (installed === undefined) {
            toBuild.push(program);
        } else {
            log(`toolchain  ${program.name} ${version(program.name)} is there: ${installed}`);
        }
    }
    if (toBuild.length > 0) {
        await buildAll(toBuild, log, async (family, programs, progress) => {
            for (const place of new Set(programs.map(placeOf))) {
                if (family.folder === "kubernetes") {
                    const source = fluxRuntimeSource(moduleFolder("kubernetes"));
                    await copyModule(kubernetesFolder, source, await requiredVersion("kubernetes", source.path));
                }
                if (family.folder === "flux") {
                    const source = fluxSource(moduleFolder("flux"), version("flux"), toolchain.fluxDistribution);
                    await copyModule(place, source, version("flux"));
                }
                const folders: Readonly<Record<string, string>> = {
                    kubernetes: kubernetesFolder,
                    "flux-operator": operatorFolder,
                    flux: place,
                };
                const folder = folders[family.folder] ?? moduleFolder(family.folder);
                const here = programs.filter((program) => placeOf(program) === place);
                await buildPrograms(here, version, folder, place, go, {
                    packages: (count) => progress.begin(family, count),
                    compiled: () => progress.compiled(family),
                });
            }
        });
    }
    for (const [program, place] of apart) {
        await linkTo(join(place, program.name), join(binaries, program.name));
    }
}

/** Builds families in their order, and says how far it is. */
async function buildAll(
    programs: readonly Program[],
    log: (line: string) => void,
    buildOne: (family: Family, programs: readonly Program[], progress: BuildProgress) => Promise<void>,
): Promise<void> {
    const of = (family: Family) => programs.filter(({ folder }) => folder === family.folder);
    const order = (hasRoom ? buildOrder : [buildOrder.flat()]).map((list) =>
        list.filter((family) => of(family).length > 0),
    );
    const progress = new BuildProgress(order.flat(), log);
    const builds = order.map(async (list) => {
        for (const family of list) {
            await buildOne(family, of(family), progress);
            const names = of(family).map(({ name }) => name);
            progress.end(family, names);
        }
    });
    // Every build has ended before the first failure is told.
    const failed = (await Promise.allSettled(builds)).find((result) => result.status === "rejected");
    progress.stop();
    if (failed) {
        throw failed.reason;
    }
}

/** Puts a link in the place of an older one. */
async function linkTo(target: string, link: string): Promise<void> {
    const temporary = `${link}.${process.pid}.tmp`;
    await symlink(target, temporary);
    await rename(temporary, link);
}

/** Bytes that a sandbox's programs take once they are built: themselves, Go's cache of builds, its cache of modules. */
const space = { programs: 1.7 * gigabyte, builds: 6.6 * gigabyte, modules: 6.6 * gigabyte };

/** Says what is about to be written where. Throws when a disk has no room for it. */
async function checkSpace(directory: string, absent: readonly Program[], log: (line: string) => void): Promise<void> {
    if (absent.length === 0) {
        return;
    }
    const families = buildOrder.flat().filter(({ folder }) => absent.some((program) => program.folder === folder));
    const share = families.reduce((sum, { weight }) => sum + weight, 0) / 100;
    const { builds, modules } = await goCaches();
    const needs = [
        { folder: directory, bytes: share * space.programs },
        { folder: builds, bytes: share * space.builds },
        { folder: modules, bytes: share * space.modules },
    ];
    const advice = "make room, or set LANDFALL_CACHE, GOCACHE and GOMODCACHE to folders elsewhere";
    const lines = await checkDisk("Building the sandbox's programs", needs, advice);
    const names = absent.map(({ name }) => name).join(", ");
    lines.forEach((line) => log(`toolchain  not here yet: ${names}; to build them takes about ${line}`));
}

function select(only: readonly string[] | undefined): readonly Program[] {
    const all = [...programs, ...programsOnDemand];
    const unknown = only?.filter((name) => !all.some((program) => program.name === name)) ?? [];
    if (unknown.length > 0) {
        const known = all.map(({ name }) => name).join(", ");
        throw new Error(`The toolchain has no program named ${unknown.join(", ")}. It has ${known}.`);
    }
    return only === undefined ? programs : all.filter(({ name }) => only.includes(name));
}

/** Finds Go, and the programs that the sandbox runs and does not build. Throws with all that are missing. */
async function findPrograms(): Promise<GoInstallation> {
    const needs = {
        git: "the sandbox's GitHub serves repositories with it",
        gpg: "Flux's kustomize-controller decrypts with it",
    };
    const problems: string[] = [];
    const note = (problem: string) => void problems.push(problem);
    const [go] = await Promise.all([
        findGo().catch((error: Error) => note(error.message)),
        ...Object.entries(needs).map(([name, reason]) =>
            run(name, ["--version"]).catch((error: Error) =>
                note(`${name} could not be run (${error.message}): ${reason}. Install it and put it on PATH.`),
            ),
        ),
    ]);
    if (!go || problems.length > 0) {
        throw new ToolchainError(problems.join("\n"));
    }
    return go;
}

/** One key for everything that the binaries of some programs depend on. */
async function cacheKey(go: GoInstallation, of: readonly Program[]): Promise<string> {
    const hash = createHash("sha256").update(`${go.version} ${go.platform}\n`);
    for (const program of of) {
        const tags = program.tags === undefined ? "" : ` ${program.tags.join(",")}`;
        hash.update(`${program.name} ${program.package} ${JSON.stringify(program.variables?.("") ?? {})}${tags}\n`);
    }
    for (const folder of new Set(of.map((program) => program.folder))) {
        hash.update(await readFile(join(moduleFolder(folder), "go.mod")));
        hash.update(await readFile(join(moduleFolder(folder), "go.sum")));
        // What is built of this repository's own source.
        const files = (await readdir(moduleFolder(folder), { recursive: true })).filter((file) => file.endsWith(".go"));
        for (const file of files.sort()) {
            hash.update(await readFile(join(moduleFolder(folder), file)));
        }
    }
    return hash.digest("hex").slice(0, 16);
}

/** The version that each program's go.mod requires its module at. */
async function requiredVersions(): Promise<(name: string) => string> {
    const versions = new Map<string, string>();
    for (const { name, folder, module } of [...programs, ...programsOnDemand]) {
        versions.set(name, await requiredVersion(folder, module));
    }
    return (name) => versions.get(name) ?? "";
}

/** The version that a family's go.mod requires a module at. */
async function requiredVersion(folder: string, module: string): Promise<string> {
    const file = join(moduleFolder(folder), "go.mod");
    const lines = (await readFile(file, "utf8")).split("\n");
    const words = lines.map((line) =>
        line
            .trim()
            .replace(/^require /, "")
            .split(/\s+/),
    );
    const version = words.find(([path, word]) => path === module && word?.startsWith("v"))?.[1];
    if (version === undefined) {
        throw new Error(`${file} does not require ${module}.`);
    }
    return version;
}
