import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type ProgramInfo, type RunRequest, RunResponse } from "@pulumi/pulumi/proto/language_pb";

/** What the program runner exits with once it has shown the error itself (`@pulumi/pulumi/cmd/run/index.js`). */
const errorAlreadyShown = 32;

/** Runs programs, each in a process of its own that ends with this one. */
export class ProgramRunner {
    readonly #running = new Set<ChildProcess>();

    constructor() {
        process.on("exit", () => this.cancel());
    }

    cancel(): void {
        for (const child of this.#running) {
            child.kill();
        }
    }

    /** Runs the program to its end; its output goes to this process's own, which the engine shows. */
    async run(request: RunRequest, engineAddress: string): Promise<RunResponse> {
        const info = request.getInfo();
        if (!info) {
            throw new Error("The engine gave no program to run: it is older than this language host supports.");
        }
        const directory = info.getProgramDirectory();
        const { nodeArguments, environment } = runtimeOptions(info);
        const child = spawn(
            process.execPath,
            [...nodeArguments, runnerPath(directory), ...runnerArguments(request, info, engineAddress)],
            {
                cwd: directory,
                env: { ...environment, ...configuration(request) },
                stdio: ["ignore", "inherit", "inherit"],
            },
        );
        this.#running.add(child);
        try {
            return await ended(child);
        } finally {
            this.#running.delete(child);
        }
    }
}

function runnerPath(directory: string): string {
    try {
        return createRequire(join(directory, "package.json")).resolve("@pulumi/pulumi/cmd/run");
    } catch {
        throw new Error(
            `The package @pulumi/pulumi is not installed for the program in ${directory}: run npm ci there.`,
        );
    }
}

function runnerArguments(request: RunRequest, info: ProgramInfo, engineAddress: string): string[] {
    const flags = {
        monitor: request.getMonitorAddress(),
        engine: engineAddress,
        organization: request.getOrganization(),
        project: request.getProject(),
        "root-directory": info.getRootDirectory(),
        stack: request.getStack(),
        pwd: info.getProgramDirectory(),
        parallel: String(request.getParallel()),
    };
    const given = Object.entries(flags).filter(([, value]) => value !== "");
    return [
        ...given.flatMap(([name, value]) => [`--${name}`, value]),
        ...(request.getDryrun() ? ["--dry-run"] : []),
        "--query-mode",
        String(request.getQuerymode()),
        info.getEntryPoint(),
        ...request.getArgsList(),
    ];
}

/** What `runtime.options` in Pulumi.yaml asks for. */
function runtimeOptions(info: ProgramInfo): { nodeArguments: string[]; environment: NodeJS.ProcessEnv } {
    const options = (info.getOptions()?.toJavaScript() ?? {}) as {
        typescript?: boolean;
        nodeargs?: string;
        tsconfig?: string;
    };
    return {
        nodeArguments: options.nodeargs?.split(" ").filter((argument) => argument !== "") ?? [],
        environment: {
            ...process.env,
            ...(options.typescript === false ? {} : { PULUMI_NODEJS_TYPESCRIPT: "true" }),
            ...(options.tsconfig ? { PULUMI_NODEJS_TSCONFIG_PATH: options.tsconfig } : {}),
        },
    };
}

function configuration(request: RunRequest): NodeJS.ProcessEnv {
    return {
        PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().entries())),
        PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
    };
}

function ended(child: ChildProcess): Promise<RunResponse> {
    return new Promise((resolve, reject) => {
        child.on("error", reject);
        child.on("close", (code, signal) => {
            if (code === 0) {
                resolve(new RunResponse());
            } else if (code === errorAlreadyShown) {
                resolve(new RunResponse().setBail(true));
            } else {
                const end = signal ? `was ended by ${signal}` : `exited with code ${code}`;
                resolve(new RunResponse().setError(`The program ${end}; its output above says why.`));
            }
        });
    });
}
