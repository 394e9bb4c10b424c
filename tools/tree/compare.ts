import { createTwoFilesPatch } from "diff";
import { stringify } from "yaml";
import { masked } from "./masked";
import { groupVersion, type KubernetesObject, label } from "./object";
import { type Cluster, listedLayers, type Manifest, manifestsOf } from "./tree";

/** What a change does to one object. */
export interface ObjectChange {
    readonly kind: "added" | "removed" | "changed";
    /** The layer that applies it; two where it moves. */
    readonly layer: string;
    /** Kind, namespace and name. */
    readonly object: string;
    /** The file that it is written in. */
    readonly file: string;
    /** Lines of a unified diff, without its head. */
    readonly diff: readonly string[];
}

/** What a change does to one environment. */
export interface ClusterChange {
    readonly environment: string;
    readonly mesh: string;
    readonly changes: readonly ObjectChange[];
    /** What of the tree before could not be rendered, and so counts for nothing. */
    readonly unreadable?: readonly string[];
}

/** Lines around a change. */
const context = 3;

/** What releases make, by the published charts that are at hand: objects with the layer and file of their release. */
export interface Made {
    readonly before: readonly Manifest[];
    readonly after: readonly Manifest[];
}

/**
 * What is different between two renderings of an environment, by layer and object, and in what its releases make.
 * Secrets' values are left out.
 */
export function compare(before: Cluster | undefined, after: Cluster, made?: Made): ClusterChange {
    const [old, now] = [byObject(before, made?.before), byObject(after, made?.after)];
    const changes = [...new Set([...old.keys(), ...now.keys()])].flatMap(
        (key) => changeOf(old.get(key), now.get(key)) ?? [],
    );
    const order = (one: ObjectChange, other: ObjectChange) =>
        one.layer.localeCompare(other.layer) || one.object.localeCompare(other.object);
    return { environment: after.environment, mesh: after.mesh, changes: changes.sort(order) };
}

function byObject(cluster: Cluster | undefined, made: readonly Manifest[] = []): Map<string, Manifest> {
    const manifests = cluster
        ? [...made, ...listedLayers(cluster).map(({ kustomization }) => kustomization), ...manifestsOf(cluster)]
        : [];
    return new Map(
        manifests.map((manifest) => [`${groupVersion(manifest.object).group} ${label(manifest.object)}`, manifest]),
    );
}

function changeOf(before: Manifest | undefined, after: Manifest | undefined): ObjectChange | undefined {
    const shown = after ?? before;
    if (!shown) {
        return undefined;
    }
    const [from, to] = [before ? textOf(before.object) : "", after ? textOf(after.object, before?.object) : ""];
    const isMoved = before !== undefined && after !== undefined && before.layer !== after.layer;
    if (from === to && !isMoved) {
        return undefined;
    }
    return {
        kind: before && after ? "changed" : after ? "added" : "removed",
        layer: isMoved ? `${before.layer} → ${after.layer}` : shown.layer,
        object: label(shown.object),
        file: shown.file,
        diff: diffOf(from, to),
    };
}

function textOf(object: KubernetesObject, other?: KubernetesObject): string {
    return stringify(masked(object, other), { lineWidth: 0, aliasDuplicateObjects: false });
}

function diffOf(from: string, to: string): string[] {
    const patch = createTwoFilesPatch("a", "b", from, to, undefined, undefined, { context });
    const lines = patch.split("\n");
    return lines
        .slice(lines.findIndex((line) => line.startsWith("@@")))
        .filter((line) => line !== "" && !line.startsWith("\\"));
}
