import { readRepositories, repositoriesFolder, repositoryFiles } from "@landfall/facts";
import type { PublishedRepository } from "./published";

/** What stands in for the repositories of other projects from which the tree takes definitions. */
export async function publishedDefinitions(): Promise<PublishedRepository[]> {
    const repositories = await readRepositories(repositoriesFolder);
    return Promise.all(
        repositories.map(async (repository) => {
            const [owner = "", name = ""] = new URL(repository.address).pathname.slice(1).split("/");
            return { owner, name, tag: repository.tag, files: await repositoryFiles(repository) };
        }),
    );
}
