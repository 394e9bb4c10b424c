import type { Finding } from "../finding";
import { type Need, type Needs, unmetNeeds } from "../needs";
import { textAt } from "../object";
import { inEveryCluster, type Manifest, type Tree } from "../tree";

/** There before the first layer: those of Kubernetes, and the program makes Flux's. */
const always = ["default", "kube-system", "flux-system"].map((name) => `Namespace ${name}`);

/** Every namespace that an object is in, or that a release installs into, is made by this layer or one before it. */
export function namespaces(tree: Tree): readonly Finding[] {
    return inEveryCluster(tree, (cluster) => unmetNeeds(cluster, namespaceNeeds));
}

export const namespaceNeeds: Needs = { of: needs, always, own: true };

function needs({ object }: Manifest): Need[] {
    return ["metadata.namespace", "spec.targetNamespace"].flatMap((path) => {
        const namespace = textAt(object, path);
        return namespace === undefined ? [] : [{ path, what: `Namespace ${namespace}` }];
    });
}
