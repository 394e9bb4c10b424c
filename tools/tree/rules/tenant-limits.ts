import type { Finding } from "../finding";
import { field, list, mapAt } from "../object";
import { type Cluster, everyOfKind, findingAt, inEveryCluster, type Manifest, type Tree } from "../tree";

const counted = ["spec", "hard"];

/** What fills a node's disk: of what a container may ask for, and of what it gets if it asks for nothing. */
const disk = {
    ResourceQuota: ["requests.ephemeral-storage", "limits.ephemeral-storage"],
    LimitRange: ["default", "defaultRequest"],
} as const;

/**
 * A tenant makes no kind of object without end: its quota counts each that its role lets it make, and what those make
 * by themselves. Nor does it fill the disks of nodes, or use up what Let's Encrypt issues for the domain.
 */
export function tenantLimits(tree: Tree): readonly Finding[] {
    return inEveryCluster(tree, (cluster) => {
        const kinds = kindsToCount(cluster);
        const isTenants = ({ layer }: Manifest) => layer === "tenants";
        return [
            ...everyOfKind(cluster, "ResourceQuota")
                .filter(isTenants)
                .flatMap((quota) => faultsOfQuota(quota, kinds)),
            ...everyOfKind(cluster, "LimitRange").filter(isTenants).flatMap(faultsOfRange),
        ];
    });
}

/** What Kubernetes makes for a tenant, however many revisions the tenant says are kept. */
const madeByOthers = ["replicasets.apps", "controllerrevisions.apps"];

/** What leads to a certificate: all names below the domain share one limit of the authority, so a team makes none. */
const certificates = [
    "ingresses.networking.k8s.io",
    "certificates.cert-manager.io",
    "certificaterequests.cert-manager.io",
];

/** As a quota names them: `configmaps`, `deployments.apps`. */
function kindsToCount(cluster: Cluster): readonly string[] {
    const role = everyOfKind(cluster, "ClusterRole").find(({ object }) => object.metadata.name === "tenant");
    const made = list(role?.object, "rules")
        .filter((rule) => list(rule, "verbs").includes("create"))
        .flatMap((rule) =>
            list(rule, "apiGroups").flatMap((group) =>
                list(rule, "resources").map((kind) =>
                    group === "" ? String(kind) : `${String(kind)}.${String(group)}`,
                ),
            ),
        );
    return ["pods", ...made, ...madeByOthers];
}

function faultsOfQuota(quota: Manifest, kinds: readonly string[]): Finding[] {
    const hard = mapAt(quota.object, counted);
    const uncounted = kinds
        .filter((kind) => hard[kind] === undefined && hard[`count/${kind}`] === undefined)
        .map((kind) =>
            findingAt(quota, counted, `does not count ${kind}, which a tenant may make`, `add count/${kind}: "20"`),
        );
    const unbounded = disk.ResourceQuota.filter((resource) => hard[resource] === undefined).map((resource) =>
        findingAt(quota, counted, `sets no ${resource}`, `add ${resource}: 10Gi`),
    );
    const issued = certificates
        .filter((kind) => hard[`count/${kind}`] !== "0")
        .map((kind) =>
            findingAt(
                quota,
                counted,
                `lets a tenant have ${kind}, each of which may take a certificate from the domain's limit`,
                `write count/${kind}: "0"; the team's Gateway has its certificate`,
            ),
        );
    return [...uncounted, ...unbounded, ...issued];
}

function faultsOfRange(range: Manifest): Finding[] {
    const limits = list(range.object, "spec.limits");
    return disk.LimitRange.filter(
        (part) => !limits.some((limit) => field(limit, [part, "ephemeral-storage"]) !== undefined),
    ).map((part) =>
        findingAt(
            range,
            "spec.limits",
            `gives a container that states none no ephemeral-storage (${part})`,
            `add ephemeral-storage to ${part}`,
        ),
    );
}
