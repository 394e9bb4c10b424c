import { chartReference } from "../charts";
import type { Finding } from "../finding";
import { at, type Cluster, everyOfKind, findingAt, inEveryCluster, type Manifest, type Tree } from "../tree";

interface Pin {
    readonly manifest: Manifest;
    readonly path: string;
    /** The publisher's folder of charts, or the chart alone, and the version. */
    readonly release: string;
    readonly place: string;
}

/**
 * Charts that are one release of a publisher have their version in one place: who upgrades one of them upgrades all.
 * Another version of the same publisher's is another release.
 */
export function pins(tree: Tree): readonly Finding[] {
    return inEveryCluster(tree, (cluster) => {
        const all = everyOfKind(cluster, "HelmRelease").flatMap((release) => pinOf(cluster, release));
        return all.flatMap((pin) => {
            const first = all.find((other) => other.release === pin.release);
            if (first === undefined || first.place === pin.place) {
                return [];
            }
            const problem = `pins ${pin.release}, as ${first.place} does`;
            const fix = `take the version from there, by replacements in the kustomization.yaml above both (systems/istio), or by one HelmChart (systems/alloy)`;
            return [findingAt(pin.manifest, pin.path, problem, fix)];
        });
    });
}

function pinOf(cluster: Cluster, release: Manifest): Pin[] {
    const { name, version, url, kind, pinnedBy: manifest, pinnedAt: path } = chartReference(cluster, release);
    if (release.layer === "tenants" || version === undefined || url === undefined || manifest === undefined) {
        return [];
    }
    const { file, line } = at(manifest, path);
    const publisher = kind === "OCIRepository" ? url.slice(0, url.lastIndexOf(`/${name}`)) : url;
    return [{ manifest, path, release: `version ${version} of ${publisher}`, place: `${file}:${line}` }];
}
