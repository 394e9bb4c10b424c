import { readFile } from "node:fs/promises";
import { chartsFolder, type PublishedImage, readDefinitions } from "@landfall/facts";
import type { Route } from "../network/route";
import { imagePlace } from "../registry/image-place";
import type { TrustRoot } from "../signatures/trust-root";
import { type Chart, packageChart } from "./chart";
import { chartArtifact } from "./chart-artifact";
import { type PublishedArchive, publishedChart } from "./published";
import { registryHandler } from "./registry";
import { repositoryHandler } from "./repository";

/**
 * Makes the charts which stand in for those that the tree installs: one for each folder of `packages/facts/charts`. The
 * same charts are made at every start.
 *
 * `fluxOperatorSource` is the folder of the Flux Operator's source, whose definitions are used as they are.
 */
export async function generateCharts(fluxOperatorSource: string): Promise<Chart[]> {
    const definitions = await readDefinitions(chartsFolder);
    return Promise.all(definitions.map((definition) => packageChart(definition, fluxOperatorSource)));
}

/** Where a published chart's archive lies, and where it is published. */
export interface ArchiveFile {
    readonly file: string;
    readonly published: readonly string[];
}

/** The archives that a file names, as JSON: a list of `ArchiveFile`. */
export async function readArchives(list: string): Promise<PublishedArchive[]> {
    const files = JSON.parse(await readFile(list, "utf8")) as ArchiveFile[];
    return Promise.all(files.map(async ({ file, published }) => ({ archive: await readFile(file), published })));
}

/**
 * What the sandbox serves: published charts, and stand-ins for charts of other names, which the program or a team
 * installs. No stand-in takes the place of another version of a published chart. What publishers sign is signed anew:
 * their own signatures are in no archive.
 */
export async function chartsToServe(
    archives: readonly PublishedArchive[],
    fluxOperatorSource: string,
): Promise<Chart[]> {
    const published = await Promise.all(archives.map(publishedChart));
    const standIns = await generateCharts(fluxOperatorSource);
    const signerOf = (name: string) => standIns.find((chart) => chart.name === name)?.signed;
    return [
        ...published.map((chart) => ({ ...chart, signed: signerOf(chart.name) })),
        ...standIns.filter(({ name }) => !published.some((chart) => chart.name === name)),
    ];
}

/** What there is besides charts. */
export interface PublicOptions {
    /** Images of others. */
    readonly images: readonly PublishedImage[];
    /** What lets somebody publish more tags. */
    readonly publisherToken: string;
    /** What signs the charts that their publishers sign. Default: none is signed. */
    readonly trustRoot: TrustRoot;
}

/** The hosts that charts and images are published at: OCI registries and Helm repositories. */
export async function publicRoutes(
    charts: readonly Chart[],
    { images, publisherToken, trustRoot }: Partial<PublicOptions> = {},
): Promise<Route[]> {
    const artifacts = new Map(
        await Promise.all(charts.map(async (chart) => [chart, await chartArtifact(chart, trustRoot)] as const)),
    );
    const places = charts.flatMap((chart) =>
        chart.published.map((address) => {
            // The URL parser knows no host in an address whose scheme it does not know.
            const { host, pathname } = new URL(address.replace(/^oci:/, "https:"));
            return { chart, host, path: pathname.replace(/\/$/, ""), oci: address.startsWith("oci:") };
        }),
    );
    const imagePlaces = (images ?? []).map(({ image, tags }) => ({ ...imagePlace(image), tags }));
    return [...new Set([...places, ...imagePlaces].map(({ host }) => host))].map((host) => {
        const here = places.filter((place) => place.host === host);
        const content = {
            charts: here
                .filter(({ oci }) => oci)
                .map(({ path, chart }) => ({ repository: path.slice(1), artifact: artifacts.get(chart)! })),
            images: imagePlaces.filter((place) => place.host === host),
        };
        const registry = registryHandler(host, content, publisherToken);
        const repository = repositoryHandler(
            host,
            here.filter(({ oci }) => !oci),
        );
        return {
            host,
            handle: (request) => (request.url.pathname.startsWith("/v2") ? registry : repository)(request),
        };
    });
}
