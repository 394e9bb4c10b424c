import { chartReference } from "../charts";
import type { Place } from "../place";
import { at, everyOfKind, type Tree } from "../tree";

/** A version of a published chart that the tree installs. */
export interface ChartPin {
    readonly name: string;
    readonly version: string;
    /** Where it is published: `oci://<host>/<repository>`, or the https URL of a Helm repository. */
    readonly source: string;
    /** The line that holds the version. */
    readonly place: Place;
}

/** What tells a version of a chart from all others. */
export function keyOf({ name, version, source }: Pick<ChartPin, "name" | "version" | "source">): string {
    return `${source} ${name} ${version}`;
}

/**
 * Every chart that the platform's releases install, those of systems that nobody lists among them. A team's charts are
 * its own affair, and so is a chart that lies in the tree itself.
 */
export function pinsOf(tree: Tree): readonly ChartPin[] {
    const pins = tree.clusters.flatMap((cluster) =>
        everyOfKind(cluster, "HelmRelease")
            .filter(({ layer }) => layer !== "tenants")
            .flatMap((release) => {
                const { name, version, url, kind, pinnedBy, pinnedAt } = chartReference(cluster, release);
                const isPublished = kind === "OCIRepository" || kind === "HelmRepository";
                return isPublished && version !== undefined && url !== undefined && pinnedBy
                    ? [{ name, version, source: url, place: at(pinnedBy, pinnedAt) }]
                    : [];
            }),
    );
    return [...new Map(pins.map((pin) => [keyOf(pin), pin])).values()].sort((one, other) =>
        keyOf(one).localeCompare(keyOf(other)),
    );
}
