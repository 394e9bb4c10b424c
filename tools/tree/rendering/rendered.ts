import * as path from "node:path";
import { kubernetesVersions } from "../../../components/settings/settings-schema";
import { bringsDefinitions, chartOf, chartReference } from "../charts";
import { type KubernetesObject, list, textAt } from "../object";
import { chartCache } from "../published/cache";
import { type Cluster, everyOfKind, type Manifest } from "../tree";
import { helmTemplate } from "./helm-template";
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
    const apiVersions = apiVersionsOf(cluster);
    const releases = everyOfKind(cluster, "HelmRelease").filter(({ layer }) => layer !== "tenants");
    const rendered = await Promise.all(releases.map((release) => renderRelease(cluster, release, apiVersions)));
    return rendered.flat();
}

async function renderRelease(
    cluster: Cluster,
    release: Manifest,
    apiVersions: readonly string[],
): Promise<readonly Rendered[]> {
    const found = await chartAtHand(cluster, release);
    if (!found) {
        return [];
    }
    const { object } = release;
    const namespace = textAt(object, "spec.targetNamespace") ?? object.metadata.namespace ?? "";
    const wanted = {
        chart: found.path,
        isPublished: found.isPublished,
        digest: found.digest,
        name: textAt(object, "spec.releaseName") ?? object.metadata.name,
        namespace,
        values: releaseValues(cluster, release),
        apiVersions,
        kubernetes,
        postRenderers: list(object, "spec.postRenderers"),
    };
    const template = await helmTemplate(wanted, path.join(chartCache(), "rendered"));
    const { error, recordSize } = template;
    const objects = template.objects.map((made) => ({ ...made, object: inNamespace(made.object, namespace), release }));
    return [{ release, chart: found.chart, isPublished: found.isPublished, error, objects, recordSize }];
}

interface Found {
    /** An archive, or the folder of a stand-in. */
    readonly path: string;
    readonly digest: string;
    readonly chart: string;
    readonly isPublished: boolean;
}

async function chartAtHand(cluster: Cluster, release: Manifest): Promise<Found | undefined> {
    const { name, version = "", url = "" } = chartReference(cluster, release);
    const published = cluster.shelf.archive({ name, version, source: url });
    if (published !== undefined) {
        const digest = path.basename(published, ".tgz");
        return { path: published, digest, chart: name, isPublished: true };
    }
    const known = chartOf(cluster, release)?.folder.split("/").at(-1) ?? "";
    const standIn = await standInFor(known, path.join(chartCache(), "stand-ins"));
    return standIn && { path: standIn.folder, digest: standIn.digest, chart: name, isPublished: false };
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
