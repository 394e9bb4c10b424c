import { copyFile, link, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as azureNativeSdk from "@pulumi/azure-native/package.json";
import * as githubSdk from "@pulumi/github/package.json";
import * as kubernetesSdk from "@pulumi/kubernetes/package.json";
import * as tlsSdk from "@pulumi/tls/package.json";
import { build } from "esbuild";
import { parentVariable } from "./parent";
import { installedHost, installedProvider, providerFile, standInMark } from "./pulumi-home";

/** Where each stand-in's process begins, under this folder. */
const entryPoints = {
    "pulumi-resource-azure-native": "azure-native/main.ts",
    "pulumi-resource-github": "github/main.ts",
    "pulumi-resource-tls": "tls/main.ts",
    "pulumi-resource-kubernetes": "kubernetes/main.ts",
    "pulumi-language-nodejs": "language-nodejs/main.ts",
} as const;

/** Scripts that are not bundled: what runs dynamic providers ships inside the SDK. */
const scripts = {
    "pulumi-resource-pulumi-nodejs": require.resolve("@pulumi/pulumi/cmd/dynamic-provider"),
} as const;

/** The versions that the program's SDKs ask the engine for; what has none comes with the engine. */
const versions: Partial<Record<Plugin, string>> = {
    "pulumi-resource-azure-native": azureNativeSdk.version,
    "pulumi-resource-github": githubSdk.version,
    "pulumi-resource-tls": tlsSdk.version,
    "pulumi-resource-kubernetes": kubernetesSdk.version,
};

/** Always stood in for: nobody has tried the real one against the stand-in for Azure. */
const withoutReal: readonly Plugin[] = ["pulumi-resource-azure-native", "pulumi-resource-pulumi-nodejs"];

/** Loaded before each script. */
const guard = "script-guard";

type Bundled = keyof typeof entryPoints;
type Script = keyof typeof scripts;

export type Plugin = Bundled | Script;

const allPlugins = [...Object.keys(entryPoints), ...Object.keys(scripts)] as readonly Plugin[];

export interface EngineHomeOptions {
    /** The engine's PULUMI_HOME; made when missing. */
    readonly directory: string;
    /** The CLI. */
    readonly pulumi: string;
    /** By default all. */
    readonly plugins?: readonly Plugin[];
    /** Folder of the user's own Pulumi, with real plugins in `plugins`, and a real language host and CLI in `bin`. */
    readonly userHome: string;
}

/**
 * Lays out a folder as an installed Pulumi is: the CLI in `bin`, with the plugins that come with it beside it, and the
 * providers in `plugins`. The engine finds all of them without looking at PATH, of which it would warn. Gives the names
 * of the stand-ins among them.
 *
 * What is installed in the user's own Pulumi, in the version of the program's SDK, takes the place of a stand-in. Each
 * stand-in is bundled into one file, which starts in half the time that compiling it at start takes.
 */
export async function writeEngineHome(options: EngineHomeOptions): Promise<Plugin[]> {
    const { directory, pulumi, plugins = allPlugins, userHome } = options;
    const bundles = join(directory, "stand-ins");
    await mkdir(join(directory, "bin"), { recursive: true });
    await takeFile(pulumi, join(directory, "bin", "pulumi"));
    const wanted: Plugin[] = [];
    for (const plugin of plugins) {
        const real = withoutReal.includes(plugin) ? undefined : await installed(plugin, userHome);
        if (real === undefined) {
            wanted.push(plugin);
        } else {
            await writeExecutable(pluginFile(directory, plugin), [], [real]);
        }
    }
    await bundle(wanted, bundles);
    for (const plugin of wanted) {
        const command = isScript(plugin)
            ? [process.execPath, "--require", join(bundles, `${guard}.cjs`), scripts[plugin]]
            : [process.execPath, join(bundles, `${plugin}.cjs`)];
        await writeExecutable(pluginFile(directory, plugin), [standInMark], command);
    }
    return wanted;
}

/** Where the engine finds a plugin in its home. */
export function pluginFile(directory: string, plugin: Plugin): string {
    const version = versions[plugin];
    return version === undefined ? join(directory, "bin", plugin) : providerFile(directory, plugin, version);
}

function installed(plugin: Plugin, userHome: string): Promise<string | undefined> {
    const version = versions[plugin];
    return version === undefined ? installedHost(userHome, plugin) : installedProvider(userHome, plugin, version);
}

/** The same file where the folders are of one file system. The engine looks beside itself, behind symbolic links. */
async function takeFile(from: string, to: string): Promise<void> {
    await rm(to, { force: true });
    await link(from, to).catch(() => copyFile(from, to));
}

/** A script that becomes the command, with its own arguments after the command's. */
async function writeExecutable(file: string, comment: readonly string[], command: readonly string[]): Promise<void> {
    const lines = [
        "#!/bin/sh",
        ...comment,
        `export ${parentVariable}=$PPID`,
        `exec ${command.map(quoted).join(" ")} "$@"`,
    ];
    await mkdir(join(file, ".."), { recursive: true });
    await writeFile(file, `${lines.join("\n")}\n`, { mode: 0o755 });
}

async function bundle(plugins: readonly Plugin[], directory: string): Promise<void> {
    const entries = plugins.filter((plugin) => !isScript(plugin));
    await build({
        entryPoints: [
            ...entries.map((plugin) => ({ in: join(__dirname, entryPoints[plugin]), out: plugin })),
            { in: join(__dirname, `${guard}.ts`), out: guard },
        ],
        outdir: directory,
        outExtension: { ".js": ".cjs" },
        bundle: true,
        platform: "node",
        target: "node20",
        logLevel: "silent",
    });
}

function isScript(plugin: Plugin): plugin is Script {
    return plugin in scripts;
}

function quoted(path: string): string {
    return `'${path.replaceAll("'", `'\\''`)}'`;
}
