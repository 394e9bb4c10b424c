import * as fs from "node:fs";
import * as path from "node:path";
import { parseAllDocuments } from "yaml";
import { chartOf, chartReference } from "../charts";
import { printedBy, type Wanted } from "../rendering/helm-template";
import { publishedReleases } from "../rendering/rendered";
import type { Tree } from "../tree";
import { TreeError } from "../tree-error";
import { type Fact, factKey, factOf, type ManifestObject } from "@landfall/facts";

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
    const made = await Promise.all(
        tree.clusters.flatMap((cluster) =>
            publishedReleases(cluster).map(async ({ release, wanted }): Promise<Made> => {
                const { name, version = "", url = "" } = chartReference(cluster, release);
                const folder = chartOf(cluster, release)?.folder.split("/").at(-1) ?? name;
                const { environment } = cluster;
                return {
                    environment,
                    wanted,
                    folder,
                    chart: { name, version, source: url },
                    objects: await facts(wanted),
                };
            }),
        ),
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

async function facts(wanted: Wanted): Promise<Fact[]> {
    const result = await printedBy(wanted);
    if ("error" in result) {
        throw new TreeError(`Helm does not render ${wanted.name}: ${result.error}`);
    }
    return parseAllDocuments(result.printed)
        .map((document) => document.toJS({ maxAliasCount: -1 }) as ManifestObject | null)
        .filter((object) => object !== null)
        .map(factOf);
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
