import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse } from "yaml";
import { mergedValues } from "../charts";
import { list, textAt } from "../object";

/** What an archive says of its values. */
export interface ChartValues {
    /** Default values, with those of its sub-charts under their names. */
    readonly defaults: Readonly<Record<string, unknown>>;
    readonly schema: Readonly<Record<string, unknown>> | undefined;
}

/** Reads values and values schema of a published chart. */
export function chartValues(archive: string): ChartValues {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tree-values-"));
    try {
        execFileSync("tar", ["-xmzf", archive, "-C", folder]);
        const root = path.join(folder, fs.readdirSync(folder)[0] ?? "");
        const schema = read(root, "values.schema.json");
        return {
            defaults: defaultsIn(root) as Record<string, unknown>,
            schema: schema === undefined ? undefined : (JSON.parse(schema) as Record<string, unknown>),
        };
    } finally {
        fs.rmSync(folder, { recursive: true });
    }
}

/** A chart's own defaults come before those of its sub-charts, which go by their alias where they have one. */
function defaultsIn(folder: string): unknown {
    const subcharts = path.join(folder, "charts");
    const names = fs.existsSync(subcharts)
        ? fs.readdirSync(subcharts).filter((name) => fs.existsSync(path.join(subcharts, name, "Chart.yaml")))
        : [];
    const dependencies = list(parse(read(folder, "Chart.yaml") ?? ""), "dependencies");
    const theirs = names.flatMap((name) => {
        const chart = textAt(parse(read(path.join(subcharts, name), "Chart.yaml") ?? ""), "name") ?? name;
        const same = dependencies.filter((dependency) => textAt(dependency, "name") === chart);
        const aliases = same.flatMap((dependency) => textAt(dependency, "alias") ?? []);
        const values = defaultsIn(path.join(subcharts, name));
        return (aliases.length > 0 ? aliases : [chart]).map((alias): [string, unknown] => [alias, values]);
    });
    return mergedValues(Object.fromEntries(theirs), ownDefaults(read(folder, "values.yaml") ?? ""));
}

/** Istio's charts keep their defaults below a key of their own, and a template lays the release's values over them. */
function ownDefaults(text: string): unknown {
    const { _internal_defaults_do_not_set: defaults, ...values } = (parse(text) ?? {}) as Record<string, unknown>;
    return mergedValues(defaults ?? {}, values);
}

function read(folder: string, file: string): string | undefined {
    const full = path.join(folder, file);
    return fs.existsSync(full) ? fs.readFileSync(full, "utf8") : undefined;
}
