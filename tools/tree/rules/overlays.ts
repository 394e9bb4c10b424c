import type { Finding } from "../finding";
import { isTarget, kustomizeFile } from "../kustomizations";
import { field, list, textAt } from "../object";
import type { Sources } from "../sources";
import { type Cluster, everyManifest, type Manifest, type Tree } from "../tree";
import { serviceMeshes } from "../variables";

/**
 * What an environment's overlay says has an effect: each patch finds its object in some layer, and each Secret is taken
 * by one. kustomize refuses neither, since every layer applies the overlay.
 */
export function overlays(tree: Tree): readonly Finding[] {
    return tree.environments.flatMap((environment) => {
        const clusters = tree.clusters.filter((cluster) => cluster.environment === environment);
        const folder = `clusters/${environment}/overlay`;
        return [...idlePatches(tree.sources, folder, clusters), ...untakenSecrets(tree.sources, folder, clusters)];
    });
}

function idlePatches(sources: Sources, folder: string, clusters: readonly Cluster[]): Finding[] {
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
            const fix = "write target: { kind: …, name: … }, since layers without the object apply it too";
            return [{ file: overlay.file, line, problem: "has a patch without a target", fix }];
        }
        const isFound = clusters.some((cluster) =>
            everyManifest(cluster).some(({ object }) => isTarget(target, object)),
        );
        const name = `${textAt(target, "kind") ?? "object"} ${textAt(target, "name") ?? ""}`.trim();
        const problem = `has a patch of ${name}, which no layer has`;
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
