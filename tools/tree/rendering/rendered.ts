import * as path from "node:path";
import { kubernetesVersions } from "../../../components/settings/settings-schema";
import { bringsDefinitions, chartOf, chartReference } from "../charts";
import { type KubernetesObject, list, textAt } from "../object";
import { chartCache } from "../published/cache";
import { type Cluster, everyOfKind, type Manifest } from "../tree";
import { helmTemplate, type Wanted } from "./helm-template";
import { releaseValues } from "./release-values";
import { isClusterScoped } from "./scope";
import { standInFor } from "./stand-ins";

/** What one release makes in its cluster. */
export interface Rendered {
    readonly release: Manifest;
    readonly chart: string;
    /** Whether the published chart was rendered; else the stand-in. */
    readonly isPublished: boolean;
    readonly error: string | undefined;
    readonly objects: readonly RenderedObject[];
    /** Bytes, where the chart is the published one. */
    readonly recordSize: number | undefined;
}

interface RenderedObject {
    /** With its namespace, where its kind has one. */
    readonly object: KubernetesObject;
    readonly isHook: boolean;
    readonly release: Manifest;
}

/** The version for which charts are rendered: the newest that the settings allow. */
const kubernetes = `${kubernetesVersions.at(-1)}.0`;

const known = new WeakMap<Cluster, Promise<readonly Rendered[]>>();

/**
 * What every release of a cluster makes, by the published chart where it is at hand, else by its stand-in. A release
 * whose chart is known to nobody is left out: rule `charts` finds it.
 */
export function renderedReleases(cluster: Cluster): Promise<readonly Rendered[]> {
    const rendered = known.get(cluster) ?? renderAll(cluster);
    known.set(cluster, rendered);
    return rendered;
}

async function renderAll(cluster: Cluster): Promise<readonly Rendered[]> {
    const wanted = await wantedReleases(cluster);
    return Promise.all(wanted.map((release) => renderRelease(release)));
}

async function renderRelease({ release, chart, wanted }: WantedRelease): Promise<Rendered> {
    const { namespace, isPublished } = wanted;
    const template = await helmTemplate(wanted, path.join(chartCache(), "rendered"));
    const { error, recordSize } = template;
    const objects = template.objects.map((made) => ({ ...made, object: inNamespace(made.object, namespace), release }));
    return { release, chart, isPublished, error, objects, recordSize };
}

/** A release, and what there is to render of it. */
export interface WantedRelease {
    readonly release: Manifest;
    /** Its name. */
    readonly chart: string;
    readonly wanted: Wanted;
}

/** The releases of a cluster whose chart somebody knows. */
export async function wantedReleases(cluster: Cluster): Promise<readonly WantedRelease[]> {
    const apiVersions = apiVersionsOf(cluster);
    const releases = await Promise.all(
        releasesOf(cluster).map(async (release) => {
            const found = publishedChart(cluster, release) ?? (await standIn(cluster, release));
            return found
                ? [{ release, chart: found.chart, wanted: wantedOf(cluster, release, found, apiVersions) }]
                : [];
        }),
    );
    return releases.flat();
}

function releasesOf(cluster: Cluster): Manifest[] {
    return everyOfKind(cluster, "HelmRelease").filter(({ layer }) => layer !== "tenants");
}

function wantedOf(cluster: Cluster, release: Manifest, found: Found, apiVersions: readonly string[]): Wanted {
    const { object } = release;
    return {
        chart: found.path,
        isPublished: found.isPublished,
        digest: found.digest,
        name: textAt(object, "spec.releaseName") ?? object.metadata.name,
        namespace: textAt(object, "spec.targetNamespace") ?? object.metadata.namespace ?? "",
        values: releaseValues(cluster, release),
        apiVersions,
        kubernetes,
        postRenderers: list(object, "spec.postRenderers"),
    };
}

interface Found {
    /** An archive, or the folder of a stand-in. */
    readonly path: string;
    readonly digest: string;
    readonly chart: string;
    readonly isPublished: boolean;
}

function publishedChart(cluster: Cluster, release: Manifest): Found | undefined {
    const { name, version = "", url = "" } = chartReference(cluster, release);
    const archive = cluster.shelf.archive({ name, version, source: url });
    return archive === undefined
        ? undefined
        : { path: archive, digest: path.basename(archive, ".tgz"), chart: name, isPublished: true };
}

async function standIn(cluster: Cluster, release: Manifest): Promise<Found | undefined> {
    const known = chartOf(cluster, release)?.folder.split("/").at(-1) ?? "";
    const found = await standInFor(known, path.join(chartCache(), "stand-ins"));
    const { name } = chartReference(cluster, release);
    return found && { path: found.folder, digest: found.digest, chart: name, isPublished: false };
}

function inNamespace(object: KubernetesObject, namespace: string): KubernetesObject {
    return isClusterScoped(object) || object.metadata.namespace !== undefined
        ? object
        : { ...object, metadata: { ...object.metadata, namespace } };
}

/** What charts ask `.Capabilities.APIVersions` for: groups and kinds that some release of the cluster defines. */
function apiVersionsOf(cluster: Cluster): readonly string[] {
    const kinds = everyOfKind(cluster, "HelmRelease").flatMap((release) => {
        const chart = chartOf(cluster, release);
        return chart && bringsDefinitions(chart, release) ? chart.kinds : [];
    });
    const versions = kinds.flatMap(({ group, version, kind }) => [
        `${group}/${version}`,
        `${group}/${version}/${kind}`,
    ]);
    const own = everyOfKind(cluster, "CustomResourceDefinition").flatMap(({ object }) =>
        list(object, "spec.versions").map((version) => `${textAt(object, "spec.group")}/${textAt(version, "name")}`),
    );
    return [...new Set([...versions, ...own])].sort();
}
