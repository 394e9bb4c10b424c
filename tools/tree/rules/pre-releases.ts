import type { Finding } from "../finding";
import { type KubernetesObject, textAt } from "../object";
import { at, type Cluster, everyManifest, findingAt, inEveryCluster, type Manifest, ofKind, type Tree } from "../tree";

/** Runs releases alone. */
const production = "production";

/** Where each kind says which versions it follows. */
const ranges: Readonly<Record<string, string>> = {
    OCIRepository: "spec.ref.semver",
    HelmRelease: "spec.chart.spec.version",
    HelmChart: "spec.version",
    ImagePolicy: "spec.policy.semver.range",
};

/** How an image policy compares tags that need not be versions. */
const unversioned = ["alphabetical", "numerical"];

/**
 * Production follows no pre-releases, whoever's version it is, and what is written for every environment follows none
 * either: a later environment, or a team that is listed there later, would.
 */
export function preReleases(tree: Tree): readonly Finding[] {
    return inEveryCluster(tree, (cluster) =>
        ofKind(everyManifest(cluster), ...Object.keys(ranges)).flatMap((manifest) => faultsOf(manifest, cluster)),
    );
}

function faultsOf(manifest: Manifest, cluster: Cluster): Finding[] {
    const { object } = manifest;
    const path = ranges[object.kind] ?? "";
    const followed = orderOf(object);
    if (followed !== undefined && !isOwn(manifest, `spec.policy.${followed}`, cluster)) {
        const problem = `follows every tag in ${followed} order, pre-releases too, in every environment, or in production`;
        const fix = "write policy: { semver: { range: … } }, and a patch with another order for one environment";
        return [findingAt(manifest, `spec.policy.${followed}`, problem, fix)];
    }
    const range = textAt(object, path) ?? "";
    if (!/[\dx*]-[0-9a-z]/i.test(range) || isOwn(manifest, path, cluster)) {
        return [];
    }
    const problem = `follows pre-releases (${range}) in every environment, or in production`;
    const fix = "write the range without -0, and a patch with it for one environment, as charts-staging.yaml is";
    return [findingAt(manifest, path, problem, fix)];
}

function orderOf(object: KubernetesObject): string | undefined {
    const policy = object.kind === "ImagePolicy" ? (object.spec as { policy?: object } | undefined)?.policy : undefined;
    return unversioned.find((order) => order in (policy ?? {}));
}

/** Whether a field is written for one environment, which is not production. */
function isOwn(manifest: Manifest, path: string, { environment }: Cluster): boolean {
    const { file } = at(manifest, path);
    const own = file.endsWith(`-${environment}.yaml`) || file.startsWith(`clusters/${environment}/`);
    return own && environment !== production;
}
