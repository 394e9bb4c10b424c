import type { Finding } from "../finding";
import { entriesWithin, isMap } from "../object";
import { everyManifest, findingAt, inEveryCluster, type Manifest, type Tree } from "../tree";

/** A tag has to be a whole version, as a major or minor tag moves too. PostgreSQL's versions have two parts. */
const exact = /^v?\d+\.\d+\.\d+[0-9A-Za-z._-]*$/;
const twoParts = /(^|\/)(postgres|postgresql)$/;
const digestPattern = /^sha256:[0-9a-f]{64}$/;

interface Image {
    readonly path: readonly (string | number)[];
    readonly name: string;
    readonly tag: string | undefined;
    readonly digest: string | undefined;
}

/** Every image has an exact version: those of containers, of custom resources, and of releases' values. */
export function images(tree: Tree): readonly Finding[] {
    return inEveryCluster(tree, (cluster) =>
        everyManifest(cluster).flatMap((manifest) =>
            imagesOf(manifest)
                .filter((image) => !isExact(image))
                .map(({ path, name, tag }) => {
                    const problem = `names image ${name}${tag === undefined ? "" : `:${tag}`}, which has no exact version`;
                    return findingAt(manifest, path, problem, "write the whole version, such as 1.2.3, or a digest");
                }),
        ),
    );
}

function isExact({ name, tag, digest }: Image): boolean {
    return (
        (digest !== undefined && digestPattern.test(digest)) ||
        (tag !== undefined && (exact.test(tag) || (twoParts.test(name) && /^\d+\.\d+/.test(tag))))
    );
}

function imagesOf({ object }: Manifest): Image[] {
    const isRelease = object.kind === "HelmRelease";
    return [...entriesWithin(object.spec, ["spec"])].flatMap(({ path, key, value }) => {
        if (/^image(Name)?$/i.test(key) && typeof value === "string" && !/^image/i.test(object.kind)) {
            // A chart may have the repository alone here, and the tag beside it, which comes by itself.
            return isRelease && !/[:@]/.test(value) ? [] : [imageOf(path, value)];
        }
        const isTag =
            isRelease && /^(tag|imageTag)$/i.test(key) && (typeof value === "string" || typeof value === "number");
        return isTag && value !== "" ? [tagOf(object.spec, path, String(value))] : [];
    });
}

function imageOf(path: Image["path"], text: string): Image {
    const [, name = "", tag, digest] = /^(.*?)(?::([^/@]+))?(?:@(.*))?$/.exec(text) ?? [];
    return { path, name, tag, digest };
}

/** A tag of values with the repository that stands beside it; a digest there pins it as well. */
function tagOf(spec: unknown, path: Image["path"], tag: string): Image {
    const beside = path
        .slice(1, -1)
        .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], spec);
    const text = (key: string) => (isMap(beside) && typeof beside[key] === "string" ? beside[key] : undefined);
    return {
        path,
        name: text("repository") ?? text("image") ?? path.slice(2, -1).join("."),
        tag,
        digest: text("digest"),
    };
}
