import type { Finding } from "../finding";
import { field, label, list } from "../object";
import { findingOn, inEveryLiveCluster, type LiveCluster, type LiveObject, liveOfKind } from "../rendering/live";
import { type Cluster, everyOfKind, findingAt, type Manifest, type Tree } from "../tree";

const reasonKey = "landfall/not-backed-up";
const schedule = "daily";

/**
 * What is on a volume is in Velero's daily backup, or the volume's namespace says why it may be lost. A namespace that
 * says so is one that the backup leaves out. The volumes of PostgreSQL have backups of their own, and are made by an
 * operator: another rule looks after them.
 */
export function volumes(tree: Tree): Promise<readonly Finding[]> {
    return inEveryLiveCluster(tree, (live) => {
        const backup = scheduleOf(live.cluster);
        if (!backup) {
            return [];
        }
        const leftOut = new Set(list(backup.object, "spec.template.excludedNamespaces"));
        const reasons = new Map(
            everyOfKind(live.cluster, "Namespace").map((namespace) => [
                namespace.object.metadata.name,
                field(namespace.object, ["metadata", "annotations", reasonKey]),
            ]),
        );
        const lost = volumesOf(live)
            .filter(({ object }) => leftOut.has(object.metadata.namespace))
            .filter(({ object }) => isEmpty(reasons.get(object.metadata.namespace ?? "")));
        return [
            ...lost.map((source) =>
                findingOn(
                    source,
                    "metadata.namespace",
                    `keeps a volume in ${source.object.metadata.namespace ?? ""}, which Schedule velero/${schedule} leaves out`,
                    `back the namespace up, or say in annotation ${reasonKey} of the Namespace why it may be lost`,
                ),
            ),
            ...everyOfKind(live.cluster, "Namespace").flatMap((namespace) => saved(namespace, leftOut)),
        ];
    });
}

/** A reason for what is not the case. */
function saved({ object, ...manifest }: Manifest, leftOut: ReadonlySet<unknown>): Finding[] {
    const path = ["metadata", "annotations", reasonKey];
    const isSaid = field(object, path) !== undefined;
    const problem = `says why ${label(object)} is not backed up, and Schedule velero/${schedule} backs it up`;
    return isSaid && !leftOut.has(object.metadata.name)
        ? [findingAt({ ...manifest, object }, path, problem, "remove the annotation, or exclude the namespace")]
        : [];
}

function scheduleOf(cluster: Cluster): Manifest | undefined {
    return everyOfKind(cluster, "Schedule").find(
        ({ object }) => object.apiVersion.startsWith("velero.io/") && object.metadata.name === schedule,
    );
}

/** Claims, and what makes claims. */
function volumesOf(live: LiveCluster): readonly LiveObject[] {
    return [
        ...liveOfKind(live, "PersistentVolumeClaim"),
        ...liveOfKind(live, "StatefulSet").filter(({ object }) => list(object, "spec.volumeClaimTemplates").length > 0),
        ...liveOfKind(live, "Alertmanager", "Prometheus").filter(
            ({ object }) => field(object, "spec.storage.volumeClaimTemplate") !== undefined,
        ),
    ];
}

function isEmpty(reason: unknown): boolean {
    return typeof reason !== "string" || reason.trim() === "";
}
