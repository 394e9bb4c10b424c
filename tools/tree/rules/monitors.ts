import { chartOf, valuesOf } from "../charts";
import type { Finding } from "../finding";
import { entriesWithin, field, isMap } from "../object";
import { type Cluster, dependenciesOf, findingAt, inEveryCluster, type Layer, type Manifest, type Tree } from "../tree";
import { layersDefining } from "./definitions";

const kinds = { servicemonitor: "ServiceMonitor", podmonitor: "PodMonitor", prometheusrule: "PrometheusRule" };
const group = "monitoring.coreos.com";

/**
 * A release that makes monitors comes after their definitions: Helm refuses to install what the API server does not
 * know.
 */
export function monitors(tree: Tree): readonly Finding[] {
    return inEveryCluster(tree, (cluster) =>
        cluster.layers.flatMap((layer) =>
            layer.manifests
                .filter(({ object }) => object.kind === "HelmRelease")
                .flatMap((release) => earlyMonitors(cluster, layer, release)),
        ),
    );
}

function earlyMonitors(cluster: Cluster, layer: Layer, release: Manifest): Finding[] {
    return monitorsOf(cluster, release)
        .filter(({ kind }) => {
            const homes = layersDefining(cluster, group, kind);
            return !dependenciesOf(layer).some((name) => homes.includes(name));
        })
        .map(({ path, kind }) => {
            const home = cluster.layers.find((candidate) =>
                candidate.manifests.some(
                    (other) =>
                        other.object.kind === "HelmRelease" &&
                        chartOf(cluster, other)?.kinds.some((own) => own.group === group && own.kind === kind) === true,
                ),
            );
            const fix = home
                ? `add "- name: ${home.name}" to dependsOn in ${layer.kustomization.file}`
                : "install prometheus-operator-crds in an earlier layer";
            const problem = `makes a ${kind}, which layer ${layer.name} does not wait for the definition of`;
            return findingAt(release, ["spec", "values", ...path], problem, fix);
        });
}

/** Names of the layers that define what a layer's releases make. */
export function monitoringLayers(cluster: Cluster, layer: Layer): readonly string[] {
    return layer.manifests
        .filter(({ object }) => object.kind === "HelmRelease")
        .flatMap((release) => monitorsOf(cluster, release))
        .flatMap(({ kind }) => layersDefining(cluster, group, kind));
}

/**
 * `serviceMonitor: { enabled: true }`, `podMonitorEnabled: true` and the like, below parts of the chart that are not
 * turned off.
 */
function monitorsOf(cluster: Cluster, release: Manifest) {
    const values = valuesOf(chartOf(cluster, release), release);
    return [...entriesWithin(values)].flatMap(({ path, key, value }) => {
        const [, name, suffix] = /^(.*?)(enabled)?$/.exec(key.toLowerCase().replaceAll("-", "")) ?? [];
        const kind = Object.entries(kinds).find(([own]) => own === name)?.[1];
        const isOn = suffix === undefined ? isMap(value) && value.enabled === true : value === true;
        const isBelowOff = path.some(
            (_, depth) => depth > 0 && field(values, [...path.slice(0, depth), "enabled"]) === false,
        );
        const switchAt = suffix === undefined ? [...path, "enabled"] : path;
        return kind !== undefined && isOn && !isBelowOff ? [{ path: switchAt, kind }] : [];
    });
}
