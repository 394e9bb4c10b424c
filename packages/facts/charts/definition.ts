import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";

const customKind = z.strictObject({
    group: z.string(),
    version: z.string(),
    kind: z.string(),
    /** Default: the kind in lower case with an `s`. */
    plural: z.string().optional(),
    shortNames: z.array(z.string()).default([]),
    scope: z.enum(["Namespaced", "Cluster"]).default("Namespaced"),
    /** The kind of the same group whose schema this one shares. Default: its own. */
    schemaOf: z.string().optional(),
});

const customKinds = z
    .strictObject({
        /** Helm installs `crds` and never upgrades them; `templates` are objects like all others. */
        folder: z.enum(["crds", "templates"]),
        /** A Helm expression, in which `.plural` is the kind's. Default: always. */
        when: z.string().optional(),
        /** Whether they outlive the release. */
        keep: z.boolean().default(false),
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
    /** Where the values, their schema and the definitions' schemas are from. */
    source: z
        .strictObject({ repository: z.string(), ref: z.string(), path: z.string(), licence: z.string() })
        .optional(),
    /** Paths of values that the published chart reads and has no default of. */
    optional: z.array(z.string()).optional(),
    /** Default: `values.yaml`. */
    values: z.record(z.string(), z.unknown()).optional(),
    /** Helm templates, which may use those of workload.tpl. */
    objects: z.string().default(""),
});

export type CustomKind = z.infer<typeof customKind>;
export type CustomKinds = z.infer<typeof customKinds>;

/** A chart of this folder, with the files beside its definition. */
export interface ChartDefinition extends z.infer<typeof chartDefinition> {
    readonly valuesYaml: string;
    readonly valuesSchema: string | undefined;
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
    // JSON is YAML: values that are written in the definition need no printer.
    const valuesYaml = ownValues ?? JSON.stringify(parsed.data.values ?? {}, undefined, 2) + "\n";
    return { ...parsed.data, valuesYaml, valuesSchema };
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
