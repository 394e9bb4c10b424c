import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { run } from "./process";
import type { Program } from "./programs";
import { ToolchainError } from "./toolchain-error";

/**
 * The environment of every Go command. Builds depend on the committed go.mod and go.sum. Of the user's own settings
 * only GOPROXY, where modules come from, and the places of Go's caches count.
 */
function goEnvironment(): NodeJS.ProcessEnv {
    return {
        ...process.env,
        GOFLAGS: "-mod=readonly -buildvcs=false -trimpath",
        GOTOOLCHAIN: "local",
        GOWORK: "off",
        GOOS: "",
        GOARCH: "",
        // The checksum database does not know these. With -mod=readonly they must be in go.sum.
        GONOSUMDB: "github.com/fluxcd/*,github.com/google/*,github.com/controlplaneio-fluxcd/*",
    };
}

export interface GoInstallation {
    /** As in `go1.26.8`. */
    readonly version: string;
    /** As in `linux/amd64`. */
    readonly platform: string;
}

const oldestGo = [1, 26] as const;

/** Throws, with what to do, when Go is not on PATH or too old for the pinned modules. */
export async function findGo(): Promise<GoInstallation> {
    const wanted = `Install Go ${oldestGo.join(".")} or newer and put its bin folder on PATH`;
    const outcome = await run("go", ["env", "-json", "GOVERSION", "GOOS", "GOARCH"], { env: goEnvironment() }).catch(
        (error: Error) => {
            throw new Error(
                `The sandbox builds its programs with Go, which could not be run: ${error.message}. ${wanted}.`,
            );
        },
    );
    if (outcome.code !== 0) {
        throw new ToolchainError(`"go env" failed: ${outcome.stderr.trim()}`);
    }
    const { GOVERSION, GOOS, GOARCH } = JSON.parse(outcome.stdout) as Record<"GOVERSION" | "GOOS" | "GOARCH", string>;
    const [, major, minor] = (/^go(\d+)\.(\d+)/.exec(GOVERSION) ?? []).map(Number);
    // A development build has no version. It counts as new enough.
    if (major !== undefined && minor !== undefined) {
        if (major < oldestGo[0] || (major === oldestGo[0] && minor < oldestGo[1])) {
            throw new Error(
                `The sandbox's programs need Go ${oldestGo.join(".")}, and this is ${GOVERSION}. ${wanted}.`,
            );
        }
    }
    return { version: GOVERSION, platform: `${GOOS}/${GOARCH}` };
}

/** Downloads one module, and checks it against `sum` (as in go.sum). Gives its read-only folder in the module cache. */
export async function downloadModule(path: string, version: string, sum: string, cwd: string): Promise<string> {
    const args = ["mod", "download", "-json", `${path}@${version}`];
    // -mod=readonly is for builds. This command must not look for an entry in go.sum.
    const outcome = await run("go", args, { cwd, env: { ...goEnvironment(), GOFLAGS: "-mod=mod" } });
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
): Promise<void> {
    await mkdir(binaries, { recursive: true });
    const temporary = join(binaries, `.${program.name}.${process.pid}.tmp`);
    const variables = Object.entries(program.variables?.(version) ?? {}).map(([name, value]) => `-X ${name}=${value}`);
    // Go's cache depends on the exact text of `-ldflags`, so it has no extra spaces.
    const args = ["build", `-ldflags=${["-s", "-w", ...variables].join(" ")}`, "-o", temporary, program.package];
    const outcome = await run("go", args, { cwd: moduleFolder, env: goEnvironment() });
    if (outcome.signal !== null) {
        throw new ToolchainError(`Building ${program.name} was interrupted (${outcome.signal}).`);
    }
    if (outcome.code !== 0) {
        const lines = outcome.stderr.trim().split("\n").slice(-20).join("\n    ");
        throw new ToolchainError(`Go could not build ${program.name} ${version} (${program.package}):\n    ${lines}`);
    }
    await rename(temporary, join(binaries, program.name));
}
