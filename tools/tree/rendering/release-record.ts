import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { gzipSync } from "node:zlib";
import { parse } from "yaml";
import { documentsOf } from "./pared";

/** What goes into the record of a release. */
export interface Recorded {
    readonly name: string;
    readonly namespace: string;
    readonly values: unknown;
    /** Path of the chart's archive. */
    readonly archive: string;
    /** What `helm template` printed. */
    readonly printed: string;
}

/**
 * Bytes of the Secret that Helm keeps a release in: the chart's own files and the manifest as JSON, compressed, in
 * Base64. Files of sub-charts are not in it, what they make is.
 *
 * @see https://github.com/helm/helm/blob/v4.2.4/pkg/storage/driver/util.go
 */
export function recordSize({ name, namespace, values, archive, printed }: Recorded): number {
    const kept = documentsOf(printed).filter(({ isFromCrds }) => !isFromCrds);
    const isHook = ({ text }: { text: string }) => /^ {4}"?helm\.sh\/hook"?:/m.test(text);
    const record = {
        name,
        info: { status: "deployed", description: "Install complete" },
        chart: chartOf(archive),
        config: values,
        manifest: kept
            .filter((document) => !isHook(document))
            .map(({ text }) => `---\n${text}`)
            .join(""),
        hooks: kept.filter(isHook).map(({ text, source }) => ({ path: source, manifest: text })),
        version: 1,
        namespace,
    };
    return Math.ceil(gzipSync(JSON.stringify(record), { level: 9 }).length / 3) * 4;
}

const charts = new Map<string, unknown>();

function chartOf(archive: string): unknown {
    const known = charts.get(archive) ?? readChart(archive);
    charts.set(archive, known);
    return known;
}

/** The chart as Helm writes it: metadata, templates, values, schema and every other file. */
function readChart(archive: string): unknown {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tree-record-"));
    try {
        execFileSync("tar", ["-xmzf", archive, "-C", folder]);
        const root = path.join(folder, fs.readdirSync(folder)[0] ?? "");
        const files = fs
            .readdirSync(root, { recursive: true, withFileTypes: true })
            .filter((entry) => entry.isFile())
            .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
            .filter((file) => !file.startsWith("charts/"))
            .sort();
        const data = (file: string) => fs.readFileSync(path.join(root, file)).toString("base64");
        const yaml = (file: string): unknown =>
            files.includes(file) ? parse(fs.readFileSync(path.join(root, file), "utf8")) : null;
        const own = ["Chart.yaml", "Chart.lock", "values.yaml", "values.schema.json"];
        const asFiles = (names: readonly string[]) => names.map((file) => ({ name: file, data: data(file) }));
        return {
            metadata: yaml("Chart.yaml"),
            lock: yaml("Chart.lock"),
            templates: asFiles(files.filter((file) => file.startsWith("templates/"))),
            values: yaml("values.yaml"),
            schema: files.includes("values.schema.json") ? data("values.schema.json") : null,
            files: asFiles(files.filter((file) => !file.startsWith("templates/") && !own.includes(file))),
        };
    } finally {
        fs.rmSync(folder, { recursive: true });
    }
}
