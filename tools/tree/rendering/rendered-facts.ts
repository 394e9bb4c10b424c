import { parseAllDocuments } from "yaml";
import { TreeError } from "../tree-error";
import { printedBy, type Wanted } from "./helm-template";
import { type Fact, factOf, type ManifestObject } from "@landfall/facts";

/**
 * What is kept of the objects that a chart makes, before any post-renderer.
 *
 * @throws TreeError if Helm refuses the chart.
 */
export async function renderedFacts(wanted: Wanted): Promise<Fact[]> {
    const result = await printedBy(wanted);
    if ("error" in result) {
        throw new TreeError(`Helm does not render ${wanted.name}: ${result.error}`);
    }
    return parseAllDocuments(result.printed)
        .map((document) => document.toJS({ maxAliasCount: -1 }) as ManifestObject | null)
        .filter((object) => object !== null)
        .map(factOf);
}
