import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isContent } from "./kubeconfig";
import type { KubernetesSettings } from "./settings";

/** Helm's own exit: what it printed to stderr. */
export class HelmError extends Error {}

/** Runs the `helm` on PATH, version 4, against the cluster of `settings`. */
export class Helm {
    constructor(
        private readonly settings: KubernetesSettings,
        private readonly signal: AbortSignal,
    ) {}

    /**
     * Runs helm with `args`, and with `values` as a values file when given; gives what it prints.
     *
     * Kubeconfig and values are secrets: they go by files of mode 0600 in a folder that is removed afterwards. The
     * user's own Helm repositories and registry logins are not used.
     *
     * @throws HelmError when helm fails, an Error when there is none.
     */
    async run(args: readonly string[], values?: object): Promise<string> {
        const folder = await mkdtemp(join(tmpdir(), "landfall-helm-"));
        try {
            const flags = [
                ...(await this.connection(folder)),
                ...(values ? ["--values", await valuesFile(folder, values)] : []),
            ];
            const home = { HELM_CACHE_HOME: folder, HELM_CONFIG_HOME: folder, HELM_DATA_HOME: folder };
            return await execute([...args, ...flags], { ...process.env, ...home }, this.signal);
        } finally {
            await rm(folder, { recursive: true, force: true });
        }
    }

    private async connection(folder: string): Promise<string[]> {
        const { kubeconfig, context } = this.settings;
        const selected = context === undefined ? [] : ["--kube-context", context];
        if (kubeconfig === undefined) {
            return selected;
        }
        if (!isContent(kubeconfig)) {
            return [...selected, "--kubeconfig", kubeconfig];
        }
        const path = join(folder, "kubeconfig");
        await writeFile(path, kubeconfig, { mode: 0o600 });
        return [...selected, "--kubeconfig", path];
    }
}

async function valuesFile(folder: string, values: object): Promise<string> {
    const path = join(folder, "values.json");
    await writeFile(path, JSON.stringify(values), { mode: 0o600 });
    return path;
}

function execute(args: readonly string[], env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<string> {
    return new Promise((resolve, reject) => {
        const child = spawn("helm", args, { env, stdio: ["ignore", "pipe", "pipe"] });
        // Helm records the release as failed before it ends.
        const stop = (): void => void child.kill("SIGTERM");
        signal.addEventListener("abort", stop);
        const output: Buffer[] = [];
        const errors: Buffer[] = [];
        child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
        child.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
        child.on("error", (error: NodeJS.ErrnoException) =>
            reject(error.code === "ENOENT" ? new Error("There is no helm on PATH: install Helm 4.") : error),
        );
        child.on("close", (code) => {
            signal.removeEventListener("abort", stop);
            if (code === 0) {
                resolve(Buffer.concat(output).toString("utf8"));
            } else {
                reject(new HelmError(reason(Buffer.concat(errors).toString("utf8"))));
            }
        });
    });
}

/** The error itself, without the log lines before it. */
function reason(text: string): string {
    const start = text.lastIndexOf("Error: ");
    return text.slice(start < 0 ? 0 : start + "Error: ".length).trim();
}
