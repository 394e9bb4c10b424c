import { chartReference } from "../charts";
import type { Finding } from "../finding";
import { label, mapAt, type Path } from "../object";
import { everyManifest, findingAt, inEveryCluster, type Manifest, manifestsOf, ofKind, type Tree } from "../tree";

/** Marks by which a mesh takes the pods of a namespace, or one pod, into it. */
const marks: readonly { readonly mesh: string; readonly key: string; readonly off: readonly string[] }[] = [
    { mesh: "istio", key: "istio-injection", off: ["disabled"] },
    { mesh: "istio", key: "istio.io/rev", off: [] },
    { mesh: "istio", key: "istio.io/dataplane-mode", off: ["none"] },
    { mesh: "istio", key: "sidecar.istio.io/inject", off: ["false"] },
    { mesh: "linkerd", key: "linkerd.io/inject", off: ["disabled"] },
];

/** Where marks are: on a namespace, and on the pods of a workload. */
const places = ["labels", "annotations"].flatMap((part) => [
    ["metadata", part],
    ["spec", "template", "metadata", part],
]);

interface Mark {
    readonly manifest: Manifest;
    readonly path: Path;
    readonly mesh: string;
    readonly namespace: string;
}

/** The charts that make a mesh of the marks. */
const controlPlanes: Readonly<Record<string, string>> = { istiod: "istio", "linkerd-control-plane": "linkerd" };

/**
 * Two meshes are never in one namespace: each would take the other's traffic for its own. A mark of a mesh that the
 * cluster does not have does nothing, so a namespace may carry those of all that the setting allows.
 */
export function meshes(tree: Tree): readonly Finding[] {
    return inEveryCluster(tree, (cluster) => {
        const installed = ofKind(manifestsOf(cluster), "HelmRelease").flatMap((release) => {
            return controlPlanes[chartReference(cluster, release).name] ?? [];
        });
        const marks = everyManifest(cluster)
            .flatMap(marksOf)
            .filter(({ mesh }) => installed.includes(mesh));
        // A namespace's own mark counts before those of what is in it.
        const owners = new Map(
            [...marks]
                .sort(byNamespace)
                .reverse()
                .map((mark) => [mark.namespace, mark]),
        );
        return marks.flatMap((mark) => {
            const owner = owners.get(mark.namespace);
            if (owner === undefined || owner.mesh === mark.mesh) {
                return [];
            }
            const problem = `takes namespace ${mark.namespace} into ${mark.mesh}, and ${label(owner.manifest.object)} takes it into ${owner.mesh}`;
            return [findingAt(mark.manifest, mark.path, problem, "take one of the two marks away")];
        });
    });
}

function byNamespace(one: Mark, other: Mark): number {
    return Number(other.manifest.object.kind === "Namespace") - Number(one.manifest.object.kind === "Namespace");
}

function marksOf(manifest: Manifest): Mark[] {
    const { object } = manifest;
    const namespace = object.kind === "Namespace" ? object.metadata.name : (object.metadata.namespace ?? "");
    return places.flatMap((place) =>
        marks
            .filter(({ key, off }) => {
                const value = mapAt(object, place)[key];
                return typeof value === "string" && !off.includes(value);
            })
            .map(({ mesh, key }) => ({ manifest, path: [...place, key], mesh, namespace })),
    );
}
