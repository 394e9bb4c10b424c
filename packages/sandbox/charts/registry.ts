import { answerRefusals } from "../network/refusal";
import type { HttpHandler } from "../network/route";
import { answerRegistry, type Registry } from "../registry/distribution";
import { RegistryError, repositoryUnknown } from "../registry/registry-error";
import { RegistryRepository } from "../registry/repository";
import type { Chart } from "./chart";

const manifestType = "application/vnd.oci.image.manifest.v1+json";
const configType = "application/vnd.cncf.helm.config.v1+json";
const contentType = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";

/**
 * Answers for an OCI registry that holds charts. It can only be pulled from, and lets everybody pull: that a private
 * registry would ask for a login is not shown by it.
 */
export function registryHandler(host: string, charts: readonly { repository: string; chart: Chart }[]): HttpHandler {
    const repositories = new Map<string, RegistryRepository>();
    for (const { repository, chart } of charts) {
        const there = repositories.get(repository) ?? new RegistryRepository(repository);
        repositories.set(repository, there);
        addChart(there, chart);
    }
    const registry: Registry = {
        authorize: (_, action) =>
            action === "pull"
                ? Promise.resolve()
                : Promise.reject(new RegistryError(405, "UNSUPPORTED", `${host} can only be pulled from`)),
        repository: (name) => {
            const found = repositories.get(name);
            if (!found) {
                throw repositoryUnknown(name, repositories.keys());
            }
            return found;
        },
    };
    return answerRefusals((request) => answerRegistry(registry, request));
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
