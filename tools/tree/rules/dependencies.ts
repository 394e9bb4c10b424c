import { decryptionCheckLayer } from "../../../components/gitops/flux-names";
import type { Finding } from "../finding";
import { neededLayers } from "../needs";
import { field } from "../object";
import { type Rendered, renderedReleases } from "../rendering/rendered";
import { type Cluster, dependenciesOf, findingAt, hasAllMeshes, type Layer, type Tree } from "../tree";
import { substitutesSecrets } from "../variables";
import { definingLayers } from "./definitions";
import { meshLayers } from "./meshes";
import { monitoringLayers } from "./monitors";
import { namespaceNeeds } from "./namespaces";
import { priorityClassNeeds } from "./priority-classes";
import { referenceNeeds } from "./references";
import { serviceAccountNeeds } from "./service-accounts";
import { tenantNeeds } from "./tenants";

/**
 * A layer waits for what it needs and for nothing else, since it stands still while that is not ready. What takes
 * Secrets waits for the layer that proves their decryption, so that a key that is missing shows in one place.
 */
export async function dependencies(tree: Tree): Promise<readonly Finding[]> {
    return [...tree.clusters.flatMap((cluster) => cluster.layers.flatMap(undecrypted)), ...(await idle(tree))];
}

function undecrypted(layer: Layer): Finding[] {
    const needs = hasSecrets(layer) && layer.name !== decryptionCheckLayer;
    const fix = `add "- name: ${decryptionCheckLayer}" to dependsOn in ${layer.kustomization.file}`;
    return needs && !dependenciesOf(layer).includes(decryptionCheckLayer)
        ? [
              findingAt(
                  layer.kustomization,
                  "spec.dependsOn",
                  `takes a Secret and does not wait for ${decryptionCheckLayer}`,
                  fix,
              ),
          ]
        : [];
}

/** In no environment and with no mesh is there a need. What only some meshes need is not known without them. */
async function idle(tree: Tree): Promise<Finding[]> {
    const { clusters } = tree;
    const isKnown = ({ build }: Layer) => hasAllMeshes(tree) || !build.folder.startsWith("systems/");
    const orders = await Promise.all(
        clusters.map(async (cluster) => {
            const releases = await renderedReleases(cluster);
            return cluster.layers.flatMap((layer) =>
                needsOf(cluster, layer, releases).map((name) => `${layer.name} after ${name}`),
            );
        }),
    );
    const needed = new Set(orders.flat());
    return clusters.flatMap(({ layers }) =>
        layers.filter(isKnown).flatMap((layer) =>
            dependenciesOf(layer).flatMap((name, index) => {
                const order = `${layer.name} after ${name}`;
                const path = ["spec", "dependsOn", index, "name"];
                const problem = `waits for ${name}, of which nothing in it needs anything`;
                return needed.has(order)
                    ? []
                    : [findingAt(layer.kustomization, path, problem, "take the dependency away")];
            }),
        ),
    );
}

/** Those of the teams count too, whether the environment lists them or not. */
function needsOf(cluster: Cluster, listed: Layer, releases: readonly Rendered[]): readonly string[] {
    const others = cluster.optional.filter((manifest) => manifest.layer === listed.name);
    const layer = { ...listed, manifests: [...listed.manifests, ...others] };
    const kinds = [namespaceNeeds, priorityClassNeeds, referenceNeeds, ...serviceAccountNeeds, tenantNeeds(cluster)];
    return [
        ...kinds.flatMap((needs) => neededLayers(cluster, layer, needs)),
        ...definingLayers(cluster, layer, releases),
        ...meshLayers(cluster, layer),
        ...monitoringLayers(cluster, layer),
        ...(hasSecrets(layer) ? [decryptionCheckLayer] : []),
    ];
}

function hasSecrets({ kustomization, manifests }: Layer): boolean {
    return (
        substitutesSecrets(kustomization.object) ||
        manifests.some(({ object }) => object.kind === "Secret" && field(object, "sops") !== undefined)
    );
}
