import { nearest } from "../../../components/settings/nearest";
import { chartOf, chartReference, knownCharts } from "../charts";
import type { Finding } from "../finding";
import { field, textAt } from "../object";
import { lockName } from "../published/lock";
import {
    type Cluster,
    everyManifest,
    everyOfKind,
    findingAt,
    inEveryCluster,
    type Manifest,
    ofKind,
    type Tree,
} from "../tree";

const exact = /^v?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/;
const sources = ["OCIRepository", "HelmRepository", "HelmChart"];

/** Every release installs one exact version of a chart, from a source beside it, and the sandbox has that chart. */
export function charts(tree: Tree): readonly Finding[] {
    return inEveryCluster(tree, (cluster) => [
        ...everyOfKind(cluster, "HelmRelease").flatMap((release) => faultsOfRelease(cluster, release)),
        ...platformSources(cluster).flatMap((source) => faultsOfSource(cluster, source)),
    ]);
}

/** A tenant's sources are its own affair. */
function platformSources(cluster: Cluster): readonly Manifest[] {
    return ofKind(everyManifest(cluster), ...sources).filter(({ layer }) => layer !== "tenants");
}

function faultsOfRelease(cluster: Cluster, release: Manifest): Finding[] {
    const isInline = field(release.object, "spec.chart") !== undefined;
    const path = isInline ? "spec.chart.spec.sourceRef" : "spec.chartRef";
    const reference = field(release.object, path);
    const [kind, name] = [textAt(reference, "kind"), textAt(reference, "name")];
    const source = platformSources(cluster).find(({ object }) => object.kind === kind && object.metadata.name === name);
    if (!source) {
        const names = platformSources(cluster).map(({ object }) => object.metadata.name);
        const near = nearest(name ?? "", names);
        const fix =
            near === undefined
                ? "write an OCIRepository with an exact tag beside it, and name it in chartRef"
                : `did you mean ${near}?`;
        return [
            findingAt(release, `${path}.name`, `has no source ${kind ?? "OCIRepository"} ${name ?? ""}`.trimEnd(), fix),
            ...loosePin(release, isInline),
        ];
    }
    return [
        ...loosePin(release, isInline),
        ...(source.object.kind === "HelmChart" ? loosePin(source, true, "spec.version") : []),
        ...wrongLayer(release, source, `${path}.name`),
        ...otherVersion(cluster, release),
    ];
}

function loosePin(release: Manifest, isInline: boolean, path = "spec.chart.spec.version"): Finding[] {
    const version = textAt(release.object, path);
    const problem = `does not pin an exact version: ${version ?? "none"}`;
    return !isInline || exact.test(version ?? "")
        ? []
        : [findingAt(release, path, problem, "write the whole version of one chart, such as 1.2.3")];
}

/** Values, definitions and the sandbox's charts are of one version, which has to be the tree's. */
function otherVersion(cluster: Cluster, release: Manifest): Finding[] {
    const { name, version = "", url, pinnedBy = release, pinnedAt } = chartReference(cluster, release);
    const chart = chartOf(cluster, release);
    if (!chart) {
        const names = knownCharts().map(({ folder }) => folder.split("/").at(-1) ?? "");
        const near = nearest(name, names);
        const add = `add packages/facts/charts/${name}/ (packages/facts/charts/README.md)`;
        const fix = near === undefined ? add : `did you mean ${near}? Else ${add}`;
        return [findingAt(pinnedBy, "spec.url", `names chart ${name}, which the sandbox does not have`, fix)];
    }
    const locked = cluster.shelf.lockedVersions({ name, source: url ?? "" });
    if (locked.length > 0 && !locked.includes(version)) {
        const has = `installs ${name} ${version}, and ${lockName} has ${locked.join(", ")}`;
        return [findingAt(pinnedBy, pinnedAt, has, "npm run tree -- charts pull, and commit the lock")];
    }
    const problem = `installs ${name} ${version}, and ${chart.folder} is of ${chart.version}`;
    const fix = `copy values, definitions and rendered objects of ${version} to ${chart.folder}, or go back to ${chart.version}`;
    return chart.version === version ? [] : [findingAt(pinnedBy, pinnedAt, problem, fix)];
}

function wrongLayer(release: Manifest, source: Manifest, path: string): Finding[] {
    const problem = `is in layer ${release.layer}, and its source in layer ${source.layer} (${source.file})`;
    const fix = "keep both in one folder: what removes the one then removes the other";
    return release.layer === source.layer ? [] : [findingAt(release, path, problem, fix)];
}

function faultsOfSource(cluster: Cluster, source: Manifest): Finding[] {
    const { kind, metadata } = source.object;
    const users = everyOfKind(cluster, "HelmRelease", "HelmChart").filter(({ object }) =>
        ["spec.chartRef", "spec.chart.spec.sourceRef", "spec.sourceRef"]
            .map((path) => field(object, path))
            .some((reference) => field(reference, "kind") === kind && field(reference, "name") === metadata.name),
    );
    const { tag, ...others } = (field(source.object, "spec.ref") ?? {}) as Record<string, unknown>;
    const isExact = typeof tag === "string" && exact.test(tag) && Object.keys(others).every((key) => key === "digest");
    const pin = JSON.stringify(field(source.object, "spec.ref")) ?? "nothing";
    return [
        ...(users.length > 0
            ? []
            : [
                  findingAt(
                      source,
                      "metadata.name",
                      "is the source of no release",
                      "take it away, or name it in a HelmRelease",
                  ),
              ]),
        ...(metadata.namespace === "flux-system"
            ? []
            : [findingAt(source, "metadata.namespace", "is not in flux-system", "write namespace: flux-system")]),
        ...(kind !== "OCIRepository" || isExact
            ? []
            : [
                  findingAt(
                      source,
                      "spec.ref",
                      `does not pin an exact version: ${pin}`,
                      "write ref: { tag: <the whole version> }, and nothing else in it but a digest",
                  ),
              ]),
    ];
}
