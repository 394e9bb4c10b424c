import { nearest } from "../../components/settings/nearest";
import type { Finding } from "./finding";
import { label, type Path } from "./object";
import { type Cluster, dependenciesOf, findingAt, type Layer, type Manifest } from "./tree";

/** Something that an object names and that has to be there before it, as kind, namespace and name. */
export interface Need {
    readonly path: Path;
    /** As `label` writes it. */
    readonly what: string;
}

interface NeedOptions {
    /** What an object gives once it is ready, besides itself. */
    readonly gifts?: (manifest: Manifest) => readonly string[];
    /** What is there before the first layer. */
    readonly always?: readonly string[];
    /**
     * Whether the layer's own objects count: Flux applies namespaces and classes before the rest of a layer, and some
     * kinds wait for what they name.
     */
    readonly own?: boolean;
    /** Whether every layer's count, since what names the object waits for it by itself. */
    readonly anywhere?: boolean;
}

/** What objects of a cluster need, for a reason of one kind. */
export interface Needs extends NeedOptions {
    readonly of: (manifest: Manifest) => readonly Need[];
}

/**
 * Findings on what objects name and no layer makes that their own depends on, with the layer to depend on. What another
 * dependency depends on does not count: each layer has a revision of its own, so a commit that changes the first and
 * the last of three is no reason for Flux to let the last one wait.
 */
export function unmetNeeds(cluster: Cluster, needs: Needs): Finding[] {
    const { of, gifts = () => [], always = [], own = false, anywhere = false } = needs;
    const given = new Map(cluster.layers.map((layer) => [layer.name, givenBy(layer, gifts)]));
    return cluster.layers.flatMap((layer) => {
        const before = anywhere ? [...given.keys()] : [...dependenciesOf(layer), ...(own ? [layer.name] : [])];
        const there = new Set([...always, ...before.flatMap((name) => given.get(name) ?? [])]);
        return layer.manifests.flatMap((manifest) =>
            of(manifest)
                .filter(({ what }) => !there.has(what))
                .map(({ path, what }) => unmet(given, layer, manifest, path, what)),
        );
    });
}

/** Names of the layers that make what a layer's objects need. */
export function neededLayers(cluster: Cluster, layer: Layer, { of, gifts = () => [] }: Needs): readonly string[] {
    const wanted = new Set(layer.manifests.flatMap((manifest) => of(manifest).map(({ what }) => what)));
    return cluster.layers
        .filter((other) => other.name !== layer.name && givenBy(other, gifts).some((name) => wanted.has(name)))
        .map(({ name }) => name);
}

function givenBy({ manifests }: Layer, gifts: (manifest: Manifest) => readonly string[]): readonly string[] {
    return manifests.flatMap((manifest) => [label(manifest.object), ...gifts(manifest)]);
}

function unmet(
    given: ReadonlyMap<string, readonly string[]>,
    layer: Layer,
    manifest: Manifest,
    path: Path,
    what: string,
): Finding {
    const [home] = [...given].find(([, names]) => names.includes(what)) ?? [];
    if (home !== undefined) {
        const fix =
            home === layer.name
                ? `move it to a layer that comes after ${home}`
                : `add "- name: ${home}" to dependsOn in ${layer.kustomization.file}`;
        return findingAt(manifest, path, `needs ${what}, which layer ${home} makes, not one before ${layer.name}`, fix);
    }
    const near = nearestOf(what, [...given.values()].flat());
    const fix =
        near === undefined
            ? `add ${what} to a layer before ${layer.name}, or correct the name`
            : `did you mean ${near}?`;
    return findingAt(manifest, path, `needs ${what}, which no layer makes`, fix);
}

/** The nearest name of the same kind in the same namespace. */
function nearestOf(what: string, candidates: readonly string[]): string | undefined {
    const beginning = /^.*[ /]/.exec(what)?.[0] ?? "";
    const names = candidates.filter((name) => name.startsWith(beginning)).map((name) => name.slice(beginning.length));
    const near = nearest(what.slice(beginning.length), names);
    return near === undefined ? undefined : `${beginning}${near}`;
}
