import type { Finding } from "./finding";
import type { Build } from "./kustomizations";
import { field, type KubernetesObject, label, list, type Path } from "./object";
import { type Place, placeOf } from "./place";
import type { ChartShelf } from "./published/shelf";
import type { Sources } from "./sources";
import { serviceMeshes } from "./variables";

/** An object that Flux applies, with where it comes from. It is shared between renderings: never change it. */
export interface Manifest {
    readonly object: KubernetesObject;
    readonly layer: string;
    /** The file that it is written in, from the root of the tree. */
    readonly file: string;
    /** What was built. */
    readonly build: Build;
    readonly sources: Sources;
}

/** A Flux Kustomization of `clusters/base` as an environment has it, and the objects that it applies. */
export interface Layer {
    readonly name: string;
    /** Whether the environment's kustomization.yaml lists it; one that it does not is there to be switched on. */
    readonly isListed: boolean;
    readonly build: Build;
    readonly kustomization: Manifest;
    /** The ArtifactGenerator of its name, which picks the files that Flux has when it builds the layer. */
    readonly generator: Manifest | undefined;
    readonly manifests: readonly Manifest[];
}

/** Everything that Flux applies in one environment, with one service mesh. */
export interface Cluster {
    readonly environment: string;
    readonly mesh: string;
    readonly layers: readonly Layer[];
    /** The objects of the systems and teams that the environment does not list. */
    readonly optional: readonly Manifest[];
    /** Names of the variables that the manifests use, the layers' own included. */
    readonly variables: ReadonlySet<string>;
    /** The published charts by which its releases are judged, as far as they are at hand. */
    readonly shelf: ChartShelf;
}

/** The tree in `gitops/` as Flux sees it in each of its environments. */
export interface Tree {
    readonly sources: Sources;
    readonly environments: readonly string[];
    readonly clusters: readonly Cluster[];
    /** What could not be rendered. */
    readonly failures: readonly Finding[];
}

/** The layers that Flux applies. */
export function listedLayers(cluster: Cluster): readonly Layer[] {
    return cluster.layers.filter(({ isListed }) => isListed);
}

/** Every object that Flux applies in a cluster, but for what the layers are themselves. */
export function manifestsOf(cluster: Cluster): readonly Manifest[] {
    return listedLayers(cluster).flatMap(({ manifests }) => manifests);
}

/** Every object of a cluster, of the layers and systems that nobody lists, and what the layers are themselves. */
export function everyManifest(cluster: Cluster): readonly Manifest[] {
    return [
        ...cluster.layers.flatMap(({ kustomization, generator, manifests }) => [
            kustomization,
            ...(generator ? [generator] : []),
            ...manifests,
        ]),
        ...cluster.optional,
    ];
}

/** The objects of a kind. */
export function ofKind(manifests: readonly Manifest[], ...kinds: readonly string[]): readonly Manifest[] {
    return manifests.filter(({ object }) => kinds.includes(object.kind));
}

/** The objects of a kind in a cluster, those of systems that nobody lists among them. */
export function everyOfKind(cluster: Cluster, ...kinds: readonly string[]): readonly Manifest[] {
    return ofKind(everyManifest(cluster), ...kinds);
}

/**
 * The first object of a kind (and name) in a cluster.
 *
 * @throws Error if there is none.
 */
export function find(cluster: Cluster, kind: string, name?: string): Manifest {
    const found = ofKind(manifestsOf(cluster), kind).find(
        ({ object }) => name === undefined || object.metadata.name === name,
    );
    if (!found) {
        throw new Error(`the ${cluster.environment} tree has no ${kind} ${name ?? ""}`);
    }
    return found;
}

/** Names of the layers that a layer's Kustomization depends on. */
export function dependenciesOf({ kustomization }: Layer): readonly string[] {
    return list(kustomization.object, "spec.dependsOn").map((dependency) => String(field(dependency, "name")));
}

/**
 * Names of the layers that are ready before this one starts, direct and indirect. Its own is among them in a circle.
 */
export function layersBefore(cluster: Cluster, name: string): ReadonlySet<string> {
    const before = new Set<string>();
    const visit = (current: string) => {
        const layer = cluster.layers.find((candidate) => candidate.name === current);
        for (const next of layer ? dependenciesOf(layer) : []) {
            if (!before.has(next)) {
                before.add(next);
                visit(next);
            }
        }
    };
    visit(name);
    return before;
}

/** Where the value at a path of an object is written. */
export function at(manifest: Manifest, path: Path): Place {
    return placeOf(manifest.sources, manifest, path);
}

/** A finding on the value at a path of an object; the problem begins with the object's kind and name. */
export function findingAt(manifest: Manifest, path: Path, problem: string, fix: string): Finding {
    return { ...at(manifest, path), problem: `${label(manifest.object)} ${problem}`, fix };
}

/** The findings of every cluster. */
export function inEveryCluster(tree: Tree, rule: (cluster: Cluster) => readonly Finding[]): Finding[] {
    return tree.clusters.flatMap((cluster) => [...rule(cluster)]);
}

/** Whether the tree was read with every service mesh: only then is it known that nothing needs a thing. */
export function hasAllMeshes({ clusters }: Tree): boolean {
    return serviceMeshes.every((mesh) => clusters.some((cluster) => cluster.mesh === mesh));
}
