import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

/**
 * What is kept of an object of a published chart, in the form that `factOf` makes: what others rely on (names, labels,
 * ports, rights, webhooks), and neither texts nor scripts.
 */
export interface Fact {
    readonly kind: string;
    readonly name: string;
    readonly namespace?: string;
    readonly [field: string]: unknown;
}

const fact = z.looseObject({ kind: z.string(), name: z.string(), namespace: z.string().optional() });

const rendered = z.strictObject({
    chart: z.string(),
    version: z.string(),
    /** Repository, ref and path of the chart that was rendered. */
    source: z.string(),
    release: z.string(),
    namespace: z.string(),
    /** What was changed, because the published package differs from its source. */
    corrected: z.string().optional(),
    /** With the values of environment staging. */
    objects: z.array(fact),
    /** What is different with those of production, whole; and what is not there, as `<kind>/<name>`. */
    production: z.strictObject({ objects: z.array(fact), absent: z.array(z.string()) }).optional(),
});

/** What a published chart makes of the tree's values: `packages/facts/charts/<chart>/rendered/<release>.json`. */
export type RenderedFacts = z.infer<typeof rendered>;

/**
 * Reads the facts of a chart's releases from its folder. Throws with the file and the setting when one is not well
 * formed or of another version than the chart.
 */
export function readRendered(
    folder: string,
    chart: { readonly name: string; readonly version: string },
    name: string,
): RenderedFacts[] {
    const directory = join(folder, "rendered");
    const files = existsSync(directory) ? readdirSync(directory) : [];
    const releases = files.map((file) => file.replace(/\.json$/, "")).sort();
    return releases.map((release) => {
        const path = `packages/facts/charts/${name}/rendered/${release}.json`;
        const parsed = rendered.safeParse(JSON.parse(readFileSync(join(directory, `${release}.json`), "utf8")));
        if (!parsed.success) {
            throw new Error(`${path}: ${z.prettifyError(parsed.error)}`);
        }
        const { data } = parsed;
        if (data.chart !== chart.name || data.version !== chart.version) {
            throw new Error(
                `${path} is of ${data.chart} ${data.version}, and chart.yaml of ${chart.name} ${chart.version}: ` +
                    `render the published ${chart.name} ${chart.version} with the tree's values, and replace the file`,
            );
        }
        return data;
    });
}

/** Names an object among those of a release. */
export function factKey({ kind, namespace, name }: Pick<Fact, "kind" | "namespace" | "name">, own?: string): string {
    return namespace === undefined || namespace === own ? `${kind}/${name}` : `${kind}/${namespace}/${name}`;
}

/** The objects of a release in an environment, which has the facts of staging unless it is production. */
export function factsIn({ objects, production }: RenderedFacts, environment: string): Fact[] {
    if (environment !== "production" || production === undefined) {
        return objects;
    }
    const changed = new Map(production.objects.map((object) => [factKey(object), object]));
    const kept = objects.filter((object) => !production.absent.includes(`${object.kind}/${object.name}`));
    const added = production.objects.filter((object) => !objects.some((other) => factKey(other) === factKey(object)));
    return [...kept.map((object) => changed.get(factKey(object)) ?? object), ...added];
}
