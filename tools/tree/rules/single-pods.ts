import { chartOf, valuesOf } from "../charts";
import type { Finding } from "../finding";
import { field } from "../object";
import { everyOfKind, findingAt, inEveryCluster, type Tree } from "../tree";

/**
 * A pod that waits to be the leader is of use only if it becomes ready as it waits. Where it does not, the release
 * never does either, and a budget then keeps the leader's node from being drained. Which charts make such pods is
 * `singlePods` of packages/facts/charts/<chart>/chart.yaml.
 */
export function singlePods(tree: Tree): readonly Finding[] {
    return inEveryCluster(tree, (cluster) =>
        everyOfKind(cluster, "HelmRelease").flatMap((release) => {
            const chart = chartOf(cluster, release);
            const values = valuesOf(chart, release);
            return (chart?.singlePods ?? [])
                .map((path) => ({ path, pods: Number(field(values, path)) }))
                .filter(({ pods }) => pods > 1)
                .map(({ path, pods }) => {
                    const problem = `makes ${pods} pods by ${path}, of which only the leader becomes ready`;
                    return findingAt(release, `spec.values.${path}`, problem, `write ${path}: 1, or leave it out`);
                });
        }),
    );
}
