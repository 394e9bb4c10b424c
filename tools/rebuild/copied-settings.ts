import * as fs from "node:fs";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { isMap } from "../../components/gitops/encryption/read-value";
import type { Engine } from "./engine";

/** An encrypted setting, decrypted. */
export interface Secret {
    /** The path that `pulumi config set --path` takes. */
    readonly at: string;
    readonly value: string;
}

interface Setting {
    readonly value?: string;
    readonly objectValue?: unknown;
}

type Keys = readonly (string | number)[];

/**
 * Copies a stack's settings into a folder for a stack of the same name with another key: what is encrypted is empty in
 * the copy, and given back decrypted.
 */
export async function copySettings(engine: Engine, folder: string): Promise<readonly Secret[]> {
    const { stackFiles, stack } = engine.place;
    const file = `Pulumi.${stack}.yaml`;
    const { config } = (parse(fs.readFileSync(path.join(stackFiles, file), "utf8")) ?? {}) as { config?: unknown };
    const encrypted: Keys[] = [];
    // What else a stack's file has says how its own secrets are encrypted.
    const plain = stringify({ config: emptied(config ?? {}, [], encrypted) });
    fs.writeFileSync(path.join(folder, file), plain, { mode: 0o600 });
    fs.copyFileSync(path.join(stackFiles, "Pulumi.yaml"), path.join(folder, "Pulumi.yaml"));
    if (encrypted.length === 0) {
        return [];
    }
    const all = JSON.parse(await engine.output(["config", "--json", "--show-secrets"])) as Record<string, Setting>;
    return encrypted.map((keys) => ({ at: pathOf(keys), value: valueAt(all, keys) }));
}

function emptied(value: unknown, keys: Keys, encrypted: Keys[]): unknown {
    if (Array.isArray(value)) {
        return value.map((item, index) => emptied(item, [...keys, index], encrypted));
    }
    if (!isMap(value)) {
        return value;
    }
    if ("secure" in value) {
        encrypted.push(keys);
        return "";
    }
    return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, emptied(item, [...keys, key], encrypted)]),
    );
}

/** `["github:appAuth", "pemFile"]` is `github:appAuth.pemFile`. */
function pathOf([setting = "", ...rest]: Keys): string {
    return rest.reduce<string>(
        (text, key) => text + (typeof key === "number" ? `[${key}]` : `.${key}`),
        String(setting),
    );
}

function valueAt(all: Readonly<Record<string, Setting>>, [setting = "", ...rest]: Keys): string {
    const { value = "", objectValue } = all[setting] ?? {};
    return rest.length === 0
        ? value
        : String(rest.reduce<unknown>((inner, key) => (inner as Record<string | number, unknown>)[key], objectValue));
}
