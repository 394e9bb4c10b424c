import { answerRefusals } from "../network/refusal";
import type { HttpHandler } from "../network/route";
import { answerRegistry, type Registry } from "../registry/distribution";
import { emptyImage } from "../registry/empty-image";
import { RegistryError, repositoryUnknown } from "../registry/registry-error";
import { RegistryRepository } from "../registry/repository";
import { addChart, type ChartArtifact } from "./chart-artifact";

/** What a public registry holds. */
export interface RegistryContent {
    readonly charts: readonly { readonly repository: string; readonly artifact: ChartArtifact }[];
    readonly images: readonly { readonly repository: string; readonly tags: readonly string[] }[];
}

/**
 * Answers for a public OCI registry. Everybody may pull: that a registry would ask for a login is not shown by it. Who
 * has the publisher's token may push to the repositories that there are.
 */
export function registryHandler(
    host: string,
    { charts, images }: RegistryContent,
    publisherToken: string | undefined,
): HttpHandler {
    const repositories = new Map<string, RegistryRepository>();
    const repositoryOf = (name: string) => {
        const there = repositories.get(name) ?? new RegistryRepository(name);
        repositories.set(name, there);
        return there;
    };
    charts.forEach(({ repository, artifact }) => addChart(repositoryOf(repository), artifact));
    images.forEach(({ repository, tags }) => tags.forEach((tag) => addImage(repositoryOf(repository), tag)));
    const registry = (authorization: string | undefined): Registry => ({
        authorize: (_, action) =>
            action === "pull" || (publisherToken !== undefined && authorization === `Bearer ${publisherToken}`)
                ? Promise.resolve()
                : Promise.reject(new RegistryError(401, "UNAUTHORIZED", `${host} lets its publishers push`)),
        repository: (name) => {
            const found = repositories.get(name);
            if (!found) {
                throw repositoryUnknown(name, repositories.keys());
            }
            return found;
        },
    });
    return answerRefusals((request) => answerRegistry(registry(request.headers.authorization), request));
}

function addImage(repository: RegistryRepository, tag: string): void {
    const { config, mediaType, manifest } = emptyImage;
    repository.putBlob(config);
    repository.putManifest({ mediaType, content: manifest }, tag);
}
