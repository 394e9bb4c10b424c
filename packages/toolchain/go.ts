import { mkdir, rename, rm } from "node:fs/promises";
import { totalmem } from "node:os";
import { join } from "node:path";
import { type Outcome, run } from "./process";
import type { Program } from "./programs";
import { ToolchainError } from "./toolchain-error";

/**
 * Whether the machine has memory for several compilers at a time that rarely collect: the largest package takes 1.5 GB
 * then.
 */
export const hasRoom = totalmem() >= 12 * 1024 ** 3;

/**
 * The environment of every Go command. Builds depend on the committed go.mod and go.sum. Of the user's own settings
 * only GOPROXY, where modules come from, GOGC and the places of Go's caches count.
 */
function goEnvironment(toolchain: string): NodeJS.ProcessEnv {
    return {
        ...process.env,
        GOFLAGS: "-mod=readonly -buildvcs=false -trimpath",
        GOTOOLCHAIN: toolchain,
        GOWORK: "off",
        GOOS: "",
        GOARCH: "",
        // The compilers allocate for seconds and end: collecting rarely saves a sixth of their time, if there is room.
        GOGC: process.env.GOGC ?? (hasRoom ? "400" : "100"),
        // The checksum database does not know these. With -mod=readonly they must be in go.sum.
        GONOSUMDB: "github.com/fluxcd/*,github.com/google/*,github.com/controlplaneio-fluxcd/*,github.com/Azure/*",
    };
}

export interface GoInstallation {
    /** As in `go1.26.8`. */
    readonly version: string;
    /** As in `linux/amd64`. */
    readonly platform: string;
    /** The value of GOTOOLCHAIN that gives this version. */
    readonly toolchain: string;
}

/**
 * Go's release line that compiles the programs. kube-apiserver 1.36 built with Go 1.27 serves no OpenAPI v3: its types
 * depend on what encoding/json did before.
 */
const goLine = [1, 26] as const;

/** What another Go fetches in its place, through GOPROXY. */
const fetchedToolchain = "go1.26.8";

/** The first release that fetches another one. */
const oldestGo = [1, 21] as const;

/**
 * Finds Go, and has it fetch the release that the programs are compiled with when it is another one.
 *
 * Throws, with what to do, when Go is not on PATH, too old to fetch another one, or cannot fetch it.
 */
export async function findGo(): Promise<GoInstallation> {
    const local = await goVersion("local");
    const [, major, minor] = (/^go(\d+)\.(\d+)/.exec(local.version) ?? []).map(Number);
    if (major === undefined || minor === undefined || (major === goLine[0] && minor === goLine[1])) {
        // A development build has no version. It counts as the right one.
        return local;
    }
    if (major < oldestGo[0] || (major === oldestGo[0] && minor < oldestGo[1])) {
        throw new Error(`The sandbox's programs need another Go than ${local.version}. ${wanted}.`);
    }
    return goVersion(fetchedToolchain);
}

const wanted =
    `Install Go ${goLine.join(".")} and put its bin folder on PATH; ` +
    `any Go from ${oldestGo.join(".")} on fetches ${fetchedToolchain} by itself`;

async function goVersion(toolchain: string): Promise<GoInstallation> {
    const args = ["env", "-json", "GOVERSION", "GOOS", "GOARCH"];
    const outcome = await run("go", args, { env: goEnvironment(toolchain) }).catch((error: Error) => {
        throw new Error(
            `The sandbox builds its programs with Go, which could not be run: ${error.message}. ${wanted}.`,
        );
    });
    if (outcome.code !== 0) {
        throw new ToolchainError(`"go env" failed: ${outcome.stderr.trim()}. ${wanted}.`);
    }
    const { GOVERSION, GOOS, GOARCH } = JSON.parse(outcome.stdout) as Record<"GOVERSION" | "GOOS" | "GOARCH", string>;
    return { version: GOVERSION, platform: `${GOOS}/${GOARCH}`, toolchain };
}

/** Where Go keeps what it builds and what it downloads. */
export async function goCaches(): Promise<{ readonly builds: string; readonly modules: string }> {
    const { stdout } = await run("go", ["env", "-json", "GOCACHE", "GOMODCACHE"], { env: goEnvironment("local") });
    const { GOCACHE, GOMODCACHE } = JSON.parse(stdout) as Record<"GOCACHE" | "GOMODCACHE", string>;
    return { builds: GOCACHE, modules: GOMODCACHE };
}

/** Downloads one module, and checks it against `sum` (as in go.sum). Gives its read-only folder in the module cache. */
export async function downloadModule(path: string, version: string, sum: string, cwd: string): Promise<string> {
    const args = ["mod", "download", "-json", `${path}@${version}`];
    // -mod=readonly is for builds. This command must not look for an entry in go.sum. Go downloads a module only with a
    // release that is new enough for it.
    const outcome = await run("go", args, { cwd, env: { ...goEnvironment("auto"), GOFLAGS: "-mod=mod" } });
    const answer =
        outcome.stdout === "" ? {} : (JSON.parse(outcome.stdout) as { Dir?: string; Sum?: string; Error?: string });
    if (outcome.code !== 0 || answer.Dir === undefined) {
        throw new ToolchainError(`Go could not download ${path}@${version}: ${answer.Error ?? outcome.stderr.trim()}`);
    }
    if (answer.Sum !== sum) {
        throw new ToolchainError(
            `${path}@${version} has the checksum ${answer.Sum}, and ${sum} is expected: it is not used.`,
        );
    }
    return answer.Dir;
}

/** What hears how far a build is. */
export interface BuildListener {
    /** The number of packages that the programs consist of. */
    readonly packages: (count: number) => void;
    /** One of them is compiled; those in Go's cache are not. */
    readonly compiled: () => void;
}

/**
 * Builds programs of one module, side by side, and puts each into `binaries` under its name, completely or not at all.
 * Interrupted, the next build goes on with what Go's cache holds.
 *
 * Throws with the end of the compiler's output.
 */
export async function buildPrograms(
    programs: readonly Program[],
    version: (name: string) => string,
    moduleFolder: string,
    binaries: string,
    go: GoInstallation,
    listener: BuildListener,
): Promise<void> {
    const names = programs.map(({ name }) => name).join(", ");
    const options = { cwd: moduleFolder, env: goEnvironment(go.toolchain) };
    const packages = programs.map((program) => program.package);
    const tags = `-tags=${programs.flatMap((program) => program.tags ?? []).join(",")}`;
    const listed = await run("go", ["list", "-deps", tags, ...packages], options);
    check(listed, names);
    const known = new Set(listed.stdout.trim().split("\n"));
    listener.packages(known.size);
    const temporary = join(binaries, `.${process.pid}.${programs[0]?.name}.tmp`);
    await mkdir(temporary, { recursive: true });
    try {
        // Go prints each package that it compiles, among the messages of the compiler.
        const errors: string[] = [];
        const onLine = (line: string) => (known.has(line) ? listener.compiled() : void errors.push(line));
        // Nobody debugs these programs, and what debuggers want is a tenth of the compilers' work.
        const flags = ["-v", "-gcflags=all=-dwarf=false", tags, linkerFlags(programs, version)];
        const outcome = await run("go", ["build", ...flags, "-o", `${temporary}/`, ...packages], {
            ...options,
            onLine,
        });
        check({ ...outcome, stderr: errors.join("\n") }, names);
        for (const program of programs) {
            await rename(join(temporary, executableOf(program.package)), join(binaries, program.name));
        }
    } finally {
        await rm(temporary, { recursive: true });
    }
}

/** Of all the programs: the linker passes over variables of packages that a program does not have. */
function linkerFlags(programs: readonly Program[], version: (name: string) => string): string {
    const variables = programs.flatMap((program) => Object.entries(program.variables?.(version(program.name)) ?? {}));
    const distinct = new Set(variables.map(([name, value]) => `-X ${name}=${value}`));
    // The linker keeps what is inside of Go's library from other packages: modules/kubernetes/own-peers has one.
    return `-ldflags=${["-s", "-w", "-checklinkname=0", ...distinct].join(" ")}`;
}

/** The name that Go gives the program of a package: the last part of its path that is not a major version. */
function executableOf(path: string): string {
    return path.split("/").findLast((part) => !/^v\d+$/.test(part)) ?? path;
}

function check({ code, signal, stderr }: Outcome, names: string): void {
    if (signal !== null) {
        throw new ToolchainError(`Building ${names} was interrupted (${signal}).`);
    }
    if (code !== 0) {
        const lines = stderr.trim().split("\n").slice(-20).join("\n    ");
        throw new ToolchainError(`Go could not build ${names}:\n    ${lines}`);
    }
}
