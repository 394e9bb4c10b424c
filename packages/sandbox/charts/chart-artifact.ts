import { digestOf } from "../registry/digest";
import type { RegistryRepository } from "../registry/repository";
import { bundleType, signManifest } from "../signatures/sign";
import type { TrustRoot } from "../signatures/trust-root";
import type { Chart } from "./chart";

const manifestType = "application/vnd.oci.image.manifest.v1+json";
const indexType = "application/vnd.oci.image.index.v1+json";
const emptyType = "application/vnd.oci.empty.v1+json";
const configType = "application/vnd.cncf.helm.config.v1+json";
const contentType = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";

/** A chart as `helm push` puts it into a registry, and the signature as `cosign sign` puts it beside it. */
export interface ChartArtifact {
    readonly tag: string;
    readonly blobs: readonly Buffer[];
    readonly manifest: Buffer;
    /** A Sigstore bundle, if the publisher signs. */
    readonly bundle?: Buffer | undefined;
}

/** What a registry has of a chart; signed if its publisher signs and there is something to sign with. */
export async function chartArtifact(chart: Chart, trustRoot?: TrustRoot): Promise<ChartArtifact> {
    const { name, version, metadata, archive, signed } = chart;
    const config = Buffer.from(JSON.stringify(metadata));
    const manifest = Buffer.from(
        JSON.stringify({
            schemaVersion: 2,
            mediaType: manifestType,
            config: described(configType, config),
            layers: [described(contentType, archive)],
            annotations: {
                "org.opencontainers.image.title": name,
                "org.opencontainers.image.version": version,
            },
        }),
    );
    return {
        // A version may have a plus sign, and a tag may not: Helm writes an underscore.
        tag: version.replaceAll("+", "_"),
        blobs: [config, archive],
        manifest,
        bundle: signed && trustRoot && (await signManifest(trustRoot, digestOf(manifest), signed)),
    };
}

/** Puts a chart into a repository. */
export function addChart(repository: RegistryRepository, { tag, blobs, manifest, bundle }: ChartArtifact): void {
    blobs.forEach((blob) => repository.putBlob(blob));
    repository.putManifest({ mediaType: manifestType, content: manifest }, tag);
    if (bundle !== undefined) {
        addBundle(repository, manifest, bundle);
    }
}

/**
 * Puts a signature beside what it signs: a manifest with that as its subject, and a list of such manifests under the
 * tag that stands for it where a registry, as GitHub's, has no list of its own.
 *
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#referrers-tag-schema
 */
function addBundle(repository: RegistryRepository, signed: Buffer, bundle: Buffer): void {
    const empty = Buffer.from("{}");
    [empty, bundle].forEach((blob) => repository.putBlob(blob));
    const manifest = Buffer.from(
        JSON.stringify({
            schemaVersion: 2,
            mediaType: manifestType,
            artifactType: bundleType,
            config: described(emptyType, empty),
            layers: [described(bundleType, bundle)],
            subject: described(manifestType, signed),
        }),
    );
    repository.putManifest({ mediaType: manifestType, content: manifest }, digestOf(manifest));
    const manifests = [{ ...described(manifestType, manifest), artifactType: bundleType }];
    const index = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests }));
    repository.putManifest({ mediaType: indexType, content: index }, digestOf(signed).replace(":", "-"));
}

function described(mediaType: string, content: Buffer) {
    return { mediaType, digest: digestOf(content), size: content.length };
}
