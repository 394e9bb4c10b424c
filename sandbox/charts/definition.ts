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
    /** Default: `values/<chart>.yaml`. */
    values: z.record(z.string(), z.unknown()).optional(),
    /** Helm templates, which may use those of workload.tpl. */
    objects: z.string().default(""),
});

export type CustomKind = z.infer<typeof customKind>;
export type CustomKinds = z.infer<typeof customKinds>;

/** A chart of this folder, with the files beside its YAML file. */
export interface ChartDefinition extends z.infer<typeof chartDefinition> {
    readonly valuesYaml: string;
    readonly valuesSchema: string | undefined;
}

/** Reads every `<chart>.yaml` of a folder. Throws with the file and the setting when one is not well formed. */
export async function readDefinitions(folder: string): Promise<ChartDefinition[]> {
    const names = (await readdir(folder)).filter((name) => name.endsWith(".yaml")).sort();
    return Promise.all(names.map((name) => readDefinition(folder, name)));
}

async function readDefinition(folder: string, name: string): Promise<ChartDefinition> {
    const parsed = chartDefinition.safeParse(parse(await readFile(join(folder, name), "utf8")));
    if (!parsed.success) {
        throw new Error(`sandbox/charts/${name}: ${z.prettifyError(parsed.error)}`);
    }
    const definition = parsed.data;
    const files = join(folder, "values", definition.name);
    const [ownValues, valuesSchema] = await Promise.all([
        readIfThere(`${files}.yaml`),
        readIfThere(`${files}.schema.json`),
    ]);
    // JSON is YAML: values that are written in the definition need no printer.
    const valuesYaml = ownValues ?? JSON.stringify(definition.values ?? {}, undefined, 2) + "\n";
    return { ...definition, valuesYaml, valuesSchema };
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
