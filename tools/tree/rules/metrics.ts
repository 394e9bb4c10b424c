import { nearest } from "../../../components/settings/nearest";
import { alertRulesOf } from "../alerts";
import { chartOf, chartReference } from "../charts";
import { dashboardQueries } from "../dashboards";
import type { Finding } from "../finding";
import { type ExporterFacts, knownMetrics } from "../metrics";
import { list, textAt } from "../object";
import type { Place } from "../place";
import { parseQuery } from "../promql";
import { at, type Cluster, findingAt, inEveryCluster, manifestsOf, ofKind, type Tree } from "../tree";

/** Functions that take the resets of a counter for granted. */
const ofCounters = ["rate", "irate", "increase"];

const customResources = "spec.values.kube-state-metrics.customResourceState.config.spec.resources";

interface PlacedQuery {
    readonly query: string;
    /** Where it is written. */
    readonly place: () => Place;
}

/**
 * Queries of rules, dashboards and canaries are PromQL, and name metrics that an exporter is known to have. What is
 * known is about the version that the tree installs.
 */
export function metrics(tree: Tree): readonly Finding[] {
    const own = new Set(tree.clusters.flatMap(ownMetrics));
    const ofDashboards = dashboardQueries(tree.sources).map(({ query, ...place }) => ({ query, place: () => place }));
    const queries = [...ofDashboards, ...tree.clusters.flatMap(queriesOf)];
    return [
        ...queries.flatMap((query) => queryFindings(query, own)),
        ...inEveryCluster(tree, (cluster) => knownMetrics().exporters.flatMap((facts) => agedFacts(cluster, facts))),
    ];
}

/** What the tree makes itself: recording rules, and what it has kube-state-metrics read of objects. */
function ownMetrics(cluster: Cluster): string[] {
    const recorded = alertRulesOf(cluster).flatMap(({ rule }) => textAt(rule, "record") ?? []);
    const read = ofKind(manifestsOf(cluster), "HelmRelease")
        .flatMap(({ object }) => list(object, customResources))
        .flatMap((resource) =>
            list(resource, "metrics").map(
                (metric) => `${textAt(resource, "metricNamePrefix")}_${textAt(metric, "name")}`,
            ),
        );
    return [...recorded, ...read];
}

function queriesOf(cluster: Cluster): PlacedQuery[] {
    return [
        ...alertRulesOf(cluster).map(({ manifest, path, expr }) => ({
            query: expr,
            place: () => at(manifest, [...path, "expr"]),
        })),
        ...ofKind(manifestsOf(cluster), "MetricTemplate")
            .filter(({ object }) => textAt(object, "spec.provider.type") === "prometheus")
            .map((manifest) => ({
                query: textAt(manifest.object, "spec.query") ?? "",
                place: () => at(manifest, "spec.query"),
            })),
    ];
}

function queryFindings({ query, place }: PlacedQuery, own: ReadonlySet<string>): Finding[] {
    const parsed = parseQuery(query);
    if ("error" in parsed) {
        const rest = query.slice(parsed.error, parsed.error + 20).trim();
        const problem = `a query makes no sense ${rest === "" ? "at its end" : `from "${rest}" on`}`;
        return [{ ...place(), problem, fix: "correct it: promtool promql format shows how Prometheus reads it" }];
    }
    const { types } = knownMetrics();
    return parsed.uses.flatMap(({ name, over }): Finding[] => {
        const type = types.get(name);
        if (type === undefined && !own.has(name)) {
            const like = nearest(name, [...types.keys()]);
            const fix =
                (like === undefined ? "" : `did you mean ${like}? Otherwise `) +
                "add it to packages/facts/metrics, as the source of its exporter has it";
            return [{ ...place(), problem: `no exporter is known to have metric ${name}`, fix }];
        }
        return type === "gauge" && over !== undefined && ofCounters.includes(over)
            ? [
                  {
                      ...place(),
                      problem: `${over} of ${name}, which goes down too`,
                      fix: "use delta or deriv for a gauge",
                  },
              ]
            : [];
    });
}

/** The chart is newer than what is known of its metrics. */
function agedFacts(cluster: Cluster, { file, chart, version }: ExporterFacts): Finding[] {
    return ofKind(manifestsOf(cluster), "HelmRelease")
        .filter((release) => chartOf(cluster, release)?.folder === `packages/facts/charts/${chart}`)
        .flatMap((release) => {
            const { pinnedBy = release, pinnedAt } = chartReference(cluster, release);
            const installed = chartOf(cluster, release)?.appVersion ?? "";
            return installed === version
                ? []
                : [
                      findingAt(
                          pinnedBy,
                          pinnedAt,
                          `installs ${installed}, and ${file} is about ${version}`,
                          `compare the names in ${file} with that version, and write it down there`,
                      ),
                  ];
        });
}
