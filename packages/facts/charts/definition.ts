import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { readRendered, type RenderedFacts } from "./rendered";

export const customKind = z.strictObject({
    group: z.string(),
    version: z.string(),
    kind: z.string(),
    /** Default: the kind in lower case with an `s`. */
    plural: z.string().optional(),
    shortNames: z.array(z.string()).default([]),
    scope: z.enum(["Namespaced", "Cluster"]).default("Namespaced"),
    /** The kind of the same group whose schema this one shares. Default: its own. */
    schemaOf: z.string().optional(),
    /** The Service that converts between its versions, where the facts say that one does. */
    conversion: z.strictObject({ name: z.string(), namespace: z.string(), path: z.string() }).optional(),
});

const customKinds = z
    .strictObject({
        /** Helm installs `crds` and never upgrades them; `templates` are objects like all others. */
        folder: z.enum(["crds", "templates"]),
        /** A Helm expression, in which `.plural` is the kind's. Default: always. */
        when: z.string().optional(),
        /** Whether they outlive the release. */
        keep: z.boolean().default(false),
        /** Whether the software completes them in the cluster, which replacing them undoes until it starts again. */
        completed: z.boolean().default(false),
        kinds: z.array(customKind).optional(),
        /** Takes the definitions as they are in the source of the Flux Operator. */
        from: z.literal("flux-operator").optional(),
    })
    .refine(({ kinds, from }) => (kinds === undefined) !== (from === undefined), 'give one of "kinds" and "from"')
    .refine(({ folder, when }) => folder === "templates" || when === undefined, '"when" is for templates');

const chartDefinition = z.strictObject({
    name: z.string(),
    version: z.string(),
    appVersion: z.string(),
    /** Where the real chart is published: `oci://<host>/<repository>`, or the https URL of a Helm repository. */
    published: z.array(z.string().regex(/^(oci|https):\/\/[^/]+/)).min(1),
    crds: customKinds.optional(),
    /**
     * Who signs it in the registry, with Sigstore and without a key of its own, where `{version}` is the chart's;
     * `witness` is the workflow that does.
     */
    signed: z.strictObject({ issuer: z.url(), subject: z.string(), witness: z.url() }).optional(),
    /** Where the values, their schema and the definitions' schemas are from. */
    source: z
        .strictObject({ repository: z.string(), ref: z.string(), path: z.string(), licence: z.string() })
        .optional(),
    /** Paths of values that the published chart reads and has no default of. */
    optional: z.array(z.string()).optional(),
    /** Helm's record of a release of the published chart, in percent of the MiB that a Secret holds. */
    releaseRecord: z.number().int().positive().optional(),
    /** Paths of values with a number of pods of which one alone becomes ready, as seen of the published software. */
    singlePods: z.array(z.string()).optional(),
    /** Default: `values.yaml`. */
    values: z.record(z.string(), z.unknown()).optional(),
    /**
     * Fields of objects that follow values, which the facts have for one set of values alone: by object
     * (`<kind>/<name>`, or `<kind>/<namespace>/<name>` outside of the release's namespace) and path in its fact, the
     * Helm expression.
     */
    follows: z.record(z.string(), z.record(z.string(), z.string())).default({}),
    /** Objects that are there if a Helm expression is true. Default: always. */
    when: z.record(z.string(), z.string()).default({}),
    /** What facts do not keep of an object, as a Helm template of everything but apiVersion, kind and metadata. */
    specs: z.record(z.string(), z.string()).default({}),
    /** Annotations of an object, which facts do not keep: a Helm expression of a dict. */
    annotations: z.record(z.string(), z.string()).default({}),
    /** Helm templates that make no object: what the chart refuses. */
    refuses: z.string().default(""),
});

export type CustomKind = z.infer<typeof customKind>;

/** A chart of this folder, with the files beside its definition. */
export interface ChartDefinition extends z.infer<typeof chartDefinition> {
    /** Its name in `packages/facts/charts`. */
    readonly folder: string;
    readonly valuesYaml: string;
    readonly valuesSchema: string | undefined;
    /** What the published chart makes, by release. */
    readonly rendered: readonly RenderedFacts[];
}

/** Reads every `<chart>/chart.yaml` of a folder. Throws with the file and the setting when one is not well formed. */
export async function readDefinitions(folder: string): Promise<ChartDefinition[]> {
    const entries = await readdir(folder, { withFileTypes: true });
    const charts = entries.filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, "chart.yaml")));
    return Promise.all(charts.map(({ name }) => readDefinition(folder, name)));
}

async function readDefinition(folder: string, chart: string): Promise<ChartDefinition> {
    const file = (name: string) => join(folder, chart, name);
    const parsed = chartDefinition.safeParse(parse(await readFile(file("chart.yaml"), "utf8")));
    if (!parsed.success) {
        throw new Error(`packages/facts/charts/${chart}/chart.yaml: ${z.prettifyError(parsed.error)}`);
    }
    const [ownValues, valuesSchema] = await Promise.all([
        readIfThere(file("values.yaml")),
        readIfThere(file("values.schema.json")),
    ]);
    const subcharts = await readSubcharts(file("subcharts"));
    // JSON is YAML: values that are put together here need no printer.
    const valuesYaml =
        ownValues !== undefined && subcharts.length === 0
            ? ownValues
            : JSON.stringify(withSubcharts(parse(ownValues ?? "") ?? parsed.data.values ?? {}, subcharts)) + "\n";
    const rendered = readRendered(join(folder, chart), parsed.data, chart);
    return { ...parsed.data, folder: chart, valuesYaml, valuesSchema, rendered };
}

/** Default values of sub-charts, by their names. */
async function readSubcharts(folder: string): Promise<(readonly [string, unknown])[]> {
    const files = existsSync(folder) ? (await readdir(folder)).sort() : [];
    return Promise.all(
        files.map(async (name) => {
            const values: unknown = parse(await readFile(join(folder, name), "utf8"));
            return [name.replace(/\.values\.yaml$/, ""), values] as const;
        }),
    );
}

/** Values that a chart has for its sub-charts come before theirs, as Helm has it. */
function withSubcharts(own: unknown, subcharts: readonly (readonly [string, unknown])[]): unknown {
    return subcharts.reduce((values, [name, theirs]) => merged({ [name]: theirs }, values), own);
}

function merged(under: unknown, over: unknown): unknown {
    if (!isMap(under) || !isMap(over)) {
        return over === undefined ? under : over;
    }
    const keys = [...new Set([...Object.keys(under), ...Object.keys(over)])];
    return Object.fromEntries(keys.map((key) => [key, key in over ? merged(under[key], over[key]) : under[key]]));
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

async function readIfThere(file: string): Promise<string | undefined> {
    try {
        return await readFile(file, "utf8");
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") {
            return undefined;
        }
        throw error;
    }
}
