import * as fs from "node:fs";
import * as path from "node:path";
import { chartOf, chartReference } from "../charts";
import type { Wanted } from "../rendering/helm-template";
import { wantedReleases } from "../rendering/rendered";
import { renderedFacts } from "../rendering/rendered-facts";
import type { Tree } from "../tree";
import { TreeError } from "../tree-error";
import { type Fact, factKey } from "@landfall/facts";

/** What a release makes by its published chart, in one environment. */
interface Made {
    readonly environment: string;
    readonly wanted: Wanted;
    /** The folder in `packages/facts/charts`. */
    readonly folder: string;
    readonly chart: { readonly name: string; readonly version: string; readonly source: string };
    readonly objects: readonly Fact[];
}

/**
 * Writes the facts of every release whose published chart is at hand: `rendered/<release>.json` in the folder of its
 * chart. A release is rendered with the values of staging and of production, with the first mesh that has it. Gives the
 * paths of the files that changed.
 *
 * @param charts the folder `packages/facts/charts`.
 * @throws TreeError if no chart is at hand, or Helm refuses one.
 */
export async function writeFacts(tree: Tree, charts: string): Promise<string[]> {
    const releases = await Promise.all(
        tree.clusters.map(async (cluster) =>
            (await wantedReleases(cluster)).map((release) => ({ ...release, cluster })),
        ),
    );
    const published = releases.flat().filter(({ wanted }) => wanted.isPublished);
    const made = await Promise.all(
        published.map(async ({ cluster, release, wanted }): Promise<Made> => {
            const { name, version = "", url = "" } = chartReference(cluster, release);
            return {
                ...{ environment: cluster.environment, wanted, chart: { name, version, source: url } },
                folder: chartOf(cluster, release)?.folder.split("/").at(-1) ?? name,
                objects: await renderedFacts(wanted),
            };
        }),
    );
    if (made.length === 0) {
        throw new TreeError("no published chart is at hand: first npm run tree -- charts pull");
    }
    const files = new Map<string, Made[]>();
    for (const one of made) {
        const file = path.join(charts, one.folder, "rendered", `${one.wanted.name}.json`);
        files.set(file, [...(files.get(file) ?? []), one]);
    }
    return [...files].filter(([file, several]) => write(file, several)).map(([file]) => file);
}

/** Whether the file has another content than before. */
function write(file: string, made: readonly Made[]): boolean {
    const [one] = made;
    const staging = made.find(({ environment }) => environment !== "production") ?? one;
    const production = made.find(({ environment }) => environment === "production") ?? staging;
    if (!staging || !production) {
        return false;
    }
    const before = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : undefined;
    const { chart, wanted, objects } = staging;
    const other = new Map(objects.map((object) => [factKey(object), JSON.stringify(object)]));
    const changed = production.objects.filter((object) => other.get(factKey(object)) !== JSON.stringify(object));
    const there = new Set(production.objects.map((object) => factKey(object)));
    const absent = objects.filter((object) => !there.has(factKey(object))).map(({ kind, name }) => `${kind}/${name}`);
    const head = {
        ...{ chart: chart.name, version: chart.version, source: `${chart.source}@sha256:${wanted.digest}` },
        ...{ release: wanted.name, namespace: wanted.namespace },
    };
    const lines = [
        ...Object.entries(head).map(([name, value]) => `    ${JSON.stringify(name)}: ${JSON.stringify(value)}`),
        `    "objects": ${listOf(objects, 8)}`,
        ...(changed.length + absent.length > 0
            ? [
                  `    "production": {\n        "objects": ${listOf(changed, 12)},\n        "absent": ${spaced(absent)}\n    }`,
              ]
            : []),
    ];
    const text = `{\n${lines.join(",\n")}\n}\n`;
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
    return text !== before;
}

/** One object a line. */
function listOf(objects: readonly Fact[], indent: number): string {
    const space = " ".repeat(indent);
    return objects.length === 0
        ? "[]"
        : `[\n${objects.map((object) => space + spaced(object)).join(",\n")}\n${space.slice(4)}]`;
}

/** JSON in one line, with a space after each comma and colon. */
function spaced(value: unknown): string {
    if (Array.isArray(value)) {
        return `[${value.map(spaced).join(", ")}]`;
    }
    if (typeof value === "object" && value !== null) {
        const fields = Object.entries(value).filter(([, field]) => field !== undefined);
        return `{${fields.map(([name, field]) => `${JSON.stringify(name)}: ${spaced(field)}`).join(", ")}}`;
    }
    return JSON.stringify(value);
}
