import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Checkout } from "../test/support/checkout";
import { BenchError } from "./bench-error";
import { engineEnvironment, stackFolder } from "@landfall/sandbox";

export interface EngineRun {
    readonly seconds: number;
    readonly githubCalls: number;
    readonly azureCalls: number;
}

/** `pulumi up` of the checkout's own program, on a stack that `npm start` has made. */
export function updatePlatform(checkout: Checkout, stack: string): Promise<EngineRun> {
    const settings = path.join(stackFolder(checkout.sandbox), `Pulumi.${stack}.yaml`);
    return update(checkout, checkout.path(""), stack, ["--config-file", settings]);
}

/** A Pulumi program of the bench, in a stack of its own. */
export class Program {
    constructor(
        private readonly checkout: Checkout,
        /** Its folder, with a Pulumi.yaml. */
        private readonly folder: string,
        private readonly stack: string,
    ) {}

    async create(settings: Readonly<Record<string, string>> = {}): Promise<void> {
        await pulumi(this.checkout, this.folder, ["stack", "init", this.stack]);
        for (const [name, value] of Object.entries(settings)) {
            await pulumi(this.checkout, this.folder, ["config", "set", "--stack", this.stack, name, value]);
        }
    }

    /** @param parallel how many resources the engine works on at a time; default: its own choice. */
    update(parallel?: number): Promise<EngineRun> {
        const args = parallel === undefined ? [] : ["--parallel", String(parallel)];
        return update(this.checkout, this.folder, this.stack, args);
    }
}

/** A program without a resource, the least that an update can be. */
export function writeEmptyProgram(checkout: Checkout): string {
    const folder = path.join(checkout.directory, "empty");
    fs.mkdirSync(folder);
    fs.symlinkSync(checkout.path("node_modules"), path.join(folder, "node_modules"));
    // As the platform's own program is loaded.
    for (const part of ["package.json", "tsconfig.json", "tsconfig.pulumi.json", "tools/program"]) {
        fs.cpSync(checkout.path(part), path.join(folder, part), { recursive: true });
    }
    const options = "{ tsconfig: tsconfig.pulumi.json }";
    fs.writeFileSync(
        path.join(folder, "Pulumi.yaml"),
        `name: empty\nruntime: { name: nodejs, options: ${options} }\nmain: index.ts\n`,
    );
    fs.writeFileSync(path.join(folder, "index.ts"), "export {};\n");
    return folder;
}

async function update(checkout: Checkout, folder: string, stack: string, args: string[]): Promise<EngineRun> {
    const before = (await checkout.status()).calls;
    const started = performance.now();
    await pulumi(checkout, folder, ["up", "--yes", "--skip-preview", "--stack", stack, ...args]);
    const seconds = (performance.now() - started) / 1000;
    const after = (await checkout.status()).calls;
    return { seconds, githubCalls: after.github - before.github, azureCalls: after.azure - before.azure };
}

function pulumi(checkout: Checkout, cwd: string, args: readonly string[]): Promise<void> {
    const env = engineEnvironment(checkout.sandbox, checkout.session());
    return new Promise((resolve, reject) => {
        const child = spawn("pulumi", [...args, "--non-interactive"], { cwd, env });
        let output = "";
        for (const stream of [child.stdout, child.stderr]) {
            stream.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
        }
        child.once("error", reject);
        child.once("close", (code) => {
            if (code === 0) {
                resolve();
            } else {
                reject(new BenchError(`pulumi ${args.join(" ")} in ${cwd}:\n${output}`));
            }
        });
    });
}
