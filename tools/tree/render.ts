import * as path from "node:path";
import { secretVariableNames } from "../../components/gitops/flux/secret-vars";
import { build, type BuiltObject, parseObject } from "./build";
import { buildFailure, substitutionFailures } from "./failures";
import type { Finding } from "./finding";
import { type Build, filesOfBuild, plainBuild } from "./kustomizations";
import { list, textAt } from "./object";
import { type ChartShelf, emptyShelf } from "./published/shelf";
import { Sources } from "./sources";
import { isSubstitutionOff, substitute } from "./substitute";
import type { Cluster, Layer, Manifest, Tree } from "./tree";
import { unlistedSystems } from "./unlisted-systems";
import { sampleVariablesWith, secretSamples, serviceMeshes, substitutesSecrets } from "./variables";

/** The component with what all releases have in common. */
const releases = "policies/releases";

export interface RenderOptions {
    /** Default: every one that the tree has. */
    readonly environments?: readonly string[];
    /** Default: every value of the setting. */
    readonly meshes?: readonly string[];
    /** Values of the variables. Default: samples of those that the program provides. */
    readonly variables?: Readonly<Record<string, string>>;
    /** Default: no published chart, so that every machine says the same. */
    readonly shelf?: ChartShelf;
}

/** What one rendering of one environment collects. */
interface Rendering {
    readonly sources: Sources;
    readonly variables: Readonly<Record<string, string>>;
    readonly used: Set<string>;
    readonly failures: Finding[];
    readonly shelf: ChartShelf;
}

/**
 * Renders the tree at `root` as Flux would before it applies it: `kustomize build` of each environment's layers, then
 * post-build substitution, with each service mesh. It does not decrypt: a Secret keeps its `sops` block. What does not
 * build is among the tree's failures.
 */
export async function renderTree(root: string, options: RenderOptions = {}): Promise<Tree> {
    const sources = new Sources(root);
    const environments = options.environments ?? sources.environments;
    const { shelf = emptyShelf } = options;
    const failures: Finding[] = [];
    const wanted = environments.flatMap((environment) =>
        (options.meshes ?? serviceMeshes).map((mesh) => ({ environment, mesh })),
    );
    const clusters = await Promise.all(
        wanted.map(({ environment, mesh }) => {
            const variables = { ...(options.variables ?? sampleVariablesWith(mesh)), environment, service_mesh: mesh };
            return renderCluster({ sources, variables, used: new Set(), failures, shelf }, environment, mesh);
        }),
    );
    return { sources, environments, clusters, failures };
}

async function renderCluster(rendering: Rendering, environment: string, mesh: string): Promise<Cluster> {
    const { sources } = rendering;
    const root = plainBuild(`clusters/${environment}`);
    const listed = await manifestsIn(rendering, root, "flux-system");
    const unlisted = await unlistedLayers(rendering, root);
    const layers = await Promise.all([
        ...layersIn(listed).map((parts) => renderLayer(rendering, parts, true)),
        ...layersIn(unlisted).map((parts) => renderLayer(rendering, parts, false)),
    ]);
    const systems = unlistedSystems(sources, [root, ...layers.map((layer) => layer.build)], mesh);
    const optional = await Promise.all(
        systems.map((folder) => {
            const layer = folder.startsWith("tenants/") ? "tenants" : folder;
            return manifestsIn(withSecrets(rendering), { folder, components: [releases] }, layer);
        }),
    );
    return { environment, mesh, layers, optional: optional.flat(), variables: rendering.used, shelf: rendering.shelf };
}

/** The layers of `clusters/base` that an environment does not list: it may switch them on. */
async function unlistedLayers(rendering: Rendering, root: Build): Promise<Manifest[]> {
    const { sources } = rendering;
    const listed = filesOfBuild(sources, root);
    const files = sources
        .below("clusters/base")
        .filter((file) => file.endsWith(".yaml") && !file.endsWith("/kustomization.yaml") && !listed.includes(file));
    const built = await Promise.all(
        files.map((folder) => manifestsIn(rendering, { folder, components: ["clusters/base"] }, "flux-system")),
    );
    return built.flat();
}

/** What a layer is itself: its Flux Kustomization, and the generator of the same name. */
type LayerParts = Pick<Layer, "kustomization" | "generator">;

function layersIn(manifests: readonly Manifest[]): LayerParts[] {
    const named = (kind: string, name: string) =>
        manifests.find(({ object }) => object.kind === kind && object.metadata.name === name);
    return manifests
        .filter(({ object }) => object.kind === "Kustomization")
        .map((kustomization) => ({
            kustomization,
            generator: named("ArtifactGenerator", kustomization.object.metadata.name),
        }));
}

async function renderLayer(rendering: Rendering, parts: LayerParts, isListed: boolean): Promise<Layer> {
    const { kustomization } = parts;
    const { name } = kustomization.object.metadata;
    const folder = path.posix.normalize(textAt(kustomization.object, "spec.path") ?? "");
    const components = list(kustomization.object, "spec.components").map((each) =>
        path.posix.join(folder, String(each)),
    );
    const own = substitutesSecrets(kustomization.object) ? withSecrets(rendering) : rendering;
    const manifests = await manifestsIn(own, { folder, components }, name);
    return { ...parts, name, isListed, build: { folder, components }, manifests };
}

/** The same with sample values of the secret variables. */
function withSecrets(rendering: Rendering): Rendering {
    const samples = secretSamples(secretVariableNames(rendering.sources.tree()));
    return { ...rendering, variables: { ...rendering.variables, ...samples } };
}

async function manifestsIn(rendering: Rendering, wanted: Build, layer: string): Promise<Manifest[]> {
    const { sources, failures } = rendering;
    const built = await build(sources, wanted);
    if ("error" in built) {
        failures.push(...buildFailure(sources, wanted, built.error));
        return [];
    }
    return built.objects.map((object) => {
        const parsed = substituted(rendering, object);
        return { object: parsed, layer, file: object.file, build: wanted, sources };
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
