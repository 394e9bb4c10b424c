/**
 * Pushes images (docker push). Arguments: names with tags, such as `team-kustomize/app:TAG`, for the stack's registry,
 * as a team's pipeline does in a job of GitHub Actions; with a public registry before the name, as its publisher.
 */
import { emptyImage } from "../registry/empty-image";
import { imagePlace } from "../registry/image-place";
import { pushToken, variable } from "./registry-login";

async function push(image: string): Promise<void> {
    const [, host, name = "", tag = ""] = /^(?:([\w-]+(?:\.[\w-]+)+)\/)?([a-z0-9._/-]+):([\w.-]+)$/.exec(image) ?? [];
    if (name === "") {
        throw new Error(`${image} is no image: NAME:TAG, such as team-kustomize/app:v1`);
    }
    const registry = host === undefined ? variable("REGISTRY") : imagePlace(`${host}/${name}`).host;
    const token = host === undefined ? await pushToken(registry, name) : variable("PUBLISHER_TOKEN");
    const authorization = `Bearer ${token}`;
    const send = async (method: string, path: string, type: string, body: string | Buffer) => {
        const headers = { authorization, "content-type": type };
        const answer = await fetch(`https://${registry}${path}`, { method, headers, body });
        if (!answer.ok) {
            throw new Error(`${method} ${path} answers ${answer.status}: ${await answer.text()}`);
        }
        return answer.headers.get("location") ?? "";
    };
    const { config, digest, mediaType, manifest } = emptyImage;
    const upload = await send("POST", `/v2/${name}/blobs/uploads/`, "application/octet-stream", "");
    await send("PUT", `${upload}?digest=${encodeURIComponent(digest)}`, "application/octet-stream", config);
    await send("PUT", `/v2/${name}/manifests/${tag}`, mediaType, manifest);
    console.log(`pushed ${host === undefined ? `${registry}/` : ""}${image}`);
}

async function main(images: readonly string[]): Promise<void> {
    for (const image of images) {
        await push(image);
    }
}

main(process.argv.slice(2)).catch((error: Error) => {
    console.error(error.message);
    process.exit(1);
});
