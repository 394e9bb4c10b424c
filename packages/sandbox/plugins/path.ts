import { access, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as githubSdk from "@pulumi/github/package.json";
import * as kubernetesSdk from "@pulumi/kubernetes/package.json";
import * as tlsSdk from "@pulumi/tls/package.json";
import { build } from "esbuild";

/** Where each stand-in's process begins, under this folder. */
const entryPoints = {
    "pulumi-resource-azure-native": "azure-native/main.ts",
    "pulumi-resource-github": "github/main.ts",
    "pulumi-resource-tls": "tls/main.ts",
    "pulumi-resource-kubernetes": "kubernetes/main.ts",
    "pulumi-language-nodejs": "language-nodejs/main.ts",
} as const;

/** Scripts that are started as they are: what runs dynamic providers ships inside the SDK. */
const scripts = {
    "pulumi-resource-pulumi-nodejs": require.resolve("@pulumi/pulumi/cmd/dynamic-provider"),
} as const;

/**
 * Versions of the SDKs whose real plugin is used where it is installed. The real azure-native is not: it speaks Azure's
 * wire format, which the stand-in for Azure does not.
 */
const sdkVersions: Partial<Record<Plugin, string>> = {
    "pulumi-resource-github": githubSdk.version,
    "pulumi-resource-tls": tlsSdk.version,
    "pulumi-resource-kubernetes": kubernetesSdk.version,
};

type Bundled = keyof typeof entryPoints;
type Script = keyof typeof scripts;

export type Plugin = Bundled | Script;

const allPlugins = [...Object.keys(entryPoints), ...Object.keys(scripts)] as readonly Plugin[];

export interface PluginPathOptions {
    /** The folder to put on PATH; made when missing. */
    readonly directory: string;
    /** By default all. */
    readonly plugins?: readonly Plugin[];
    /** Where the engine keeps installed plugins. */
    readonly realPluginFolder: string;
}

/**
 * Writes executables for `plugins` into `directory`, for use on PATH, and gives the names of those it wrote.
 *
 * A provider whose real plugin is installed, in the version of its SDK, is left out, so that the engine finds the real
 * one. Each stand-in is bundled into one file, which starts in half the time that compiling it at start takes.
 */
export async function writePluginPath(options: PluginPathOptions): Promise<Plugin[]> {
    const { directory, plugins = allPlugins, realPluginFolder } = options;
    const wanted: Plugin[] = [];
    for (const plugin of plugins) {
        const executable = join(directory, plugin);
        await rm(executable, { force: true });
        if (!(await isInstalled(plugin, realPluginFolder))) {
            wanted.push(plugin);
        }
    }
    const bundles = join(directory, "bundles");
    await mkdir(bundles, { recursive: true });
    await bundle(wanted, bundles);
    for (const plugin of wanted) {
        const script = isScript(plugin) ? scripts[plugin] : join(bundles, `${plugin}.cjs`);
        const text = `#!/bin/sh\nexec ${quoted(process.execPath)} ${quoted(script)} "$@"\n`;
        await writeFile(join(directory, plugin), text, { mode: 0o755 });
    }
    return wanted;
}

async function bundle(plugins: readonly Plugin[], directory: string): Promise<void> {
    const entries = plugins.filter((plugin) => !isScript(plugin));
    await build({
        entryPoints: entries.map((plugin) => ({ in: join(__dirname, entryPoints[plugin]), out: plugin })),
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
async function isInstalled(plugin: Plugin, folder: string): Promise<boolean> {
    const version = sdkVersions[plugin];
    if (version === undefined) {
        return false;
    }
    return access(join(folder, `${plugin.replace(/^pulumi-/, "")}-v${version}`, plugin)).then(
        () => true,
        () => false,
    );
}

function quoted(path: string): string {
    return `'${path.replaceAll("'", `'\\''`)}'`;
}
