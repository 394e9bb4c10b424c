import { join } from "node:path";
import { definitionOf, nameOf } from "../charts/stand-in/custom-resource";
import type { RepositoryDefinition } from "./repository";

const schemas = join(__dirname, "../schemas/charts");

/**
 * The files that stand in for a repository's, by their paths in it: one a definition. The same facts give the same
 * files.
 */
export async function repositoryFiles({
    folder,
    kinds,
}: RepositoryDefinition): Promise<Readonly<Record<string, string>>> {
    const files = await Promise.all(
        kinds.map(async ({ versions, bytes, ...kind }): Promise<[string, string]> => {
            const fact = { name: nameOf(kind), versions, conversion: "None", bytes };
            const definition = await definitionOf(fact, kind, schemas, false);
            return [`${folder}/${kind.group}_${fact.name.split(".")[0]}.yaml`, JSON.stringify(definition) + "\n"];
        }),
    );
    return Object.fromEntries(files);
}
