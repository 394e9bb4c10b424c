import { nearest } from "../../../components/settings/nearest";
import { type ChartFacts, chartOf } from "../charts";
import type { Finding } from "../finding";
import { field, isMap } from "../object";
import { openMaps } from "../open-maps";
import { podKeys } from "../pod-keys";
import { everyOfKind, findingAt, inEveryCluster, type Manifest, type Tree } from "../tree";
import { propertiesOf, type ValuesSchema } from "../values-schema";

/** What a chart knows of the values at one place. */
interface Known {
    readonly defaults: unknown;
    readonly schema: ValuesSchema | undefined;
    readonly root: ValuesSchema;
    readonly open: readonly string[];
    readonly optional: ReadonlySet<string>;
}

interface Unknown {
    readonly path: readonly string[];
    readonly candidates: readonly string[];
}

/**
 * Every value of a release is one that its chart has. Helm drops others without a word. Keys are compared with the
 * chart's default values and its values schema; a map that the chart leaves empty may hold anything.
 */
export function values(tree: Tree): readonly Finding[] {
    return inEveryCluster(tree, (cluster) =>
        everyOfKind(cluster, "HelmRelease").flatMap((release) => {
            const chart = chartOf(cluster, release);
            return chart ? unknownValues(chart, release) : [];
        }),
    );
}

function unknownValues(chart: ChartFacts, release: Manifest): Finding[] {
    const schema = chart.schema ?? {};
    const name = chart.folder.split("/").at(-1) ?? "";
    const known: Known = {
        defaults: chart.defaults,
        schema,
        root: schema,
        open: openMaps(name),
        optional: chart.optional,
    };
    return unknownKeys(field(release.object, "spec.values"), known, []).map(({ path, candidates }) => {
        const near = nearest(path.at(-1) ?? "", candidates);
        const fix = near === undefined ? `known here: ${candidates.join(", ")}` : `did you mean ${near}?`;
        const problem = `sets ${path.join(".")}, which chart ${name} does not have`;
        return findingAt(release, ["spec", "values", ...path], problem, fix);
    });
}

function unknownKeys(given: unknown, known: Known, path: readonly string[]): Unknown[] {
    if (!isMap(given) || known.open.includes(path.join("."))) {
        return [];
    }
    const { properties, isOpen } = propertiesOf(known.schema, known.root);
    const defaults = isMap(known.defaults) ? known.defaults : {};
    const pod = podKeys(path.at(-1) ?? "");
    const candidates = [...new Set([...Object.keys(defaults), ...Object.keys(properties), ...(pod ?? [])])].sort();
    if (pod === "any" || isOpen || (path.length > 0 && candidates.length === 0)) {
        return [];
    }
    return Object.entries(given).flatMap(([key, value]) => {
        const here = [...path, key];
        if (!candidates.includes(key) && !known.optional.has(here.join("."))) {
            return [{ path: here, candidates }];
        }
        const isLeft = defaults[key] === undefined && properties[key] === undefined;
        return isLeft ? [] : unknownKeys(value, { ...known, defaults: defaults[key], schema: properties[key] }, here);
    });
}
