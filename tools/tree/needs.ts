import { nearest } from "../../components/settings/nearest";
import type { Finding } from "./finding";
import { label, type Path } from "./object";
import { type Cluster, earlierLayers, findingAt, type Layer, type Manifest } from "./tree";

/** Something that an object names and that has to be there before it, as kind, namespace and name. */
export interface Need {
    readonly path: Path;
    /** As `label` writes it. */
    readonly what: string;
}

export interface NeedOptions {
    /** What an object gives once it is ready, besides itself. */
    readonly gifts?: (manifest: Manifest) => readonly string[];
    /** What is there before the first layer. */
    readonly always?: readonly string[];
    /**
     * Whether the layer's own objects count: Flux applies namespaces and classes before the rest of a layer, and some
     * kinds wait for what they name.
     */
    readonly own?: boolean;
}

/** Findings on what objects name and no earlier layer makes, with the layer to depend on where a later one makes it. */
export function unmetNeeds(
    cluster: Cluster,
    needs: (manifest: Manifest) => readonly Need[],
    { gifts = () => [], always = [], own = false }: NeedOptions = {},
): Finding[] {
    const given = new Map(cluster.layers.map((layer) => [layer.name, givenBy(layer, gifts)]));
    return cluster.layers.flatMap((layer) => {
        const before = earlierLayers(cluster, layer.name).map(({ name }) => name);
        const there = new Set([
            ...always,
            ...[...before, ...(own ? [layer.name] : [])].flatMap((name) => given.get(name) ?? []),
        ]);
        return layer.manifests.flatMap((manifest) =>
            needs(manifest)
                .filter(({ what }) => !there.has(what))
                .map(({ path, what }) => unmet(given, layer, manifest, path, what)),
        );
    });
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
