import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { run } from "./process";
import type { Program } from "./programs";
import { ToolchainError } from "./toolchain-error";

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
        // The compilers allocate for seconds and end: collecting rarely saves a sixth of their time.
        GOGC: process.env.GOGC ?? "400",
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

/**
 * Builds a program in `moduleFolder` and puts it into `binaries` under its name, completely or not at all.
 *
 * Throws with the end of the compiler's output.
 */
export async function buildProgram(
    program: Program,
    version: string,
    moduleFolder: string,
    binaries: string,
    go: GoInstallation,
): Promise<void> {
    await mkdir(binaries, { recursive: true });
    const temporary = join(binaries, `.${program.name}.${process.pid}.tmp`);
    const variables = Object.entries(program.variables?.(version) ?? {}).map(([name, value]) => `-X ${name}=${value}`);
    // Go's cache depends on the exact text of `-ldflags`, so it has no extra spaces.
    const tags = program.tags === undefined ? [] : [`-tags=${program.tags.join(",")}`];
    const flags = [...tags, `-ldflags=${["-s", "-w", ...variables].join(" ")}`];
    const args = ["build", ...flags, "-o", temporary, program.package];
    const outcome = await run("go", args, { cwd: moduleFolder, env: goEnvironment(go.toolchain) });
    if (outcome.signal !== null) {
        throw new ToolchainError(`Building ${program.name} was interrupted (${outcome.signal}).`);
    }
    if (outcome.code !== 0) {
        const lines = outcome.stderr.trim().split("\n").slice(-20).join("\n    ");
        throw new ToolchainError(`Go could not build ${program.name} ${version} (${program.package}):\n    ${lines}`);
    }
    await rename(temporary, join(binaries, program.name));
}
