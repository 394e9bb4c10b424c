import type { Finding } from "../finding";
import { list, mapAt } from "../object";
import { everyManifest, everyOfKind, findingAt, inEveryCluster, type Manifest, type Tree } from "../tree";

/** Every namespace of the tree has a policy by which its pods take no connection that is not allowed. */
export function networkPolicies(tree: Tree): readonly Finding[] {
    return inEveryCluster(tree, (cluster) => {
        const fenced = new Set(
            everyOfKind(cluster, "NetworkPolicy")
                .filter(deniesIngress)
                .map(({ object }) => object.metadata.namespace),
        );
        return everyManifest(cluster)
            .filter(({ object }) => object.kind === "Namespace" && !fenced.has(object.metadata.name))
            .map((namespace) => {
                const fix =
                    "add a NetworkPolicy with podSelector: {} and policyTypes: [Ingress] that allows what is needed alone";
                return findingAt(namespace, "metadata.name", "has no network policy that denies by default", fix);
            });
    });
}

/** A policy for all pods denies what it does not allow; a rule without `from` and `ports` allows everything. */
function deniesIngress({ object }: Manifest): boolean {
    const { matchLabels, matchExpressions } = mapAt(object, "spec.podSelector");
    const isForAll = matchLabels === undefined && matchExpressions === undefined;
    const types = list(object, "spec.policyTypes");
    const isOpen = list(object, "spec.ingress").some((rule) => JSON.stringify(rule) === "{}");
    return isForAll && (types.length === 0 || types.includes("Ingress")) && !isOpen;
}
