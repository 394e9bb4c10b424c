import { chartOf } from "../charts";
import type { Finding } from "../finding";
import { inEveryLiveCluster } from "../rendering/live";
import type { Rendered } from "../rendering/rendered";
import { type Cluster, findingAt, type Tree } from "../tree";

/** Percent: an upgrade's record is a little larger than the first one. */
const most = 97;

/**
 * Helm keeps a release, its chart and what it made, in one Secret, which holds 1 MiB. A larger one cannot be installed,
 * whatever its values: all its templates are in the record, those that are off among them. Of a published chart the
 * record is measured; of a stand-in, it is `releaseRecord` of packages/facts/charts/<chart>/chart.yaml.
 */
export function releaseRecords(tree: Tree): Promise<readonly Finding[]> {
    return inEveryLiveCluster(tree, ({ cluster, releases }) =>
        releases.flatMap((rendered) => {
            const share = shareOf(cluster, rendered);
            const problem = `has a record of ${share} % of what a Secret holds: Helm cannot store it`;
            const fix = "install what it brings without Helm: a GitRepository with a Kustomization of Flux";
            return share > most ? [findingAt(rendered.release, "metadata.name", problem, fix)] : [];
        }),
    );
}

function shareOf(cluster: Cluster, { release, recordSize }: Rendered): number {
    const known = chartOf(cluster, release)?.releaseRecord ?? 0;
    return recordSize === undefined ? known : Math.round((recordSize / 2 ** 20) * 100);
}
