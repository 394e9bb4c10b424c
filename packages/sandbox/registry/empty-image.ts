import { digestOf } from "./digest";

/** An image without layers: nothing in the sandbox runs it, Flux reads its tags. */
export const emptyImage = makeImage();

function makeImage() {
    const configType = "application/vnd.oci.image.config.v1+json";
    const mediaType = "application/vnd.oci.image.manifest.v1+json";
    const image = { architecture: "amd64", os: "linux", rootfs: { type: "layers", diff_ids: [] } };
    const config = Buffer.from(JSON.stringify(image));
    const digest = digestOf(config);
    const descriptor = { mediaType: configType, digest, size: config.length };
    const manifest = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, config: descriptor, layers: [] }));
    return { config, digest, mediaType, manifest };
}
