import * as path from "node:path";
import { isManifest } from "../../components/gitops/fleet/manifest-tree";
import { build, type BuiltObject, parseObject } from "./build";
import { buildFailure, substitutionFailures } from "./failures";
import type { Finding } from "./finding";
import { filesOfBuild, kustomizeFile, kustomizeFilesOf } from "./kustomizations";
import { textAt } from "./object";
import { Sources } from "./sources";
import { isSubstitutionOff, substitute } from "./substitute";
import type { Cluster, Layer, Manifest, Tree } from "./tree";
import { SAMPLE_VARIABLES, SERVICE_MESHES } from "./variables";

export interface RenderOptions {
    /** Default: every folder of `clusters/`. */
    readonly environments?: readonly string[];
    /** Default: every value of the setting. */
    readonly meshes?: readonly string[];
    /** Values of the variables. Default: samples of those that the program provides. */
    readonly variables?: Readonly<Record<string, string>>;
}

/** What one rendering of one environment collects. */
interface Rendering {
    readonly sources: Sources;
    readonly variables: Readonly<Record<string, string>>;
    readonly used: Set<string>;
    readonly failures: Finding[];
}

/**
 * Renders the tree at `root` as Flux would before it applies it: `kustomize build` of each environment's layers, then
 * post-build substitution, with each service mesh. It does not decrypt: a Secret keeps its `sops` block. What does not
 * build is among the tree's failures.
 */
export async function renderTree(root: string, options: RenderOptions = {}): Promise<Tree> {
    const sources = new Sources(root);
    const environments = options.environments ?? sources.foldersIn("clusters");
    const failures: Finding[] = [];
    const wanted = environments.flatMap((environment) =>
        (options.meshes ?? SERVICE_MESHES).map((mesh) => ({ environment, mesh })),
    );
    const clusters = await Promise.all(
        wanted.map(({ environment, mesh }) => {
            const variables = { ...(options.variables ?? SAMPLE_VARIABLES), service_mesh: mesh };
            return renderCluster({ sources, variables, used: new Set(), failures }, environment, mesh);
        }),
    );
    return { sources, environments, clusters, failures };
}

async function renderCluster(rendering: Rendering, environment: string, mesh: string): Promise<Cluster> {
    const listed = await manifestsIn(rendering, `clusters/${environment}`, "flux-system");
    const unlisted = unlistedKustomizations(rendering, `clusters/${environment}`);
    const layers = await Promise.all([
        ...listed.map((kustomization) => renderLayer(rendering, kustomization, true)),
        ...unlisted.map((kustomization) => renderLayer(rendering, kustomization, false)),
    ]);
    return { environment, mesh, layers, variables: rendering.used };
}

/** The files of an environment that its kustomization.yaml does not list: layers that may be switched on. */
function unlistedKustomizations(rendering: Rendering, folder: string): Manifest[] {
    const { sources } = rendering;
    const listed = filesOfBuild(sources, folder);
    return sources
        .below(folder)
        .filter((file) => isManifest(file) && !listed.includes(file))
        .map((file) => ({
            object: substituted(rendering, { text: sources.text(file), file }),
            layer: "flux-system",
            file,
            folder,
            sources,
        }))
        .filter(
            ({ object }) =>
                object.kind === "Kustomization" && object.apiVersion.startsWith("kustomize.toolkit.fluxcd.io/"),
        );
}

async function renderLayer(rendering: Rendering, kustomization: Manifest, isListed: boolean): Promise<Layer> {
    const { name } = kustomization.object.metadata;
    const folder = path.posix.normalize(textAt(kustomization.object, "spec.path") ?? "");
    const manifests = await manifestsIn(rendering, folder, name);
    const unlisted = unlistedSystems(rendering.sources, folder);
    const optional = await Promise.all(unlisted.map((system) => manifestsIn(rendering, system, name)));
    return { name, isListed, folder, kustomization, manifests, optional: optional.flat() };
}

/** The folders of systems beside a layer's base that none of the layer's environments builds. */
export function unlistedSystems(sources: Sources, layerFolder: string): readonly string[] {
    const layer = path.posix.dirname(layerFolder);
    const base = `${layer}/base`;
    const environments = sources.foldersIn(layer).filter((name) => name !== "base");
    const built = environments.flatMap((name) => kustomizeFilesOf(sources, `${layer}/${name}`));
    const listed = new Set(built.map(({ folder }) => folder));
    return sources
        .foldersIn(base)
        .map((name) => `${base}/${name}`)
        .filter((folder) => !listed.has(folder) && kustomizeFile(sources, folder) !== undefined);
}

async function manifestsIn(rendering: Rendering, folder: string, layer: string): Promise<Manifest[]> {
    const { sources, failures } = rendering;
    const built = await build(sources, folder);
    if ("error" in built) {
        failures.push(...buildFailure(sources, folder, built.error));
        return [];
    }
    return built.objects.map((object) => {
        const parsed = substituted(rendering, object);
        return { object: parsed, layer, file: object.file, folder, sources };
    });
}

function substituted({ variables, used, failures, sources }: Rendering, built: BuiltObject) {
    const raw = parseObject(built.text);
    if (isSubstitutionOff(raw)) {
        return raw;
    }
    const result = substitute(built.text, variables);
    result.used.forEach((name) => used.add(name));
    failures.push(...substitutionFailures(sources, built.file, result));
    return result.text === built.text ? raw : parseObject(result.text);
}
