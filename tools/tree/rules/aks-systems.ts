import { chartReference } from "../charts";
import type { Finding } from "../finding";
import { everyOfKind, findingAt, inEveryCluster, type Tree } from "../tree";

/** What AKS runs in every cluster of the program, by the chart that would install it once more. */
const runByAks: Readonly<Record<string, string>> = {
    "metrics-server": "metrics-server",
    "workload-identity-webhook": "the workload identity webhook",
    "secrets-store-csi-driver": "the Secrets Store driver",
    "csi-secrets-store-provider-azure": "the Secrets Store driver with its Azure provider",
    "azuredisk-csi-driver": "the disk driver",
    "azurefile-csi-driver": "the file driver",
    "snapshot-controller": "the snapshot controller",
    coredns: "CoreDNS",
    cilium: "Cilium",
};

/** No release installs what AKS runs already: a second one would fight over the same objects. */
export function aksSystems(tree: Tree): readonly Finding[] {
    return inEveryCluster(tree, (cluster) =>
        everyOfKind(cluster, "HelmRelease").flatMap((release) => {
            const { name } = chartReference(cluster, release);
            const system = runByAks[name];
            const problem = `installs ${system}, which AKS runs already`;
            return system === undefined ? [] : [findingAt(release, "metadata.name", problem, "remove the release")];
        }),
    );
}
