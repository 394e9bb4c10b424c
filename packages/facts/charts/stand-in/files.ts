import { join } from "node:path";
import type { ChartDefinition } from "../definition";
import { customResourceDefinitions, type Definition } from "./custom-resource";
import { recordPadding } from "./record";
import { objectsTemplate } from "./templates";

/** The content of Chart.yaml. */
type ChartMetadata = Readonly<
    Record<"apiVersion" | "name" | "version" | "appVersion" | "description" | "type", string>
>;

const schemas = join(__dirname, "../../schemas/charts");
const notes = `This chart was made by Landfall. It makes the objects that {{ .Chart.Name }} {{ .Chart.Version }} makes, as far
as their facts go, and is not the published chart.
`;

export function metadataOf({ name, version, appVersion }: ChartDefinition): ChartMetadata {
    const description = `Stands in for the chart ${name}`;
    return { apiVersion: "v2", name, version, appVersion, description, type: "application" };
}

/**
 * The files of the chart that stands in for a published one, by their paths in it. The same definition gives the same
 * files. `fluxOperatorSource` is the folder of the Flux Operator's source, whose definitions are used as they are.
 */
export async function standInFiles(
    definition: ChartDefinition,
    fluxOperatorSource: string,
): Promise<Readonly<Record<string, string>>> {
    const crds = await customResourceDefinitions(definition, schemas, fluxOperatorSource);
    const objects = definition.refuses + objectsTemplate(definition);
    const files: Record<string, string> = {
        "Chart.yaml": JSON.stringify(metadataOf(definition), undefined, 2) + "\n",
        "values.yaml": definition.valuesYaml,
        "templates/NOTES.txt": notes,
        "templates/objects.yaml": objects,
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
    if (definition.releaseRecord !== undefined) {
        const made = folder === "definitions" ? crds.map(({ text }) => text).join("") : "";
        files["record.txt"] = recordPadding(files, made + objects, definition.releaseRecord);
    }
    return files;
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
