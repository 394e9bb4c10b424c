import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { textAt } from "./object";
import { type Cluster, everyOfKind, type Manifest } from "./tree";
import { repositoriesFolder, type RepositoryDefinition } from "@landfall/facts";

/** What is known of a repository of another project, and the file that has it, from the repository. */
export interface RepositoryFacts extends RepositoryDefinition {
    readonly file: string;
}

let known: readonly RepositoryFacts[] | undefined;

/** Every repository that `packages/facts/repositories` has. Read once a process. */
export function knownRepositories(): readonly RepositoryFacts[] {
    known ??= fs
        .readdirSync(repositoriesFolder)
        .filter((name) => name.endsWith(".yaml"))
        .map((name) => {
            const text = fs.readFileSync(path.join(repositoriesFolder, name), "utf8");
            return { ...(parse(text) as RepositoryDefinition), file: `packages/facts/repositories/${name}` };
        });
    return known;
}

/** The GitRepository that a Kustomization of Flux applies. */
export function gitSourceOf(cluster: Cluster, { object }: Manifest): Manifest | undefined {
    return everyOfKind(cluster, "GitRepository").find(
        (source) =>
            textAt(object, "spec.sourceRef.kind") === "GitRepository" &&
            source.object.metadata.name === textAt(object, "spec.sourceRef.name") &&
            source.object.metadata.namespace === object.metadata.namespace,
    );
}

/** What is known of a repository, by its address. */
export function repositoryOf(source: Manifest | undefined): RepositoryFacts | undefined {
    const url = textAt(source?.object, "spec.url")?.replace(/(\.git)?\/?$/, "");
    return knownRepositories().find(({ address }) => address === url);
}
