/**
 * Stands in for the programs of a runner that need a container engine or another network: the first argument says
 * which one. `docker build` runs the RUN instruction of the Dockerfile here, and `skopeo` moves real images between
 * folders and registries. Nothing unpacks an image or scans it.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { gzipSync } from "node:zlib";

interface Descriptor {
    readonly mediaType: string;
    readonly digest: string;
    readonly size: number;
    readonly annotations?: Readonly<Record<string, string>>;
}

const home = process.env.RUNNER_TEMP ?? "";
const daemon = path.join(home, "images");
const type = "application/vnd.oci.image";
const manifestType = `${type}.manifest.v1+json`;

async function main([program = "", ...args]: readonly string[]): Promise<void> {
    const [command = ""] = args;
    if (program === "docker" && command === "build") {
        build(args);
    } else if (program === "docker" && command === "run") {
        scan(args);
    } else if (program === "skopeo" && command === "login") {
        fs.writeFileSync(path.join(home, "skopeo-token"), fs.readFileSync(0, "utf8").trim(), { mode: 0o600 });
    } else if (program === "skopeo" && command === "copy") {
        const [source = "", target = ""] = args.slice(1).filter((arg) => !arg.startsWith("--"));
        await copy(source, target);
    } else if (program === "gh" && `${command} ${args[1]}` === "pr create") {
        await propose(args);
    } else {
        throw new Error(`no stand-in for ${program} ${args.join(" ")}`);
    }
}

/** The instruction that makes the program, with the arguments of the build, and what the image says of itself. */
function build(args: readonly string[]): void {
    const dockerfile = fs.readFileSync("Dockerfile", "utf8").replace(/\\\n/g, " ");
    const [, run = ""] = /^RUN (.+)$/m.exec(dockerfile) ?? [];
    const [, user = ""] = /^USER (.+)$/m.exec(dockerfile) ?? [];
    const [, entry = ""] = /^ENTRYPOINT (.+)$/m.exec(dockerfile) ?? [];
    const given = args.flatMap((arg, at) =>
        args[at - 1] === "--build-arg" ? [arg.split("=") as [string, string]] : [],
    );
    const folder = path.join(daemon, optionOf(args, "--tag"));
    fs.mkdirSync(path.join(folder, "root"), { recursive: true });
    const command = run.replace(" -o /program ", ` -o ${path.join(folder, "root/program")} `);
    execFileSync("sh", ["-euc", command], { stdio: "inherit", env: { ...process.env, ...Object.fromEntries(given) } });
    const config = { User: user, Entrypoint: JSON.parse(entry) as string[] };
    fs.writeFileSync(path.join(folder, "config.json"), JSON.stringify(config));
}

/** Looks whether there is an image where the scanner is told to look. */
function scan(args: readonly string[]): void {
    const input = optionOf(args, "--input").replace(/^\/out\//, "out/");
    readLayout(input);
    console.log(`${input} is an image; nothing scans it here`);
}

async function copy(source: string, target: string): Promise<void> {
    const [, from = "", name = ""] = /^(docker-daemon|oci|docker):(?:\/\/)?(.+)$/.exec(source) ?? [];
    const [, to = "", place = ""] = /^(oci|docker):(?:\/\/)?(.+)$/.exec(target) ?? [];
    const image = from === "docker-daemon" ? pack(name) : from === "oci" ? readLayout(name) : await pull(name);
    await (to === "oci" ? writeLayout(place, image) : push(place, image));
    console.log(`${source} to ${target}: ${digestOf(image.manifest)}`);
}

interface Image {
    readonly manifest: Buffer;
    readonly blobs: ReadonlyMap<string, Buffer>;
}

/** The image of what `docker build` made: one layer, the same for the same files. */
function pack(tag: string): Image {
    const folder = path.join(daemon, tag);
    const options = ["--create", "--mtime=@0", "--owner=0", "--group=0", "--directory", path.join(folder, "root")];
    const files = execFileSync("tar", [...options, "program"], { maxBuffer: 64 << 20 });
    const layer = gzipSync(files);
    const config = Buffer.from(
        JSON.stringify({
            architecture: "amd64",
            os: "linux",
            config: JSON.parse(fs.readFileSync(path.join(folder, "config.json"), "utf8")) as object,
            rootfs: { type: "layers", diff_ids: [digestOf(files)] },
        }),
    );
    const manifest = JSON.stringify({
        schemaVersion: 2,
        mediaType: manifestType,
        config: { mediaType: `${type}.config.v1+json`, digest: digestOf(config), size: config.length },
        layers: [{ mediaType: `${type}.layer.v1.tar+gzip`, digest: digestOf(layer), size: layer.length }],
    });
    return {
        manifest: Buffer.from(manifest),
        blobs: new Map([config, layer].map((blob) => [digestOf(blob), blob])),
    };
}

/** @param place a folder in the OCI image layout, with a tag or without. */
function readLayout(place: string): Image {
    const [folder = "", tag] = place.split(":");
    const index = JSON.parse(fs.readFileSync(path.join(folder, "index.json"), "utf8")) as { manifests: Descriptor[] };
    const found = index.manifests.find(
        ({ annotations }) => tag === undefined || annotations?.["org.opencontainers.image.ref.name"] === tag,
    );
    if (!found) {
        throw new Error(`${folder} has no image ${tag}`);
    }
    const blob = (digest: string) => fs.readFileSync(path.join(folder, "blobs", digest.replace(":", "/")));
    const manifest = blob(found.digest);
    return { manifest, blobs: new Map(blobsOf(manifest).map((digest) => [digest, blob(digest)])) };
}

function writeLayout(place: string, { manifest, blobs }: Image): void {
    const [folder = "", tag = ""] = place.split(":");
    if (!fs.existsSync(path.dirname(folder))) {
        throw new Error(`Invalid destination name oci:${place}: ${path.dirname(folder)}: no such file or directory`);
    }
    fs.mkdirSync(path.join(folder, "blobs/sha256"), { recursive: true });
    for (const blob of [manifest, ...blobs.values()]) {
        fs.writeFileSync(path.join(folder, "blobs", digestOf(blob).replace(":", "/")), blob);
    }
    const annotations = { "org.opencontainers.image.ref.name": tag };
    const described = { mediaType: manifestType, digest: digestOf(manifest), size: manifest.length, annotations };
    fs.writeFileSync(path.join(folder, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
    fs.writeFileSync(path.join(folder, "index.json"), JSON.stringify({ schemaVersion: 2, manifests: [described] }));
}

async function pull(reference: string): Promise<Image> {
    const call = await registry(reference, "pull");
    const manifest = await call("GET", `manifests/${tagOf(reference)}`);
    const blobs = new Map<string, Buffer>();
    for (const digest of blobsOf(manifest.body)) {
        blobs.set(digest, (await call("GET", `blobs/${digest}`)).body);
    }
    return { manifest: manifest.body, blobs };
}

async function push(reference: string, { manifest, blobs }: Image): Promise<void> {
    const call = await registry(reference, "pull,push");
    for (const [digest, blob] of blobs) {
        const { location } = await call("POST", "blobs/uploads/");
        await call("PUT", `${location}?digest=${encodeURIComponent(digest)}`, blob);
    }
    await call("PUT", `manifests/${tagOf(reference)}`, manifest, manifestType);
}

/** Requests to a repository, with the token that `skopeo login` was given. */
async function registry(reference: string, actions: string) {
    const [, host = "", name = ""] = /^([^/]+)\/(.+):[^:]+$/.exec(reference) ?? [];
    const token = fs.readFileSync(path.join(home, "skopeo-token"), "utf8");
    const fields = {
        grant_type: "refresh_token",
        service: host,
        scope: `repository:${name}:${actions}`,
        refresh_token: token,
    };
    const asked = await fetch(`https://${host}/oauth2/token`, { method: "POST", body: new URLSearchParams(fields) });
    if (!asked.ok) {
        throw new Error(`${host} gives no token for ${name}: ${asked.status} ${await asked.text()}`);
    }
    const { access_token } = (await asked.json()) as { access_token: string };
    return async (method: string, where: string, body?: Buffer, contentType = "application/octet-stream") => {
        const url = where.startsWith("/") ? `https://${host}${where}` : `https://${host}/v2/${name}/${where}`;
        const headers = { authorization: `Bearer ${access_token}`, "content-type": contentType, accept: manifestType };
        const answer = await fetch(url, { method, headers, ...(body ? { body: new Uint8Array(body) } : {}) });
        if (!answer.ok) {
            throw new Error(`${method} ${url} answers ${answer.status}: ${await answer.text()}`);
        }
        return {
            location: answer.headers.get("location") ?? "",
            body: Buffer.from(await answer.arrayBuffer()),
        };
    };
}

/** A pull request by GitHub's API. */
async function propose(args: readonly string[]): Promise<void> {
    const [head, base, title, body] = ["--head", "--base", "--title", "--body"].map((name) => optionOf(args, name));
    const answer = await fetch(`https://api.github.com/repos/${process.env.GITHUB_REPOSITORY}/pulls`, {
        method: "POST",
        headers: { authorization: `Bearer ${process.env.GH_TOKEN}` },
        body: JSON.stringify({ head, base, title, body }),
    });
    if (!answer.ok) {
        throw new Error(`${answer.status} ${await answer.text()}`);
    }
    console.log(((await answer.json()) as { html_url: string }).html_url);
}

function blobsOf(manifest: Buffer): string[] {
    const { config, layers } = JSON.parse(manifest.toString("utf8")) as { config: Descriptor; layers: Descriptor[] };
    return [config, ...layers].map(({ digest }) => digest);
}

function tagOf(reference: string): string {
    return reference.slice(reference.lastIndexOf(":") + 1);
}

function digestOf(content: Buffer): string {
    return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}

function optionOf(args: readonly string[], name: string): string {
    const value = args[args.indexOf(name) + 1];
    if (!args.includes(name) || value === undefined) {
        throw new Error(`${name} is missing: ${args.join(" ")}`);
    }
    return value;
}

main(process.argv.slice(2)).catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
});
