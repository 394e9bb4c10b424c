import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { type Configuration, parseConfiguration, type Settings } from "../../components/settings/settings";

const root = join(__dirname, "..", "..");

/** The stacks whose settings are committed. */
export const stacks = ["staging", "production"] as const;

/** Has the shape that the settings check; decrypts nothing. */
export const placeholderPrivateKey =
    "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nxxxx\n-----END PGP PRIVATE KEY BLOCK-----\n";

/** Has the shape of a token; opens nothing. */
export const notAToken = "ghp_notatoken";

interface ConfigDeclaration {
    readonly type: string;
    readonly description: string;
    readonly default?: unknown;
}

/** The `config:` block of Pulumi.yaml. */
export function declaredConfig(): Record<string, ConfigDeclaration> {
    return (readYaml("Pulumi.yaml") as { config: Record<string, ConfigDeclaration> }).config;
}

/** The `config:` block of a committed stack file. */
export function stackConfig(stack: string): Record<string, unknown> {
    return (readYaml(`Pulumi.${stack}.yaml`) as { config: Record<string, unknown> }).config;
}

/**
 * What the program receives for a committed stack: the defaults of Pulumi.yaml, the stack file over them, and the
 * secrets; every value as a string, as the engine hands it over.
 */
export function rawConfig(stack: string): Record<string, unknown> {
    const defaults = Object.entries(declaredConfig()).flatMap(([key, { default: value }]) =>
        value === undefined ? [] : [[`landfall:${key}`, value] as const],
    );
    const values = { ...Object.fromEntries(defaults), ...stackConfig(stack) };
    const secrets = { "landfall:sopsPgpPrivateKey": placeholderPrivateKey, "github:token": notAToken };
    return Object.fromEntries(
        Object.entries({ ...values, ...secrets }).map(([key, value]) => [key, engineText(value)]),
    );
}

/** The configuration of a committed stack, with full keys replaced as given. */
export function configuration(stack: string, changes: Record<string, unknown> = {}): Configuration {
    const texts = Object.entries(changes).map(([key, value]) => [key, engineText(value)] as const);
    return parseConfiguration(stack, { ...rawConfig(stack), ...Object.fromEntries(texts) });
}

/** Its settings. */
export function settings(stack: string, changes: Record<string, unknown> = {}): Settings {
    return configuration(stack, changes).settings;
}

/** Settings that break one rule: what they change in those of staging, and what the refusal has to say. */
interface InvalidFixture {
    readonly name: string;
    readonly config: Record<string, unknown>;
    readonly expected: string;
}

/** The files of `test/fixtures/invalid`; line 1 of each is the refusal that its `config:` has to meet. */
export function invalidFixtures(): InvalidFixture[] {
    const folder = join(root, "test/fixtures/invalid");
    return readdirSync(folder).map((file) => {
        const text = readFileSync(join(folder, file), "utf8");
        const { config } = parse(text) as { config: Record<string, unknown> };
        return { name: file.replace(/\.yaml$/, ""), expected: /^# (.*)/.exec(text)?.[1] ?? "", config };
    });
}

/** A value as the engine hands it to a program. */
function engineText(value: unknown): string {
    return typeof value === "string" ? value : JSON.stringify(value);
}

export function readYaml(path: string): unknown {
    return parse(readFileSync(join(root, path), "utf8"));
}
