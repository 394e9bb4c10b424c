import { type ChartFacts, chartOf, mergedValues } from "../charts";
import type { Finding } from "../finding";
import { field, isMap } from "../object";
import { everyOfKind, findingAt, inEveryCluster, type Manifest, type Tree } from "../tree";
import { refusedValues } from "@landfall/facts";

/**
 * Every value of a release has the type that its chart expects: that of its values schema where it has one, which Helm
 * checks before it installs, and that of its default where a mistake would be silent.
 */
export function valueTypes(tree: Tree): readonly Finding[] {
    return inEveryCluster(tree, (cluster) =>
        everyOfKind(cluster, "HelmRelease").flatMap((release) => {
            const chart = chartOf(cluster, release);
            const given = field(release.object, "spec.values") ?? {};
            return chart ? [...refusedBySchema(chart, release, given), ...unlikeDefaults(chart, release, given)] : [];
        }),
    );
}

const refusals = new WeakMap<ChartFacts, Map<string, ReturnType<typeof refusedValues>>>();

function refusedBySchema(chart: ChartFacts, release: Manifest, given: unknown): Finding[] {
    const { schema } = chart;
    if (!schema) {
        return [];
    }
    const key = JSON.stringify(given);
    const known = refusals.get(chart) ?? new Map<string, ReturnType<typeof refusedValues>>();
    const refused = known.get(key) ?? refusedValues(schema, mergedValues(chart.defaults, given));
    refusals.set(chart, known.set(key, refused));
    const isComplete = field(release.object, "spec.valuesFrom") === undefined;
    return refused
        .filter(({ reason }) => isComplete || reason !== "is missing")
        .map(({ path, reason }) => {
            const problem = `sets ${path.join(".")}, which ${reason}`;
            const fix = `see ${chart.folder}/values.schema.json, which Helm checks`;
            return findingAt(release, ["spec", "values", ...path], problem, fix);
        });
}

function unlikeDefaults(chart: ChartFacts, release: Manifest, given: unknown): Finding[] {
    return mismatches(given, chart.defaults, []).map(({ path, wanted, value }) => {
        const problem = `sets ${path.join(".")} to ${JSON.stringify(value)}, where its chart has ${wanted}`;
        const fix =
            wanted === "true or false"
                ? "take the quotes away: a template takes every text for true"
                : `write ${wanted}, as in ${chart.folder}/values.yaml`;
        return findingAt(release, ["spec", "values", ...path], problem, fix);
    });
}

interface Mismatch {
    readonly path: readonly string[];
    readonly wanted: string;
    readonly value: unknown;
}

function mismatches(given: unknown, defaults: unknown, path: readonly string[]): Mismatch[] {
    if (given === null || given === undefined || defaults === null || defaults === undefined) {
        return [];
    }
    if (isMap(defaults) && Object.keys(defaults).length > 0) {
        return isMap(given)
            ? Object.entries(given).flatMap(([key, value]) => mismatches(value, defaults[key], [...path, key]))
            : [{ path, wanted: "a map", value: given }];
    }
    if (typeof defaults === "boolean" && typeof given === "string") {
        return [{ path, wanted: "true or false", value: given }];
    }
    return [];
}
