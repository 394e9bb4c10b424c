import { chartOf } from "../charts";
import type { Finding } from "../finding";
import { everyOfKind, findingAt, inEveryCluster, type Tree } from "../tree";

/**
 * Helm keeps a release, its chart and what it made, in one Secret, which holds 1 MiB. A chart whose record is larger
 * cannot be installed, whatever its values: all its templates are in the record, those that are off among them. How
 * large it is, is `releaseRecord` of packages/facts/charts/<chart>/chart.yaml.
 */
export function releaseRecords(tree: Tree): readonly Finding[] {
    return inEveryCluster(tree, (cluster) =>
        everyOfKind(cluster, "HelmRelease").flatMap((release) => {
            const share = chartOf(cluster, release)?.releaseRecord ?? 0;
            const problem = `has a record of ${share} % of what a Secret holds: Helm cannot store it`;
            const fix = "install what it brings without Helm: a GitRepository with a Kustomization of Flux";
            return share > 100 ? [findingAt(release, "metadata.name", problem, fix)] : [];
        }),
    );
}
