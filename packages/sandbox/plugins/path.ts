import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as githubSdk from "@pulumi/github/package.json";
import * as kubernetesSdk from "@pulumi/kubernetes/package.json";
import * as tlsSdk from "@pulumi/tls/package.json";
import { build } from "esbuild";
import { installedHost, installedProvider, isExecutable } from "./pulumi-home";

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

/**
 * Versions of the SDKs whose real plugin is used where it is installed. The real azure-native is not: nobody has tried
 * it against the stand-in for Azure.
 */
const sdkVersions: Partial<Record<Plugin, string>> = {
    "pulumi-resource-github": githubSdk.version,
    "pulumi-resource-tls": tlsSdk.version,
    "pulumi-resource-kubernetes": kubernetesSdk.version,
};

/** Ends a script when the engine that started it is gone. */
const guard = "end-with-parent";

type Bundled = keyof typeof entryPoints;
type Script = keyof typeof scripts;

export type Plugin = Bundled | Script;

const allPlugins = [...Object.keys(entryPoints), ...Object.keys(scripts)] as readonly Plugin[];

export interface PluginPathOptions {
    /** The folder to put on PATH; made when missing. */
    readonly directory: string;
    /** By default all. */
    readonly plugins?: readonly Plugin[];
    /** Folder of the user's own Pulumi, with real plugins in `plugins`, and a real language host and CLI in `bin`. */
    readonly pulumiHome: string;
}

/**
 * Writes executables for `plugins` into `directory`, for use on PATH, and gives the names of the stand-ins among them.
 *
 * A provider whose real plugin is installed, in the version of its SDK, is left out, so that the engine finds the real
 * one. A real language host is called where a stand-in would be, because the engine looks for it on PATH and beside
 * itself alone. Each stand-in is bundled into one file, which starts in half the time that compiling it at start takes.
 */
export async function writePluginPath(options: PluginPathOptions): Promise<Plugin[]> {
    const { directory, plugins = allPlugins, pulumiHome } = options;
    const bundles = join(directory, "bundles");
    await mkdir(bundles, { recursive: true });
    const wanted: Plugin[] = [];
    for (const plugin of plugins) {
        await rm(join(directory, plugin), { force: true });
        const host = plugin === "pulumi-language-nodejs" ? await installedHost(pulumiHome, plugin) : undefined;
        if (host !== undefined) {
            await writeExecutable(join(directory, plugin), host);
        } else if (!(await isInstalled(plugin, pulumiHome))) {
            wanted.push(plugin);
        }
    }
    await bundle(wanted, bundles);
    for (const plugin of wanted) {
        const command = isScript(plugin)
            ? ["--require", join(bundles, `${guard}.cjs`), scripts[plugin]]
            : [join(bundles, `${plugin}.cjs`)];
        await writeExecutable(join(directory, plugin), process.execPath, ...command);
    }
    return wanted;
}

/** Starts the program with these arguments before its own. */
async function writeExecutable(file: string, ...command: readonly string[]): Promise<void> {
    await writeFile(file, `#!/bin/sh\nexec ${command.map(quoted).join(" ")} "$@"\n`, { mode: 0o755 });
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

/** Whether the engine would find the real plugin of the version that the program's SDK asks for. */
async function isInstalled(plugin: Plugin, pulumiHome: string): Promise<boolean> {
    const version = sdkVersions[plugin];
    return version !== undefined && isExecutable(installedProvider(pulumiHome, plugin, version));
}

function quoted(path: string): string {
    return `'${path.replaceAll("'", `'\\''`)}'`;
}
