import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { mapAt, textAt } from "./object";

/** What is known of an exporter: a file of `packages/facts/metrics`. */
export interface ExporterFacts {
    /** Path of the file from the repository. */
    readonly file: string;
    readonly version: string;
    /** The chart that brings it in this version; undefined if several do, or the cluster itself. */
    readonly chart: string | undefined;
}

type MetricType = "counter" | "gauge" | "histogram";

export interface KnownMetrics {
    readonly exporters: readonly ExporterFacts[];
    /** Type of a series by its name; those of a histogram are all counters. */
    readonly types: ReadonlyMap<string, MetricType>;
}

const repository = path.join(__dirname, "../..");
const folder = "packages/facts/metrics";
let known: KnownMetrics | undefined;

/** Every metric that `packages/facts/metrics` names. Read once a process. */
export function knownMetrics(): KnownMetrics {
    known ??= readMetrics();
    return known;
}

function readMetrics(): KnownMetrics {
    const files = fs.readdirSync(path.join(repository, folder)).filter((file) => file.endsWith(".yaml"));
    const types = new Map<string, MetricType>();
    const exporters = files.map((name) => {
        const file = `${folder}/${name}`;
        const content: unknown = parse(fs.readFileSync(path.join(repository, file), "utf8"));
        for (const [metric, type] of Object.entries(mapAt(content, "metrics"))) {
            seriesOf(metric, type as MetricType).forEach((series) => types.set(series.name, series.type));
        }
        return { file, version: textAt(content, "version") ?? "", chart: textAt(content, "chart") };
    });
    return { exporters, types };
}

function seriesOf(name: string, type: MetricType): readonly { name: string; type: MetricType }[] {
    return type === "histogram"
        ? ["bucket", "sum", "count"].map((part) => ({ name: `${name}_${part}`, type: "counter" }))
        : [{ name, type }];
}
