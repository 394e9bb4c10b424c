/**
 * What a team's pipeline does in a job of GitHub Actions to push images (docker push). Arguments: names with tags, such
 * as `team-kustomize/app:TAG`. The images have no layers: nothing in the sandbox runs them, Flux reads their tags.
 */
import { createHash } from "node:crypto";
import { pushToken, variable } from "./registry-login";

const configType = "application/vnd.oci.image.config.v1+json";
const manifestType = "application/vnd.oci.image.manifest.v1+json";

async function push(registry: string, image: string): Promise<void> {
    const [, name = "", tag = ""] = /^([a-z0-9._/-]+):([\w.-]+)$/.exec(image) ?? [];
    if (name === "") {
        throw new Error(`${image} is no image: NAME:TAG, such as team-kustomize/app:v1`);
    }
    const authorization = `Bearer ${await pushToken(registry, name)}`;
    const send = async (method: string, path: string, type: string, body: string) => {
        const headers = { authorization, "content-type": type };
        const answer = await fetch(`https://${registry}${path}`, { method, headers, body });
        if (!answer.ok) {
            throw new Error(`${method} ${path} answers ${answer.status}: ${await answer.text()}`);
        }
        return answer.headers.get("location") ?? "";
    };
    const config = JSON.stringify({ architecture: "amd64", os: "linux", rootfs: { type: "layers", diff_ids: [] } });
    const digest = `sha256:${createHash("sha256").update(config).digest("hex")}`;
    const upload = await send("POST", `/v2/${name}/blobs/uploads/`, "application/octet-stream", "");
    await send("PUT", `${upload}?digest=${encodeURIComponent(digest)}`, "application/octet-stream", config);
    const manifest = {
        schemaVersion: 2,
        mediaType: manifestType,
        config: { mediaType: configType, digest, size: Buffer.byteLength(config) },
        layers: [],
    };
    await send("PUT", `/v2/${name}/manifests/${tag}`, manifestType, JSON.stringify(manifest));
    console.log(`pushed ${registry}/${image}`);
}

async function main(images: readonly string[]): Promise<void> {
    const registry = variable("REGISTRY");
    for (const image of images) {
        await push(registry, image);
    }
}

main(process.argv.slice(2)).catch((error: Error) => {
    console.error(error.message);
    process.exit(1);
});
