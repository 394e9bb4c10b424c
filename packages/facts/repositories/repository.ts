import { z } from "zod";
import { customKind } from "../charts/definition";
import { readFolder } from "../read-folder";

const repositoryDefinition = z.strictObject({
    /** As a GitRepository of Flux has it. */
    address: z.string().regex(/^https:\/\/github\.com\/[^/]+\/[^/]+$/),
    tag: z.string(),
    licence: z.string(),
    /** Where in the repository the definitions are, one a file. */
    folder: z.string(),
    /** With the versions that each definition has, and its size as JSON. */
    kinds: z
        .array(customKind.extend({ versions: z.array(z.string()).min(1), bytes: z.number().int().positive() }))
        .min(1),
});

/** A repository of another project, as far as the tree takes definitions from it. */
export type RepositoryDefinition = z.infer<typeof repositoryDefinition>;

/** Reads every file of a folder. Throws with the file and the setting when one is not well formed. */
export function readRepositories(folder: string): Promise<RepositoryDefinition[]> {
    return readFolder(folder, "repositories", repositoryDefinition);
}
