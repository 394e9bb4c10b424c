import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { field, isMap, list, mapAt, textAt } from "./object";
import { chartValues } from "./published/chart-values";
import { type Cluster, everyOfKind, type Manifest } from "./tree";
import { readRendered, type RenderedFacts, type Signer, signerOf } from "@landfall/facts";

/** A kind that a chart defines. */
interface CustomKind {
    readonly group: string;
    readonly version: string;
    readonly kind: string;
}

/** What is known of a published chart: the folder `packages/facts/charts/<chart>`. */
export interface ChartFacts {
    /** Path of the folder from the repository. */
    readonly folder: string;
    readonly version: string;
    readonly appVersion: string;
    readonly published: readonly string[];
    /** Who signs it in its registry; undefined if nobody does. */
    readonly signer: Signer | undefined;
    /** Default values, with those of its sub-charts under their names. */
    readonly defaults: Readonly<Record<string, unknown>>;
    /** Paths of values that have no default, and that the chart reads all the same. */
    readonly optional: ReadonlySet<string>;
    readonly schema: Readonly<Record<string, unknown>> | undefined;
    readonly kinds: readonly CustomKind[];
    /**
     * Where the chart keeps its definitions, the values that turn them on, whether they outlive the release, and
     * whether the software completes them in the cluster.
     */
    readonly crds:
        | { readonly folder: string; readonly when: string; readonly keep: boolean; readonly completed: boolean }
        | undefined;
    /** What the published chart makes of the tree's values, by release. */
    readonly rendered: readonly RenderedFacts[];
    /** Helm's record of a release, in percent of what a Secret holds, where it is known. */
    readonly releaseRecord: number | undefined;
    /** Paths of values with a number of pods of which one alone becomes ready. */
    readonly singlePods: readonly string[];
}

/** The chart of a release, as the tree names it. */
export interface ChartReference {
    readonly name: string;
    readonly version: string | undefined;
    readonly url: string | undefined;
    /** The kind of the source that names the URL. */
    readonly kind: string | undefined;
    /** The object and the path in it that hold the version. */
    readonly pinnedBy: Manifest | undefined;
    readonly pinnedAt: string;
}

const repository = path.join(__dirname, "../..");
const folder = "packages/facts/charts";
let known: readonly ChartFacts[] | undefined;

/** Every chart that `packages/facts/charts` has. Read once a process. */
export function knownCharts(): readonly ChartFacts[] {
    known ??= fs
        .readdirSync(path.join(repository, folder), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => `${folder}/${name}`)
        .filter((chart) => fs.existsSync(path.join(repository, chart, "chart.yaml")))
        .map(readChart);
    return known;
}

/** Values and schemas are large, and most questions are about neither, so they are read when somebody asks. */
function readChart(chart: string): ChartFacts {
    const file = (name: string) => path.join(repository, chart, name);
    const read = (name: string) => (fs.existsSync(file(name)) ? fs.readFileSync(file(name), "utf8") : undefined);
    const definition: unknown = parse(read("chart.yaml") ?? "");
    const subcharts = once(() => readSubcharts(file("subcharts")));
    const values = once(() => read("values.yaml"));
    const ownDefaults = (): unknown => parse(values() ?? "") ?? mapAt(definition, "values");
    const name = chart.split("/").at(-1) ?? "";
    const rendered = once(() => {
        const [published, version] = [textAt(definition, "name") ?? name, String(field(definition, "version"))];
        return readRendered(path.join(repository, chart), { name: published, version }, name);
    });
    const defaults = once(() => defaultsOf(ownDefaults(), subcharts()));
    const schema = once(() => JSON.parse(read("values.schema.json") ?? "null") as Record<string, unknown> | null);
    return {
        folder: chart,
        version: String(field(definition, "version")),
        appVersion: String(field(definition, "appVersion")),
        published: list(definition, "published").map(String),
        signer: signerOf(definition as Parameters<typeof signerOf>[0]),
        optional: new Set(list(definition, "optional").map(String)),
        kinds: list(definition, "crds.kinds") as CustomKind[],
        crds: crdsOf(field(definition, "crds")),
        releaseRecord: field(definition, "releaseRecord") as number | undefined,
        singlePods: list(definition, "singlePods").map(String),
        get defaults() {
            return defaults();
        },
        get rendered() {
            return rendered();
        },
        get schema() {
            return schema() ?? undefined;
        },
    };
}

function crdsOf(crds: unknown): ChartFacts["crds"] {
    return crds === undefined
        ? undefined
        : {
              folder: textAt(crds, "folder") ?? "",
              when: textAt(crds, "when") ?? "",
              keep: field(crds, "keep") === true,
              completed: field(crds, "completed") === true,
          };
}

function once<Value>(make: () => Value): () => Value {
    let made: { readonly value: Value } | undefined;
    return () => (made ??= { value: make() }).value;
}

interface Subchart {
    readonly name: string;
    readonly text: string;
}

/** The values of sub-charts: files `<name>.values.yaml`. */
function readSubcharts(directory: string): readonly Subchart[] {
    const files = fs.existsSync(directory) ? fs.readdirSync(directory) : [];
    return files.map((file) => ({
        name: file.replace(/\.values\.yaml$/, ""),
        text: fs.readFileSync(path.join(directory, file), "utf8"),
    }));
}

/** Default values, those of sub-charts under their names, where the chart's own come before theirs. */
function defaultsOf(own: unknown, subcharts: readonly Subchart[]): Record<string, unknown> {
    const theirs = Object.fromEntries(subcharts.map(({ name, text }) => [name, parse(text) as unknown]));
    return mergedValues(theirs, own ?? {}) as Record<string, unknown>;
}

/** The chart that a HelmRelease installs, as its source names it. */
export function chartReference(cluster: Cluster, release: Manifest): ChartReference {
    if (field(release.object, "spec.chart") !== undefined) {
        return chartOfRepository(cluster, release, "spec.chart.spec");
    }
    const source = sourceNamed(cluster, field(release.object, "spec.chartRef"));
    if (source?.object.kind === "HelmChart") {
        return chartOfRepository(cluster, source, "spec");
    }
    const url = urlOf(source);
    const version = textAt(source?.object, "spec.ref.tag");
    const name = url?.split("/").at(-1) ?? "";
    return { name, version, url, kind: source?.object.kind, pinnedBy: source, pinnedAt: "spec.ref.tag" };
}

/** A chart by name and version, in a release or in a HelmChart that several releases share. */
function chartOfRepository(cluster: Cluster, pinnedBy: Manifest, spec: string): ChartReference {
    const name = textAt(pinnedBy.object, `${spec}.chart`) ?? "";
    const version = textAt(pinnedBy.object, `${spec}.version`);
    const source = sourceNamed(cluster, field(pinnedBy.object, `${spec}.sourceRef`));
    return { name, version, url: urlOf(source), kind: source?.object.kind, pinnedBy, pinnedAt: `${spec}.version` };
}

function sourceNamed(cluster: Cluster, reference: unknown): Manifest | undefined {
    return everyOfKind(cluster, textAt(reference, "kind") ?? "").find(
        ({ object }) => object.metadata.name === textAt(reference, "name"),
    );
}

function urlOf(source: Manifest | undefined): string | undefined {
    return textAt(source?.object, "spec.url")?.replace(/\/$/, "");
}

/**
 * What is known of the chart that a HelmRelease installs: by where it is published, else by its name. Values and schema
 * are those of the published chart where it is at hand.
 */
export function chartOf(cluster: Cluster, release: Manifest): ChartFacts | undefined {
    const { name, version = "", url } = chartReference(cluster, release);
    const facts = factsOf(name, url);
    const archive = cluster.shelf.archive({ name, version, source: url ?? "" });
    return facts && archive !== undefined ? asPublished(facts, archive) : facts;
}

const published = new Map<string, ChartFacts>();

function asPublished(facts: ChartFacts, archive: string): ChartFacts {
    const key = `${facts.folder} ${archive}`;
    const values = once(() => chartValues(archive));
    const chart =
        published.get(key) ??
        (Object.create(facts, {
            defaults: { get: () => values().defaults },
            schema: { get: () => values().schema },
        }) as ChartFacts);
    published.set(key, chart);
    return chart;
}

function factsOf(name: string, url: string | undefined): ChartFacts | undefined {
    const named = knownCharts().find((chart) => chart.folder === `${folder}/${name}`);
    const atUrl = knownCharts().filter((chart) => url?.startsWith("oci:") === true && chart.published.includes(url));
    return atUrl[0] ?? named;
}

/** A release's values over its chart's, merged as Helm does: maps by key, everything else whole, null takes away. */
export function mergedValues(defaults: unknown, values: unknown): unknown {
    if (!isMap(defaults) || !isMap(values)) {
        return values === undefined ? defaults : values;
    }
    const kept = Object.entries(defaults).filter(([key]) => !(key in values));
    const merged = Object.entries(values)
        .filter(([key, value]) => value !== null || !(key in defaults))
        .map(([key, value]): [string, unknown] => [key, mergedValues(defaults[key], value)]);
    return Object.fromEntries([...kept, ...merged]);
}

const merged = new WeakMap<ChartFacts, WeakMap<object, unknown>>();

/** The values that a release's chart sees: the release's over the chart's. Shared: never change them. */
export function valuesOf(chart: ChartFacts | undefined, { object }: Manifest): unknown {
    const given = field(object, "spec.values") ?? {};
    if (!chart) {
        return given;
    }
    const ofChart = merged.get(chart) ?? new WeakMap<object, unknown>();
    const known = ofChart.get(object) ?? mergedValues(chart.defaults, given);
    merged.set(chart, ofChart.set(object, known));
    return known;
}

/**
 * Whether a release brings its chart's definitions: always, or when one of the values that its template asks is true.
 */
export function bringsDefinitions(chart: ChartFacts, release: Manifest): boolean {
    const asked = [...(chart.crds?.when ?? "").matchAll(/\.Values((?:\.\w+)+)/g)].map(([, name = ""]) => name.slice(1));
    const values = valuesOf(chart, release);
    return chart.crds !== undefined && (asked.length === 0 || asked.some((name) => Boolean(field(values, name))));
}
