import type { Finding } from "../finding";
import { field, list } from "../object";
import { findingOn, inEveryLiveCluster, type LiveCluster, type LiveObject, liveOfKind } from "../rendering/live";
import { hasPort, type ListeningPods, listeningPods } from "../rendering/ports";
import { selects, selectsAll } from "../selector";
import type { Tree } from "../tree";

/** Namespaces whose pods the tree does not make: AKS, Flux and teams do. */
const foreign = ["kube-system", "flux-system"];

/** A network policy selects pods that there are, and lets in to ports that one of them has. */
export function networkPolicyTargets(tree: Tree): Promise<readonly Finding[]> {
    return inEveryLiveCluster(tree, (live) => {
        const pods = listeningPods(live);
        return liveOfKind(live, "NetworkPolicy")
            .filter(({ object, manifest }) => {
                const { namespace = "" } = object.metadata;
                return !foreign.includes(namespace) && !manifest.file.startsWith("tenants/");
            })
            .flatMap((policy) => faultsOf(live, policy, pods));
    });
}

function faultsOf(live: LiveCluster, policy: LiveObject, pods: readonly ListeningPods[]): Finding[] {
    const { object } = policy;
    const here = pods.filter(({ namespace }) => namespace === object.metadata.namespace);
    const selector = field(object, "spec.podSelector");
    const selected = here.filter(({ labels }) => selects(selector ?? {}, labels));
    if (selected.length === 0) {
        const problem = `selects no pod: nothing in namespace ${object.metadata.namespace} has these labels`;
        return selectsAll(selector)
            ? []
            : [findingOn(policy, "spec.podSelector", problem, `the pods there have: ${labelsOf(here)}`)];
    }
    const ports = selected.flatMap((one) => one.ports);
    return list(object, "spec.ingress").flatMap((rule, index) =>
        list(rule, "ports").flatMap((entry, entryIndex) => {
            const port = field(entry, "port");
            const end = Number(field(entry, "endPort") ?? 0);
            const isThere = end > 0 ? ports.some((one) => one.number >= Number(port) && one.number <= end) : false;
            const known = [
                ...new Set(ports.map(({ number, name }) => (name === undefined ? number : `${name} (${number})`))),
            ];
            const path = ["spec", "ingress", index, "ports", entryIndex, "port"];
            const problem = `lets in to port ${String(port)}, which no pod that it selects has`;
            return port === undefined || isThere || hasPort(ports, port)
                ? []
                : [findingOn(policy, path, problem, `they have: ${known.join(", ")}`)];
        }),
    );
}

function labelsOf(pods: readonly ListeningPods[]): string {
    const lines = pods.map(({ labels }) =>
        Object.entries(labels)
            .filter(([key]) => /(^|\/)(app|name|component|instance|control-plane)/.test(key))
            .map(([key, value]) => `${key}=${String(value)}`)
            .join(","),
    );
    return [...new Set(lines)].join("; ") || "none";
}
