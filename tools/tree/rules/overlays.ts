import { copyLine } from "../artifacts";
import type { Finding } from "../finding";
import { isTarget, kustomizeFile } from "../kustomizations";
import { field, list, textAt } from "../object";
import type { Sources } from "../sources";
import { type Cluster, everyManifest, type Manifest, type Tree } from "../tree";
import { serviceMeshes } from "../variables";

/**
 * What an environment says of a layer has an effect: the layer applies it, each patch finds its object there, and each
 * Secret is taken. kustomize refuses none of these.
 */
export function overlays(tree: Tree): readonly Finding[] {
    return tree.environments.flatMap((environment) => {
        const clusters = tree.clusters.filter((cluster) => cluster.environment === environment);
        return tree.sources.foldersIn(`clusters/${environment}`).flatMap((layer) => {
            const folder = `clusters/${environment}/${layer}`;
            return [
                ...unapplied(tree.sources, folder, clusters, layer),
                ...idlePatches(tree.sources, folder, clusters, layer),
                ...untakenSecrets(tree.sources, folder, clusters),
            ];
        });
    });
}

function unapplied(sources: Sources, folder: string, clusters: readonly Cluster[], name: string): Finding[] {
    const applies = clusters.some(({ layers }) => layers.some(({ build }) => build.components.includes(folder)));
    const component = `../../${folder.replace(/^clusters\/[^/]+/, "clusters/${environment}")}`;
    const isLayer = clusters.some(({ layers }) => layers.some((layer) => layer.name === name));
    const fix = isLayer
        ? `add "- ${component}" to the components of clusters/base/${name}.yaml, and to its copies ${copyLine(component.slice(6))}`
        : "call the folder after a layer, or remove it";
    const file = sources.below(folder)[0] ?? folder;
    return applies ? [] : [{ file, line: 1, problem: `${folder} is applied by no layer`, fix }];
}

function idlePatches(sources: Sources, folder: string, clusters: readonly Cluster[], layer: string): Finding[] {
    const overlay = kustomizeFile(sources, folder);
    const absent = serviceMeshes.filter((mesh) => !clusters.some((cluster) => cluster.mesh === mesh));
    return list(overlay?.content, "patches").flatMap((patch, index) => {
        const target = field(patch, "target");
        const isOfAbsentMesh = absent.some((mesh) => textAt(patch, "path")?.includes(`/systems/${mesh}/`) === true);
        if (overlay === undefined || isOfAbsentMesh) {
            return [];
        }
        const line = lineOf(sources, overlay.file, ["patches", index]);
        if (target === undefined) {
            const fix = "write target: { kind: …, name: … }, since the mesh of another cluster lacks the object";
            return [{ file: overlay.file, line, problem: "has a patch without a target", fix }];
        }
        const isFound = clusters.some((cluster) =>
            everyManifest(cluster).some((each) => each.layer === layer && isTarget(target, each.object)),
        );
        const name = `${textAt(target, "kind") ?? "object"} ${textAt(target, "name") ?? ""}`.trim();
        const problem = `has a patch of ${name}, which layer ${layer} does not have`;
        return isFound ? [] : [{ file: overlay.file, line, problem, fix: "correct its target, or remove it" }];
    });
}

function untakenSecrets(sources: Sources, folder: string, clusters: readonly Cluster[]): Finding[] {
    const overlay = kustomizeFile(sources, folder);
    const taken = new Set(clusters.flatMap((cluster) => everyManifest(cluster).map(({ file }: Manifest) => file)));
    return (overlay?.resources ?? []).flatMap((resource, index) => {
        const line = lineOf(sources, overlay?.file ?? "", ["resources", index]);
        const name = textAt(sources.yaml(resource).content, "metadata.name") ?? "";
        const fix = `add "- target: { kind: Secret, name: ${name} }" with "path: ../take-secret.yaml" to the patches of layers/<layer>/kustomization.yaml`;
        const problem = `offers ${resource}, which no layer takes`;
        return taken.has(resource) ? [] : [{ file: overlay?.file ?? "", line, problem, fix }];
    });
}

function lineOf(sources: Sources, file: string, path: readonly (string | number)[]): number {
    const node = sources.yaml(file).documents[0]?.getIn(path, true) as { range?: [number] } | undefined;
    return sources.yaml(file).lineAt(node?.range?.[0] ?? 0);
}
