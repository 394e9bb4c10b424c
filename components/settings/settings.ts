import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { UserError } from "../user-error";
import { type GitHubApp, type GitHubLogin, isProblem, parseGitHubLogin } from "./github-login";
import { namesInYaml } from "./names-in-yaml";
import { nearest } from "./nearest";
import { crossCheck, type Problem } from "./settings-rules";
import { nestedKeys, settingKeys, settingsSchema, type SettingValues } from "./settings-schema";

const namespace = "landfall";
const privateKey = `${namespace}:sopsPgpPrivateKey`;
const appKey = `${namespace}:fluxAppPrivateKey`;
const tokenSetting = "github:token";
const appSetting = "github:appAuth";

/**
 * What a stack is to be, checked: every key of the `landfall:` namespace but the secret one, and what it takes of
 * others.
 */
export interface Settings extends Omit<
    SettingValues,
    | "clusterLocation"
    | "environment"
    | "fleetRepository"
    | "fleetBranch"
    | "sopsPgpPrivateKey"
    | "fluxAppId"
    | "fluxAppInstallationId"
    | "fluxAppPrivateKey"
> {
    /** The stack's name. */
    readonly stack: string;
    /** The folder of `gitops/clusters` that this stack runs; the stack's name unless set. */
    readonly environment: string;
    /** The repository that this stack's Flux reads, without its owner; `fleet-<environment>` unless set. */
    readonly fleetRepository: string;
    /** The branch of the fleet repository that this stack reads; the environment unless set. */
    readonly fleetBranch: string;
    /** Azure region in its short form, such as `westeurope`; from `azure-native:location`. */
    readonly location: string;
    /** The region of what a rebuild replaces; `location` unless set. */
    readonly clusterLocation: string;
    /** The GitHub user or organisation that owns the fleet repository; from `github:owner` or GITHUB_OWNER. */
    readonly githubOwner: string;
}

/**
 * The secrets of a stack's configuration, in plain text: the program checks and uses them before there is a resource.
 * A resource gets them as Pulumi secrets only.
 */
export interface Secrets {
    /** ASCII-armored PGP private key that decrypts the tree. */
    readonly sopsPgpPrivateKey: string;
    /** From `github:appAuth`, `github:token` or GITHUB_TOKEN. */
    readonly githubLogin: GitHubLogin;
    /** The GitHub App that Flux reads the fleet repository as; undefined if it has a deploy key. */
    readonly fluxApp: GitHubApp | undefined;
}

export interface Configuration {
    readonly settings: Settings;
    readonly secrets: Secrets;
}

/** One node pool besides the system pool; a pool with zones becomes one AKS pool a zone. */
export type UserPool = SettingValues["userPools"][string];

/** A stack file that cannot be deployed. The message has one line a problem; Pulumi prints it without a stack trace. */
export class SettingsError extends UserError {
    constructor(
        stack: string,
        readonly problems: readonly Problem[],
    ) {
        const lines = problems.map((problem) => `  ${problem.key}: ${problem.message}`);
        super([`Stack ${stack} cannot be deployed with these settings:`, ...lines].join("\n"));
        this.name = "SettingsError";
    }
}

/** Reads this stack's configuration. Throws SettingsError with every problem at once. */
export function loadConfiguration(): Configuration {
    const { GITHUB_OWNER: owner, PULUMI_CONFIG_SECRET_KEYS: encrypted } = process.env;
    const raw = { ...(owner ? { "github:owner": owner } : {}), ...pulumi.runtime.allConfig() };
    // The engine names the keys that it had to decrypt; without an engine there is no such list.
    const keys = encrypted === undefined ? undefined : (JSON.parse(encrypted) as string[]);
    return parseConfiguration(pulumi.getStack(), raw, keys, process.env.GITHUB_TOKEN);
}

/**
 * Checks the raw configuration of a stack: full keys (`landfall:vnetCidr`, `azure-native:location`) to values, as the
 * engine hands them over (strings, structured values as JSON) or as a stack file has them. Defaults are not filled in
 * here: the engine has done so from Pulumi.yaml. `encrypted` names the keys whose values are encrypted in the stack
 * file; by default every secret counts as such. Throws SettingsError with every problem at once.
 */
export function parseConfiguration(
    stack: string,
    raw: Record<string, unknown>,
    encrypted: readonly string[] = [privateKey, tokenSetting, appSetting, appKey],
    tokenFromEnvironment?: string,
): Configuration {
    const { settings, secrets, problems } = readConfiguration(stack, raw, encrypted, tokenFromEnvironment);
    const { sopsPgpPrivateKey, githubLogin, fluxApp } = secrets;
    if (problems.length > 0 || !settings || sopsPgpPrivateKey === undefined || githubLogin === undefined) {
        throw new SettingsError(stack, problems);
    }
    return { settings, secrets: { sopsPgpPrivateKey, githubLogin, fluxApp } };
}

/** What a raw configuration says, as far as it is right. */
interface ConfigurationReading {
    /** Undefined if one of them is wrong. */
    readonly settings: Settings | undefined;
    /** Those that are set, and what they have to be. */
    readonly secrets: Partial<Secrets>;
    readonly problems: readonly Problem[];
}

/** The same, for whoever goes on with what is right: before there is a stack, it has no secrets. */
export function readConfiguration(
    stack: string,
    raw: Record<string, unknown>,
    encrypted: readonly string[],
    tokenFromEnvironment: string | undefined,
): ConfigurationReading {
    const own = withoutNamespace(raw);
    const others = Object.fromEntries(Object.entries(own).filter(([key]) => key !== "sopsPgpPrivateKey"));
    const all = settingsSchema.safeParse(own, { error: explain });
    const shown = settingsSchema.omit({ sopsPgpPrivateKey: true }).safeParse(others).data;
    const location = parseLocation(raw["azure-native:location"]);
    const githubOwner = parseOwner(raw["github:owner"]);
    const githubLogin = parseGitHubLogin({
        token: raw[tokenSetting],
        appAuth: raw[appSetting],
        fromEnvironment: tokenFromEnvironment,
    });
    const joined = shown ? [...crossCheck(shown), ...namesInYaml(stack, shown)] : [];
    const problems = [
        ...(all.error?.issues ?? []).flatMap((issue) => toProblems(stack, issue)),
        ...plainTexts(stack, raw, encrypted),
        ...joined,
        ...[location, githubOwner].filter((value): value is Problem => typeof value !== "string"),
        ...(isProblem(githubLogin) ? [githubLogin] : []),
    ];
    const secrets = {
        ...(all.data ? { sopsPgpPrivateKey: all.data.sopsPgpPrivateKey } : {}),
        ...(isProblem(githubLogin) ? {} : { githubLogin }),
    };
    if (!shown || typeof location !== "string" || typeof githubOwner !== "string" || joined.length > 0) {
        return { settings: undefined, secrets, problems };
    }
    const { fluxAppId: id, fluxAppInstallationId: installationId, fluxAppPrivateKey: appPrivateKey, ...open } = shown;
    const fluxApp =
        id && installationId && appPrivateKey ? { id, installationId, privateKey: appPrivateKey } : undefined;
    const environment = shown.environment ?? stack;
    const fleetRepository = shown.fleetRepository ?? `fleet-${environment}`;
    const fleetBranch = shown.fleetBranch ?? environment;
    const clusterLocation = shown.clusterLocation ?? location;
    const names = { stack, environment, fleetRepository, fleetBranch, githubOwner };
    const settings = { ...open, ...names, location, clusterLocation };
    return { settings, secrets: { ...secrets, fluxApp }, problems };
}

function withoutNamespace(raw: Record<string, unknown>): Record<string, unknown> {
    const prefix = `${namespace}:`;
    const entries = Object.entries(raw).filter(([key]) => key.startsWith(prefix));
    return Object.fromEntries(entries.map(([key, value]) => [key.slice(prefix.length), value]));
}

function parseLocation(value: unknown): string | Problem {
    const location = typeof value === "string" ? value.toLowerCase().replaceAll(" ", "") : "";
    if (/^[a-z]+[a-z0-9]*$/.test(location)) {
        return location;
    }
    const message = "names no Azure region; set one: pulumi config set azure-native:location westeurope";
    return { key: "azure-native:location", message };
}

function parseOwner(value: unknown): string | Problem {
    // GitHub appends _<short code> to the names of Enterprise Managed Users, and some old names end in a hyphen.
    if (typeof value === "string" && /^[A-Za-z0-9](-?[A-Za-z0-9])*-?(_[A-Za-z0-9]+)?$/.test(value)) {
        return value;
    }
    const message =
        "names no GitHub user or organisation; set the owner of the fleet repository: pulumi config set github:owner <name>";
    return { key: "github:owner", message };
}

/** The message of an issue whose schema has none of its own. Shows a value only where it cannot be a secret. */
function explain(issue: z.core.$ZodRawIssue): string {
    if (issue.code === "invalid_value") {
        const options = `write ${issue.values.map(String).join(" or ")}`;
        return issue.input === undefined
            ? `is not set; ${options}`
            : `${JSON.stringify(issue.input)} is not allowed; ${options}`;
    }
    if (issue.code === "invalid_type") {
        const expected = issue.expected === "boolean" ? "true or false" : `of type ${issue.expected}`;
        return issue.input === undefined ? "is not set" : `is not ${expected}`;
    }
    return `is not allowed (${issue.code})`;
}

function toProblems(stack: string, issue: z.core.$ZodIssue): Problem[] {
    const key = settingKey(issue.path);
    if (issue.code === "unrecognized_keys") {
        return issue.keys.map((name) => unknownKey(issue.path, name));
    }
    if (issue.code === "invalid_key") {
        return issue.issues.map((inner) => ({ key, message: inner.message }));
    }
    if (issue.path[0] === "sopsPgpPrivateKey") {
        return [{ key, message: `${issue.message}; set the key that decrypts the tree: ${setPrivateKey(stack)}` }];
    }
    const fix = issue.message === "is not set" ? `; write it in Pulumi.${stack}.yaml` : "";
    return [{ key, message: issue.message + fix }];
}

/** Secrets that the stack file holds in plain text. */
function plainTexts(stack: string, raw: Record<string, unknown>, encrypted: readonly string[]): Problem[] {
    const commands = {
        [privateKey]: setPrivateKey(stack),
        [tokenSetting]: `pulumi config set --stack ${stack} --secret ${tokenSetting}`,
        [appSetting]: `pulumi config set --stack ${stack} --secret --path ${appSetting}.pemFile < private-key.pem`,
        [appKey]: `pulumi config set --stack ${stack} --secret ${appKey} < private-key.pem`,
    };
    return Object.entries(commands)
        .filter(([key]) => raw[key] && !encrypted.includes(key))
        .map(([key, command]) => ({
            key,
            message: `is in plain text in Pulumi.${stack}.yaml; encrypt it: ${command}, and replace it if the file was pushed`,
        }));
}

function setPrivateKey(stack: string): string {
    return `pulumi config set --stack ${stack} --secret ${privateKey} < private-key.asc`;
}

function unknownKey(path: readonly PropertyKey[], name: string): Problem {
    const known = path.length === 0 ? settingKeys : (nestedKeys[String(path[0])] ?? []);
    const near = nearest(name, known);
    const fix = near
        ? `did you mean ${settingKey([...path, near])}?`
        : `remove it; the settings are ${known.join(", ")}`;
    return { key: settingKey([...path, name]), message: `is not a setting; ${fix}` };
}

/** `landfall:userPools.apps.zones[0]`, the way `pulumi config set --path` writes it. */
function settingKey(path: readonly PropertyKey[]): string {
    const [first, ...rest] = path;
    const tail = rest.map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`));
    return `${namespace}:${String(first)}${tail.join("")}`;
}
