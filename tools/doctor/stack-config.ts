import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { DoctorError } from "./doctor-error";

/** The configuration of a stack as the program would get it. */
export interface StackConfig {
    readonly project: string;
    /** Full keys to values. */
    readonly raw: Readonly<Record<string, unknown>>;
    /** Keys whose values are encrypted in the stack file. */
    readonly encrypted: readonly string[];
    /** Why the encrypted values are not there; undefined when they are, or when there are none. */
    readonly closed: string | undefined;
}

interface ProjectFile {
    readonly name: string;
    readonly config?: Readonly<Record<string, { readonly default?: unknown }>>;
}

/**
 * Reads the defaults of Pulumi.yaml and the stack file. What is encrypted in it only the stack decrypts: the Pulumi CLI is
 * asked, and before there is a stack, those values are left out.
 *
 * @throws DoctorError if there is no stack file, or if it is not YAML.
 */
export function readStackConfig(folder: string, stack: string): StackConfig {
    const project = readYaml(folder, "Pulumi.yaml") as ProjectFile;
    const name = `Pulumi.${stack}.yaml`;
    if (!fs.existsSync(path.join(folder, name))) {
        const stacks = fs.readdirSync(folder).flatMap((file) => /^Pulumi\.([\w-]+)\.yaml$/.exec(file)?.[1] ?? []);
        throw new DoctorError(`--stack ${stack}: there is no ${name}; stacks are ${stacks.sort().join(", ")}`);
    }
    const { config = {} } = (readYaml(folder, name) ?? {}) as { config?: Record<string, unknown> };
    const defaults = Object.entries(project.config ?? {}).flatMap(([key, { default: value }]) =>
        value === undefined ? [] : [[`${project.name}:${key}`, value] as const],
    );
    const encrypted = Object.keys(config).filter((key) => isEncrypted(config[key]));
    const plain = Object.entries(config).filter(([key]) => !encrypted.includes(key));
    const secrets = encrypted.length === 0 ? {} : decrypted(folder, stack, encrypted);
    const closed = typeof secrets === "string" ? secrets : undefined;
    return {
        project: project.name,
        raw: Object.fromEntries([
            ...defaults,
            ...plain,
            ...(typeof secrets === "string" ? [] : Object.entries(secrets)),
        ]),
        encrypted,
        closed,
    };
}

function isEncrypted(value: unknown): boolean {
    return typeof value === "object" && value !== null && "secure" in value;
}

/** The values of the keys, or what the CLI says instead. */
function decrypted(folder: string, stack: string, keys: readonly string[]): Record<string, unknown> | string {
    const args = ["config", "--json", "--show-secrets", "--non-interactive", "--stack", stack, "--cwd", folder];
    const { error, status, stdout, stderr } = spawnSync("pulumi", args, { encoding: "utf8" });
    if (error || status !== 0) {
        return (error?.message ?? stderr.trim()).split("\n")[0] ?? "";
    }
    const all = JSON.parse(stdout) as Record<string, { value?: string }>;
    return Object.fromEntries(keys.map((key) => [key, all[key]?.value]));
}

function readYaml(folder: string, file: string): unknown {
    try {
        return parse(fs.readFileSync(path.join(folder, file), "utf8"));
    } catch (error) {
        throw new DoctorError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
    }
}
