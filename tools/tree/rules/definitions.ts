import { bringsDefinitions, chartOf, knownCharts } from "../charts";
import type { Finding } from "../finding";
import { groupVersion, label, list, textAt } from "../object";
import { inEveryLiveCluster } from "../rendering/live";
import type { Rendered } from "../rendering/rendered";
import { gitSourceOf, knownRepositories, repositoryOf } from "../repositories";
import { isAlwaysServed } from "../served-kinds";
import {
    type Cluster,
    dependenciesOf,
    findingAt,
    inEveryCluster,
    type Layer,
    layersBefore,
    type Manifest,
    type Tree,
} from "../tree";

/**
 * A custom resource comes after the layer that brings its definition, never with it: the API server refuses what it
 * does not know yet. Who brings what is in `crds.kinds` of packages/facts/charts/<chart>/chart.yaml, and in `kinds` of
 * packages/facts/repositories/<repository>.yaml.
 */
export async function definitions(tree: Tree): Promise<readonly Finding[]> {
    return [...definitionsOfObjects(tree), ...(await definitionsOfReleases(tree))];
}

function definitionsOfObjects(tree: Tree): readonly Finding[] {
    return inEveryCluster(tree, (cluster) => {
        const brought = new Map(cluster.layers.map((layer) => [layer.name, kindsBroughtBy(cluster, layer)]));
        return cluster.layers.flatMap((layer) => {
            const before = dependenciesOf(layer).flatMap((name) => [...(brought.get(name) ?? [])]);
            const defined = new Map(before);
            return layer.manifests
                .filter(({ object }) => !isAlwaysServed(object) && !defined.has(kindOf(object)))
                .map((manifest) => undefinedKind(cluster, brought, layer, manifest));
        });
    });
}

function kindOf(object: { apiVersion: string; kind: string }): string {
    return `${groupVersion(object).group}/${object.kind}`;
}

/** The same of what releases make: of a layer before, of the release's own chart, or of one that it waits for. */
function definitionsOfReleases(tree: Tree): Promise<readonly Finding[]> {
    return inEveryLiveCluster(tree, ({ cluster, releases }) =>
        releases.flatMap(({ release, objects }) => {
            const layer = cluster.layers.find(({ name }) => name === release.layer);
            if (!layer) {
                // No layer lists it.
                return [];
            }
            const awaited = list(release.object, "spec.dependsOn").map((dependency) => textAt(dependency, "name"));
            const known = new Map([
                ...kindsOfRelease(cluster, release),
                ...dependenciesOf(layer).flatMap((name) =>
                    cluster.layers
                        .filter((other) => other.name === name)
                        .flatMap((l) => [...kindsBroughtBy(cluster, l)]),
                ),
                ...layer.manifests
                    .filter(({ object }) => object.kind === "HelmRelease" && awaited.includes(object.metadata.name))
                    .flatMap((other) => kindsOfRelease(cluster, other)),
            ]);
            const missing = objects.filter(({ object }) => !isAlwaysServed(object) && !known.has(kindOf(object)));
            const distinct = new Map(missing.map(({ object }) => [kindOf(object), object]));
            return [...distinct].map(([kind, object]) => {
                const [home] = cluster.layers.filter((other) => kindsBroughtBy(cluster, other).has(kind));
                const problem = `makes ${label(object)}, whose definition is not there before layer ${release.layer}`;
                const fix = home
                    ? `add "- name: ${home.name}" to dependsOn in ${layer.kustomization.file}`
                    : `set the value that turns it off, or install what defines ${kind} in an earlier layer`;
                return findingAt(release, "spec.values", problem, fix);
            });
        }),
    );
}

/** Names of the layers that define the kinds of a layer's objects, and of those that its releases make. */
export function definingLayers(cluster: Cluster, layer: Layer, releases: readonly Rendered[]): readonly string[] {
    const made = releases.filter(({ release }) => release.layer === layer.name).flatMap(({ objects }) => objects);
    const kinds = [...layer.manifests, ...made].map(({ object }) => kindOf(object));
    return cluster.layers
        .filter((other) => other.name !== layer.name && kinds.some((kind) => kindsBroughtBy(cluster, other).has(kind)))
        .map(({ name }) => name);
}

/** The kinds that a layer's objects define, each with the name of what defines it. */
function kindsBroughtBy(cluster: Cluster, layer: Layer): ReadonlyMap<string, string> {
    const own = layer.manifests
        .filter(({ object }) => object.kind === "CustomResourceDefinition")
        .map(({ object }): [string, string] => [
            `${textAt(object, "spec.group")}/${textAt(object, "spec.names.kind")}`,
            `CustomResourceDefinition ${object.metadata.name}`,
        ]);
    const releases = layer.manifests.filter(({ object }) => object.kind === "HelmRelease");
    const installed = releases.flatMap((release) => kindsOfRelease(cluster, release));
    const fetched = layer.manifests
        .filter(({ object }) => object.kind === "Kustomization")
        .flatMap((kustomization) =>
            (repositoryOf(gitSourceOf(cluster, kustomization))?.kinds ?? []).map(
                ({ group, kind }): [string, string] => [`${group}/${kind}`, label(kustomization.object)],
            ),
        );
    return new Map([...own, ...installed, ...fetched]);
}

function kindsOfRelease(cluster: Cluster, release: Manifest): [string, string][] {
    const chart = chartOf(cluster, release);
    const kinds = chart && bringsDefinitions(chart, release) ? chart.kinds : [];
    return kinds.map(({ group, kind }) => [`${group}/${kind}`, `HelmRelease ${release.object.metadata.name}`]);
}

function undefinedKind(
    cluster: Cluster,
    brought: ReadonlyMap<string, ReadonlyMap<string, string>>,
    layer: Layer,
    manifest: Manifest,
): Finding {
    const kind = kindOf(manifest.object);
    const [home, kinds] = [...brought].find(([, candidates]) => candidates.has(kind)) ?? [];
    const name = kinds?.get(kind) ?? "";
    if (home === undefined) {
        const { group } = groupVersion(manifest.object);
        const charts = knownCharts().filter((chart) =>
            chart.kinds.some((own) => own.group === group && own.kind === manifest.object.kind),
        );
        const [chart] = charts;
        const repository = knownRepositories().find(({ kinds }) =>
            kinds.some((own) => own.group === group && own.kind === manifest.object.kind),
        );
        const fix = chart
            ? `install ${chart.folder.split("/").at(-1)} in an earlier layer, with its definitions`
            : repository
              ? `apply ${repository.address} in an earlier layer, as ${repository.file} has it`
              : "install what defines it in an earlier layer, and list the kind in crds.kinds of packages/facts/charts/<chart>/chart.yaml";
        return findingAt(manifest, "kind", `is of a kind that nothing in the tree defines (${kind})`, fix);
    }
    if (home === layer.name) {
        const later = cluster.layers.find(
            (other) => layersBefore(cluster, other.name).has(home) && other.name === `${home}-config`,
        );
        const place = later?.name ?? `a layer that depends on ${home}`;
        return findingAt(
            manifest,
            "kind",
            `is in layer ${home}, which installs its definition (${name})`,
            `move it to ${place}`,
        );
    }
    const problem = `is in layer ${layer.name}, which does not wait for its definition (${name} of layer ${home})`;
    const fix = `add "- name: ${home}" to dependsOn in ${layer.kustomization.file}`;
    return findingAt(manifest, "kind", problem, fix);
}

/** Names of the layers that define a kind: for rules on what releases make. */
export function layersDefining(cluster: Cluster, group: string, kind: string): readonly string[] {
    return cluster.layers
        .filter((layer) => kindsBroughtBy(cluster, layer).has(`${group}/${kind}`))
        .map(({ name }) => name);
}
