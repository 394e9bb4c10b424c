import { answerRefusals } from "../network/refusal";
import type { HttpHandler } from "../network/route";
import { answerRegistry, type Registry } from "../registry/distribution";
import { emptyImage } from "../registry/empty-image";
import { RegistryError, repositoryUnknown } from "../registry/registry-error";
import { RegistryRepository } from "../registry/repository";
import type { Chart } from "./chart";

const manifestType = "application/vnd.oci.image.manifest.v1+json";
const configType = "application/vnd.cncf.helm.config.v1+json";
const contentType = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";

/** What a public registry holds. */
export interface RegistryContent {
    readonly charts: readonly { readonly repository: string; readonly chart: Chart }[];
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
    charts.forEach(({ repository, chart }) => addChart(repositoryOf(repository), chart));
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

function addChart(repository: RegistryRepository, { name, version, metadata, archive }: Chart): void {
    const config = Buffer.from(JSON.stringify(metadata));
    const manifest = {
        schemaVersion: 2,
        mediaType: manifestType,
        config: { mediaType: configType, digest: repository.putBlob(config), size: config.length },
        layers: [{ mediaType: contentType, digest: repository.putBlob(archive), size: archive.length }],
        annotations: {
            "org.opencontainers.image.title": name,
            "org.opencontainers.image.version": version,
        },
    };
    // A version may have a plus sign, and a tag may not: Helm writes an underscore.
    const tag = version.replaceAll("+", "_");
    repository.putManifest({ mediaType: manifestType, content: Buffer.from(JSON.stringify(manifest)) }, tag);
}
