import * as fs from "node:fs";
import * as path from "node:path";
import { environmentsIn } from "../../components/gitops/fleet/manifest-tree";
import { decryptionCheckLayer } from "../../components/gitops/flux-names";
import { addComponent, copyToLayer, makeDependent } from "../tree/layer-file";

/** What an environment has of a layer that is not different there: kustomize refuses a component without anything. */
export function emptyComponent(layer: string): string {
    return `apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
# Nothing is different here. The name is there because kustomize refuses an empty file.
metadata:
  name: ${layer}
`;
}

/**
 * Lets a layer take Secrets of an environment: the environment has a folder for it, as every other has then, the layer
 * applies that folder, its artifact holds what is needed, and it waits for the proof that Secrets can be decrypted.
 */
export function openFolder(tree: string, environment: string, layer: string): void {
    for (const each of new Set([environment, ...environmentsIn(tree)])) {
        const folder = path.join(tree, "clusters", each, layer);
        if (!fs.existsSync(path.join(folder, "kustomization.yaml"))) {
            fs.mkdirSync(folder, { recursive: true });
            fs.writeFileSync(path.join(folder, "kustomization.yaml"), emptyComponent(layer));
        }
    }
    addComponent(tree, layer, `../../clusters/\${environment}/${layer}`);
    const needed = [
        `clusters/\${environment}/${layer}/*`,
        "clusters/${environment}/*.sops.yaml",
        "layers/take-secret.*",
    ];
    needed.forEach((pattern) => copyToLayer(tree, layer, pattern));
    if (layer !== decryptionCheckLayer) {
        makeDependent(tree, layer, decryptionCheckLayer);
    }
}
