import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { build, type Plugin } from "esbuild";

/** What a file exports and takes no arguments: a provider without a state of its own. */
type ProviderClass = new () => pulumi.dynamic.ResourceProvider;

/**
 * A dynamic resource whose provider goes to Pulumi's process for providers as a bundle of its file.
 *
 * `pulumi.dynamic.Resource` gives the same process a text that it makes by following the provider's functions and what
 * they use through Node's inspector, at every update and preview: half of the time that the program took.
 */
export abstract class BundledResource extends pulumi.CustomResource {
    /** @param file of the provider's class, which it exports: `__filename`. */
    protected constructor(
        provider: ProviderClass,
        file: string,
        [module, type]: readonly [module: string, type: string],
        name: string,
        props: pulumi.Inputs,
        opts?: pulumi.CustomResourceOptions,
    ) {
        const bundle = bundleOf(provider.name, file);
        super(`pulumi-nodejs:dynamic/${module}:${type}`, name, { ...props, __provider: bundle }, opts);
    }
}

const bundles = new Map<string, Promise<string>>();

/** The text that `cmd/dynamic-provider` of the SDK evaluates, the same on every machine. */
function bundleOf(provider: string, file: string): Promise<string> {
    const bundle = bundles.get(file) ?? makeBundle(provider, file);
    bundles.set(file, bundle);
    return bundle;
}

async function makeBundle(provider: string, file: string): Promise<string> {
    const from = JSON.stringify(`./${path.basename(file)}`);
    const contents = `import { ${provider} } from ${from};\nexport const handler = () => new ${provider}();\n`;
    const { outputFiles } = await build({
        stdin: { contents, resolveDir: path.dirname(file), sourcefile: "provider.ts" },
        absWorkingDir: path.join(__dirname, ".."),
        bundle: true,
        format: "cjs",
        platform: "node",
        target: "node20",
        write: false,
        logLevel: "silent",
        plugins: [packagesOutside],
    });
    return outputFiles[0]?.text ?? "";
}

/** Packages are where the provider runs, and are loaded there if something of the bundle uses them. */
const packagesOutside: Plugin = {
    name: "packages outside",
    setup(bundling) {
        const outside = { external: true, sideEffects: false };
        bundling.onResolve({ filter: /^[^./]/ }, ({ path: name }) => ({ path: name, ...outside }));
    },
};
