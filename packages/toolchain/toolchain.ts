import { createHash } from "node:crypto";
import { access, mkdir, readdir, readFile, readlink, rename, rm, stat, symlink } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { copyFluxOperator, removeHalfCopies } from "./flux-operator-source";
import { buildProgram, findGo, type GoInstallation } from "./go";
import { withLock } from "./lock";
import { run } from "./process";
import { type Program, programs, programsOnDemand } from "./programs";
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
 * Builds what is missing of the pinned Go programs: about 16 minutes on two cores the first time, 0.1 s when everything
 * is in the cache. Each set of versions, Go version and platform has a cache of its own.
 *
 * Throws when the cache is one that another user may write to, when Go, git or gpg is missing, when a name in `only` is
 * unknown, and when a program does not build.
 */
export async function ensureToolchain(options: ToolchainOptions): Promise<Toolchain> {
    const wanted = select(options.only);
    const cache = cacheFolder();
    await checkCache(cache);
    const go = await findPrograms();
    const directory = join(cache, "toolchain", await cacheKey(go, programs));
    const toolchain = toolchainIn(directory);
    const apart = await placesApart(wanted, join(cache, "toolchain"), go);
    if (!(await isAnyMissing(wanted, toolchain, apart))) {
        return toolchain;
    }
    await mkdir(directory, { recursive: true });
    await withLock(join(directory, "lock"), options.log, () =>
        build(directory, toolchain, wanted, apart, go, options.log),
    );
    return toolchain;
}

/** The folders of the programs that are built on demand. The toolchain's own has a link to each. */
async function placesApart(
    wanted: readonly Program[],
    cache: string,
    go: GoInstallation,
): Promise<ReadonlyMap<string, string>> {
    const places = wanted
        .filter((program) => programsOnDemand.includes(program))
        .map(async (program): Promise<[string, string]> => {
            return [program.name, join(cache, `${program.name}-${await cacheKey(go, [program])}`)];
        });
    return new Map(await Promise.all(places));
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
    apart: ReadonlyMap<string, string>,
    go: GoInstallation,
    log: (line: string) => void,
): Promise<void> {
    await Promise.all([binaries, ...apart.values()].map(removeHalfBinaries));
    const operatorFolder = join(directory, "flux-operator");
    await removeHalfCopies(operatorFolder);
    const versions = await requiredVersions();
    await copyFluxOperator(operatorFolder, moduleFolder("flux-operator"), versions("flux-operator"));
    for (const program of wanted) {
        const ownPlace = apart.get(program.name);
        const target = ownPlace ?? binaries;
        if (!(await isThere(join(target, program.name)))) {
            const place = `${String(wanted.indexOf(program) + 1).padStart(2)}/${wanted.length}`;
            log(`toolchain  ${place}  ${program.name} … ${duration(program.expectedSeconds)} expected`);
            const start = Date.now();
            const folder = program.folder === "flux-operator" ? operatorFolder : moduleFolder(program.folder);
            await buildProgram(program, versions(program.name), folder, target, go);
            log(`toolchain  ${place}  ${program.name} built in ${duration((Date.now() - start) / 1000)}`);
        }
        if (ownPlace !== undefined) {
            await linkTo(join(ownPlace, program.name), join(binaries, program.name));
        }
    }
}

/** Puts a link in the place of an older one. */
async function linkTo(target: string, link: string): Promise<void> {
    await mkdir(dirname(link), { recursive: true });
    const temporary = `${link}.${process.pid}.tmp`;
    await symlink(target, temporary);
    await rename(temporary, link);
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

async function isAnyMissing(
    wanted: readonly Program[],
    toolchain: Toolchain,
    apart: ReadonlyMap<string, string>,
): Promise<boolean> {
    const paths = [...wanted.map(({ name }) => join(toolchain.binaries, name)), toolchain.fluxOperatorSource];
    const there = await Promise.all(paths.map(isThere));
    const current = await Promise.all(
        [...apart].map(async ([name, place]) => {
            const target = await readlink(join(toolchain.binaries, name)).catch(() => "");
            return target === join(place, name);
        }),
    );
    return [...there, ...current].includes(false);
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
    }
    return hash.digest("hex").slice(0, 16);
}

/** The version that each program's go.mod requires its module at. */
async function requiredVersions(): Promise<(name: string) => string> {
    const versions = new Map<string, string>();
    for (const { name, folder, module } of [...programs, ...programsOnDemand]) {
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
    const names = (await isThere(binaries)) ? await readdir(binaries) : [];
    await Promise.all(names.filter((name) => name.endsWith(".tmp")).map((name) => rm(join(binaries, name))));
}

async function isThere(path: string): Promise<boolean> {
    return access(path).then(
        () => true,
        () => false,
    );
}

/** Programs that somebody else put into the cache would run as the user. Root's may be shared. */
async function checkCache(folder: string): Promise<void> {
    const found = await stat(folder).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "ENOENT") {
            throw error;
        }
        return undefined;
    });
    const user = process.getuid?.();
    if (found && user !== undefined && (![user, 0].includes(found.uid) || (found.mode & 0o002) !== 0)) {
        throw new ToolchainError(
            `${folder} is not yours alone, so what is in it may be another user's; set LANDFALL_CACHE to a folder of your own`,
        );
    }
}

/** `$LANDFALL_CACHE`, or `landfall` in `$XDG_CACHE_HOME` (`~/.cache`). */
function cacheFolder(): string {
    const { LANDFALL_CACHE, XDG_CACHE_HOME } = process.env;
    if (isSet(LANDFALL_CACHE)) {
        return LANDFALL_CACHE;
    }
    return join(isSet(XDG_CACHE_HOME) ? XDG_CACHE_HOME : join(homedir(), ".cache"), "landfall");
}

/** An empty variable counts as unset, as the XDG base directory specification says. */
function isSet(variable: string | undefined): variable is string {
    return variable !== undefined && variable !== "";
}

function duration(seconds: number): string {
    const whole = Math.round(seconds);
    return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
