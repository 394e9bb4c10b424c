import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { BuildProgress } from "./build-progress";
import { cacheFolder, checkCache, toolchainFolder } from "./cache-folder";
import { exists } from "./exists";
import { copyFluxOperator, removeHalfCopies } from "./flux-operator-source";
import { buildPrograms, findGo, goCaches, type GoInstallation, hasRoom } from "./go";
import { copyInstalled } from "./installed";
import { withLock } from "./lock";
import { run } from "./process";
import { buildOrder, type Family, moduleFolders, type Program, programs } from "./programs";
import { checkDisk, gigabyte } from "./room";
import { ToolchainError } from "./toolchain-error";

export interface ToolchainOptions {
    /** Gets one line for each program that is built; none when nothing is missing. */
    readonly log: (line: string) => void;
    /** Names of programs. Default: all of them. */
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
    const directory = join(toolchainFolder(cache), await cacheKey(go));
    const toolchain = toolchainIn(directory);
    const left = await missing(wanted, toolchain);
    if (left.length === 0) {
        return toolchain;
    }
    await checkSpace(directory, wanted, left, options.log);
    await mkdir(directory, { recursive: true });
    await withLock(join(directory, "lock"), options.log, () => build(directory, toolchain, wanted, go, options.log));
    return toolchain;
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
    { binaries }: Toolchain,
    wanted: readonly Program[],
    go: GoInstallation,
    log: (line: string) => void,
): Promise<void> {
    await removeHalfBinaries(binaries);
    const operatorFolder = join(directory, "flux-operator");
    await removeHalfCopies(operatorFolder);
    const version = await requiredVersions();
    await copyFluxOperator(operatorFolder, moduleFolder("flux-operator"), version("flux-operator"));
    const absent: Program[] = [];
    for (const program of wanted) {
        if (await exists(join(binaries, program.name))) {
            continue;
        }
        const installed = await copyInstalled(program, version(program.name), binaries);
        if (installed === undefined) {
            absent.push(program);
        } else {
            log(`toolchain  ${program.name} ${version(program.name)} is there: ${installed}`);
        }
    }
    const of = (family: Family) => absent.filter(({ folder }) => folder === family.folder);
    const families = (list: readonly Family[]) => list.filter((family) => of(family).length > 0);
    if (absent.length === 0) {
        return;
    }
    log(`toolchain  builds ${absent.map(({ name }) => name).join(", ")}; interrupted, it goes on where it was`);
    const progress = new BuildProgress(families(buildOrder.flat()), log);
    const buildFamilies = async (list: readonly Family[]) => {
        for (const family of families(list)) {
            const folder = family.folder === "flux-operator" ? operatorFolder : moduleFolder(family.folder);
            await buildPrograms(of(family), version, folder, binaries, go, {
                packages: (count) => progress.begin(family, count),
                compiled: () => progress.compiled(family),
            });
            progress.end(
                family,
                of(family).map(({ name }) => name),
            );
        }
    };
    try {
        const builds = (hasRoom ? buildOrder : [buildOrder.flat()]).map(buildFamilies);
        // Every build has ended before the first failure is told.
        const failed = (await Promise.allSettled(builds)).find((result) => result.status === "rejected");
        if (failed) {
            throw failed.reason;
        }
    } finally {
        progress.stop();
    }
}

/** What all programs take once they are built, in bytes: themselves, Go's cache of builds, its cache of modules. */
const space = { programs: 1.7 * gigabyte, builds: 6.6 * gigabyte, modules: 6.6 * gigabyte };

/** Says what is about to be written where. Throws when a disk has no room for it. */
async function checkSpace(
    directory: string,
    wanted: readonly Program[],
    left: readonly string[],
    log: (line: string) => void,
): Promise<void> {
    const toBuild = wanted.filter(({ name }) => left.some((file) => basename(file) === name));
    if (toBuild.length === 0) {
        return;
    }
    const families = buildOrder.flat().filter(({ folder }) => toBuild.some((program) => program.folder === folder));
    const share = weightOf(families) / weightOf(buildOrder.flat());
    const { builds, modules } = await goCaches();
    const needs = [
        { folder: directory, bytes: share * space.programs },
        { folder: builds, bytes: share * space.builds },
        { folder: modules, bytes: share * space.modules },
    ];
    const advice = "make room, or set LANDFALL_CACHE, GOCACHE and GOMODCACHE to folders elsewhere";
    const lines = await checkDisk("Building the sandbox's programs", needs, advice);
    lines.forEach((line) => log(`toolchain  ${toBuild.length} programs to build, which take about ${line}`));
}

function weightOf(families: readonly Family[]): number {
    return families.reduce((sum, { weight }) => sum + weight, 0);
}

function select(only: readonly string[] | undefined): readonly Program[] {
    const unknown = only?.filter((name) => !programs.some((program) => program.name === name)) ?? [];
    if (unknown.length > 0) {
        const known = programs.map(({ name }) => name).join(", ");
        throw new Error(`The toolchain has no program named ${unknown.join(", ")}. It has ${known}.`);
    }
    return only === undefined ? programs : programs.filter(({ name }) => only.includes(name));
}

async function missing(wanted: readonly Program[], toolchain: Toolchain): Promise<string[]> {
    const paths = [...wanted.map(({ name }) => join(toolchain.binaries, name)), toolchain.fluxOperatorSource];
    const there = await Promise.all(paths.map(exists));
    return paths.filter((_, index) => !there[index]);
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

/** One key for everything that the binaries depend on. */
async function cacheKey(go: GoInstallation): Promise<string> {
    const hash = createHash("sha256").update(`${go.version} ${go.platform}\n`);
    for (const program of programs) {
        hash.update(`${program.name} ${program.package} ${JSON.stringify(program.variables?.("") ?? {})}\n`);
    }
    for (const folder of moduleFolders) {
        hash.update(await readFile(join(moduleFolder(folder), "go.mod")));
        hash.update(await readFile(join(moduleFolder(folder), "go.sum")));
    }
    return hash.digest("hex").slice(0, 16);
}

/** The version that each program's go.mod requires its module at. */
async function requiredVersions(): Promise<(name: string) => string> {
    const versions = new Map<string, string>();
    for (const { name, folder, module } of programs) {
        const lines = (await readFile(join(moduleFolder(folder), "go.mod"), "utf8")).split("\n");
        const words = lines.map((line) =>
            line
                .trim()
                .replace(/^require /, "")
                .split(/\s+/),
        );
        const version = words.find(([path, word]) => path === module && word?.startsWith("v"))?.[1];
        if (version === undefined) {
            throw new Error(
                `packages/toolchain/modules/${folder}/go.mod does not require ${module}, which ${name} is built from.`,
            );
        }
        versions.set(name, version);
    }
    return (name) => versions.get(name) ?? "";
}

async function removeHalfBinaries(binaries: string): Promise<void> {
    const names = (await exists(binaries)) ? await readdir(binaries) : [];
    const halves = names.filter((name) => name.endsWith(".tmp"));
    await Promise.all(halves.map((name) => rm(join(binaries, name), { recursive: true })));
}
