import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { environmentsIn } from "../../components/gitops/fleet/manifest-tree";
import { editFolder, editPatches, type FolderPatch } from "./folder-edits";
import { addedSystems, layersOf, shortenLayers } from "./layer-edits";
import {
    filesBelow,
    foldersBelow,
    isA,
    kindOf,
    objectsIn,
    ownFiles,
    takenSecrets,
    type TreeObject,
} from "./tree-files";

/**
 * Shortens a copy of the tree to a few systems, so that a test that runs the program need not wait for all of them.
 * Files stay where they are; the lines that lead to them go, so that every variable still has a file that uses it.
 *
 * Kept are the Helm releases of the folders named, the releases that those depend on, and whatever is not a release;
 * but no object of a kind that only a chart which is gone defines, none in a namespace that is gone, no patch of an
 * object that is gone, and no layer without objects. What depended on such a layer depends on what that one depended
 * on.
 *
 * @param root the folder `gitops` of the copy.
 * @param systems names of folders that hold a HelmRelease.
 * @throws Error naming a system that the tree does not have.
 */
export function shortenTree(root: string, systems: readonly string[]): void {
    const clusters = environmentsIn(root).map((environment) => path.join(root, "clusters", environment));
    const layers = layersOf(root, clusters);
    const shortening = new Shortening(
        clusters,
        layers.flatMap(({ folders }) => folders),
        systems,
    );
    while (shortening.pass()) {}
    shortenLayers(clusters, layers, (layer) => shortening.objectsOf(layer.folders));
}

/** What the tests' sandbox runs: an ingress, certificates, and podinfo, which is not a release. */
export const smallTree: readonly string[] = ["cert-manager", "traefik", "prometheus-operator-crds"];

/** Those that Kubernetes or the program makes. */
const givenNamespaces = ["default", "kube-system", "kube-public", "kube-node-lease", "flux-system"];
const chartFolder = path.join(__dirname, "../../packages/facts/charts");

class Shortening {
    private readonly systems: Set<string>;
    private readonly charts = new Map<string, readonly string[]>();

    constructor(
        private readonly clusters: readonly string[],
        private readonly folders: readonly string[],
        systems: readonly string[],
    ) {
        const added = clusters.flatMap((cluster) => addedSystems(cluster).map(({ folder }) => folder));
        this.systems = withDependencies(systems, releasesBelow([...folders, ...added]));
        for (const name of fs.readdirSync(chartFolder)) {
            const file = path.join(chartFolder, name, "chart.yaml");
            if (fs.existsSync(file)) {
                const { crds } = parse(fs.readFileSync(file, "utf8")) as {
                    crds?: { kinds?: { group: string; kind: string }[] };
                };
                this.charts.set(name, crds?.kinds?.map(({ group, kind }) => `${group}/${kind}`) ?? []);
            }
        }
    }

    objectsOf(folders: readonly string[]): TreeObject[] {
        return [...new Set(folders)].flatMap((folder) =>
            [...filesBelow(folder), ...takenSecrets(folder, this.clusters)].flatMap(objectsIn),
        );
    }

    /**
     * Removes lines once; gives whether there were any, since what a removed object brought may be needed elsewhere.
     */
    pass(): boolean {
        const objects = this.objectsOf(this.folders);
        const namespaces = new Set([
            ...givenNamespaces,
            ...objects.filter(isA("Namespace")).map(({ metadata }) => metadata.name),
        ]);
        const missing = this.missingKinds(objects);
        const stays = (object: TreeObject) =>
            !missing.has(kindOf(object)) && namespaces.has(object.metadata.namespace ?? "default");
        let removed = 0;
        for (const folder of new Set(this.folders.flatMap((each) => [...foldersBelow(each)]))) {
            removed += editFolder(folder, (line) => this.keeps(path.join(folder, line), stays));
            removed += this.dropSecrets(folder, stays);
        }
        return removed + this.dropAdded(stays) > 0;
    }

    /** A layer no longer takes the Secrets of a namespace that is gone. */
    private dropSecrets(folder: string, stays: (object: TreeObject) => boolean): number {
        const keeps = (patch: FolderPatch) =>
            takenSecrets(folder, this.clusters, patch).flatMap(objectsIn).every(stays);
        return editPatches(folder, (patch) => patch.target?.kind !== "Secret" || keeps(patch));
    }

    /** Systems that an environment adds to a layer go as those do that the layer lists. */
    private dropAdded(stays: (object: TreeObject) => boolean): number {
        const removed = this.clusters.map((cluster) => {
            const gone = addedSystems(cluster).filter(
                ({ folder }) => !this.keeps(folder, stays) || !filesBelow(folder).flatMap(objectsIn).every(stays),
            );
            return editPatches(cluster, ({ patch }) => !gone.some((added) => added.patch === patch));
        });
        return removed.reduce((sum, count) => sum + count, 0);
    }

    private keeps(target: string, stays: (object: TreeObject) => boolean): boolean {
        const objects = [...filesBelow(target)].flatMap(objectsIn);
        if (fs.statSync(target).isFile()) {
            return objects.every((object) => stays(object));
        }
        const isUnwanted = ownFiles(target).flatMap(objectsIn).some(isA("HelmRelease")) && !this.has(target);
        return !isUnwanted && objects.length > 0;
    }

    private has(folder: string): boolean {
        return this.systems.has(path.basename(folder));
    }

    /** Kinds that some chart defines and none of those that are kept. */
    private missingKinds(objects: readonly TreeObject[]): Set<string> {
        const kept = new Set(objects.filter(isA("HelmRelease")).map((release) => chartOf(release, objects)));
        const kinds = (isKept: boolean) => [...this.charts].filter(([name]) => kept.has(name) === isKept);
        const brought = new Set(kinds(true).flatMap(([, names]) => names));
        return new Set(kinds(false).flatMap(([, names]) => names.filter((name) => !brought.has(name))));
    }
}

/** Releases by their names: the folder, and the names of those that they depend on. */
function releasesBelow(folders: readonly string[]): Map<string, { system: string; needs: readonly string[] }> {
    const all = new Set(folders.flatMap((folder) => [...filesBelow(folder)]));
    return new Map(
        [...all].flatMap((file) =>
            objectsIn(file)
                .filter(isA("HelmRelease"))
                .map((release) => {
                    const needs = ((release.spec?.dependsOn ?? []) as { name: string }[]).map(({ name }) => name);
                    return [release.metadata.name, { system: path.basename(path.dirname(file)), needs }];
                }),
        ),
    );
}

function withDependencies(systems: readonly string[], releases: ReturnType<typeof releasesBelow>): Set<string> {
    const all = new Set<string>();
    const add = (system: string) => {
        const own = [...releases.values()].filter((release) => release.system === system);
        if (own.length === 0) {
            const known = [...releases.values()].map((release) => release.system).sort();
            throw new Error(
                `no folder of the tree that has a HelmRelease is named ${system}; there are ${known.join(", ")}`,
            );
        }
        if (!all.has(system)) {
            all.add(system);
            own.flatMap(({ needs }) => needs).forEach((name) => add(releases.get(name)?.system ?? name));
        }
    };
    systems.forEach(add);
    return all;
}

/** The chart's name, or the last part of its address. */
function chartOf(release: TreeObject, objects: readonly TreeObject[]): string | undefined {
    const { chartRef, chart } = release.spec as {
        chartRef?: { kind: string; name: string };
        chart?: { spec: { chart: string } };
    };
    const source = objects.find(({ kind, metadata }) => kind === chartRef?.kind && metadata.name === chartRef.name);
    const { chart: named, url } = (source?.spec ?? {}) as { chart?: string; url?: string };
    return chart?.spec.chart ?? named ?? path.posix.basename(String(url));
}
