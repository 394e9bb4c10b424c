import { gzipSync } from "node:zlib";
import type { ChartDefinition } from "@landfall/facts";
import { pack } from "tar-stream";
import { digestOf } from "../registry/digest";
import type { Definition } from "./custom-resource";

/** A packaged chart, with what its registries say of it. */
export interface Chart {
    readonly name: string;
    readonly version: string;
    readonly published: readonly string[];
    /** The content of Chart.yaml. */
    readonly metadata: Readonly<Record<string, unknown>>;
    readonly archive: Buffer;
    /** `sha256:` and the digest of the archive. */
    readonly digest: string;
}

const notes = `This chart was made by Landfall's sandbox. It has the definitions, workload names and settings of {{ .Chart.Name }},
and is not the published one.
`;

/** Packages a chart. The same definition gives the same bytes. */
export async function packageChart(
    definition: ChartDefinition,
    crds: readonly Definition[],
    library: string,
): Promise<Chart> {
    const { name, version, appVersion, published } = definition;
    const description = `Stands in for the chart ${name} in Landfall's sandbox`;
    const metadata = { apiVersion: "v2", name, version, appVersion, description, type: "application" };
    const files: Record<string, string> = {
        "Chart.yaml": JSON.stringify(metadata, undefined, 2) + "\n",
        "values.yaml": definition.valuesYaml,
        "templates/NOTES.txt": notes,
        "templates/_workload.tpl": library,
        "templates/objects.yaml": definition.objects,
    };
    if (definition.valuesSchema !== undefined) {
        files["values.schema.json"] = definition.valuesSchema;
    }
    const folder = definition.crds?.folder === "crds" ? "crds" : "definitions";
    for (const { plural, group, text } of crds) {
        files[`${folder}/${plural}.${group}.yaml`] = text;
    }
    if (folder === "definitions" && crds.length > 0) {
        files["templates/definitions.yaml"] = definitionsTemplate(crds, definition.crds?.when);
    }
    const archive = await archiveOf(name, files);
    return { name, version, published, metadata, archive, digest: digestOf(archive) };
}

/** The definitions are read as files: their descriptions hold braces that Helm would take for its own. */
function definitionsTemplate(crds: readonly Definition[], when = "true"): string {
    return crds
        .map(({ plural, group }) => {
            const condition = when.replaceAll(".plural", JSON.stringify(plural));
            return `{{- if ${condition} }}\n---\n{{ .Files.Get "definitions/${plural}.${group}.yaml" }}\n{{- end }}\n`;
        })
        .join("");
}

async function archiveOf(name: string, files: Readonly<Record<string, string>>): Promise<Buffer> {
    const tar = pack();
    for (const [path, text] of Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1))) {
        tar.entry({ name: `${name}/${path}`, mode: 0o644, mtime: new Date(0) }, text);
    }
    tar.finalize();
    const chunks: Buffer[] = [];
    for await (const chunk of tar) {
        chunks.push(chunk as Buffer);
    }
    return gzipSync(Buffer.concat(chunks));
}
