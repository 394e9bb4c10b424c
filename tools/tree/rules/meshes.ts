import { chartReference } from "../charts";
import type { Finding } from "../finding";
import { label, mapAt, type Path } from "../object";
import {
    type Cluster,
    dependenciesOf,
    everyManifest,
    findingAt,
    inEveryCluster,
    type Layer,
    type Manifest,
    manifestsOf,
    ofKind,
    type Tree,
} from "../tree";

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
 * cluster does not have does nothing, so a namespace may carry those of all that the setting allows. Pods that are
 * marked come after the mesh: without it they start without a proxy, and stay so.
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
        const early = cluster.layers.flatMap((layer) => {
            const [mesh] = meshLayers(cluster, layer).filter((name) => !dependenciesOf(layer).includes(name));
            const mark = marks.find(({ manifest, path }) => manifest.layer === layer.name && path[0] === "spec");
            const fix = `add "- name: ${mesh}" to dependsOn in ${layer.kustomization.file}`;
            return mesh === undefined || mark === undefined
                ? []
                : [
                      findingAt(
                          mark.manifest,
                          mark.path,
                          `takes pods into a mesh that layer ${layer.name} does not wait for`,
                          fix,
                      ),
                  ];
        });
        const both = marks.flatMap((mark) => {
            const owner = owners.get(mark.namespace);
            if (owner === undefined || owner.mesh === mark.mesh) {
                return [];
            }
            const problem = `takes namespace ${mark.namespace} into ${mark.mesh}, and ${label(owner.manifest.object)} takes it into ${owner.mesh}`;
            return [findingAt(mark.manifest, mark.path, problem, "take one of the two marks away")];
        });
        return [...early, ...both];
    });
}

/** Names of the layers that make the mesh that a layer's pods are marked for. */
export function meshLayers(cluster: Cluster, layer: Layer): readonly string[] {
    const wanted = layer.manifests.flatMap(marksOf).filter(({ path }) => path[0] === "spec");
    return cluster.layers
        .filter((other) => other.name !== layer.name)
        .filter((other) =>
            ofKind(other.manifests, "HelmRelease").some((release) => {
                const mesh = controlPlanes[chartReference(cluster, release).name];
                return mesh !== undefined && wanted.some((mark) => mark.mesh === mesh);
            }),
        )
        .map(({ name }) => name);
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
