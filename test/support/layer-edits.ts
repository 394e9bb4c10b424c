import * as fs from "node:fs";
import * as path from "node:path";
import { stringify } from "yaml";
import { serviceMeshes } from "../../tools/tree/variables";
import { editFolder, read } from "./folder-edits";
import { identity, objectsIn, ownFiles, type TreeObject } from "./tree-files";

interface LayerKustomization extends TreeObject {
    readonly spec: {
        path: string;
        dependsOn?: { name: string }[];
        healthChecks?: { apiVersion: string; kind: string; name: string; namespace?: string }[];
    };
}

/** A Flux Kustomization of the tree, with the folders that it builds. */
export interface Layer {
    readonly file: string;
    readonly kustomization: LayerKustomization;
    /** The ArtifactGenerator of the layer. */
    readonly generator: TreeObject;
    /** More than one where a variable stands for the mesh. */
    readonly folders: readonly string[];
}

/** The layers that environments list. */
export function layersOf(root: string, clusters: readonly string[]): Layer[] {
    return [...new Set(clusters.flatMap(ownFiles))].map((file) => {
        const [kustomization, generator] = objectsIn(file) as [LayerKustomization, TreeObject];
        return { file, kustomization, generator, folders: resolved(root, kustomization.spec.path) };
    });
}

/** The folders of a path in which a variable stands for each mesh: `./systems/${service_mesh}`. */
function resolved(root: string, pattern: string): string[] {
    return [...new Set(serviceMeshes.map((mesh) => path.join(root, pattern.replace("${service_mesh}", mesh))))].filter(
        (folder) => fs.existsSync(folder),
    );
}

/** What an environment's list adds to layers: a patch each, and the folder that it names. */
export function addedSystems(cluster: string): { patch: string; folder: string }[] {
    const { patches = [] } = read(cluster);
    return patches.flatMap(({ patch = "" }) => {
        const [, folder] = /value: (\.\.\/\.\.\/\S+)/.exec(patch) ?? [];
        return folder === undefined ? [] : [{ patch, folder: path.join(cluster, folder) }];
    });
}

/** Removes layers without objects. What depended on one depends on what that one depended on. */
export function shortenLayers(
    clusters: readonly string[],
    layers: readonly Layer[],
    objectsOf: (layer: Layer) => TreeObject[],
): void {
    const isEmpty = (layer: Layer) => objectsOf(layer).length === 0;
    const gone = new Map(layers.filter(isEmpty).map((layer) => [layer.kustomization.metadata.name, layer]));
    const lasting = (layer: Layer): string[] =>
        (layer.kustomization.spec.dependsOn ?? []).flatMap(({ name }) => {
            const dropped = gone.get(name);
            return dropped ? lasting(dropped) : [name];
        });
    const names = new Set(layers.flatMap(objectsOf).map(identity));
    for (const layer of layers.filter((each) => !isEmpty(each))) {
        const { kustomization, generator, file } = layer;
        const { dependsOn, healthChecks, ...spec } = kustomization.spec;
        const checks = healthChecks?.filter(
            ({ kind, name, namespace }) =>
                kind !== "HelmRelease" || names.has(identity({ kind, metadata: { name, namespace } })),
        );
        Object.assign(kustomization.spec, spec, {
            dependsOn: dependsOn && [...new Set(lasting(layer))].map((name) => ({ name })),
            healthChecks: checks && checks.length > 0 ? checks : undefined,
        });
        fs.writeFileSync(file, [kustomization, generator].map((object) => stringify(object)).join("---\n"));
    }
    for (const cluster of clusters) {
        editFolder(cluster, (line) => !gone.has(path.basename(line, ".yaml")));
    }
}
