import * as path from "node:path";
import { chartOf } from "../charts";
import type { Finding } from "../finding";
import { field } from "../object";
import { chartCache } from "../published/cache";
import { judgedValues } from "../rendering/idle-values";
import { wantedReleases } from "../rendering/rendered";
import { at, type Cluster, findingAt, type Tree } from "../tree";

/** Values that say what their chart would make by itself, because others rely on it, by chart. */
const held: Readonly<Record<string, readonly string[]>> = {
    // By default the release's name. Ingresses and issuers ask for the class.
    traefik: ["ingressClass.name"],
};

/** A value of a release that is not the chart's default, in one cluster. */
interface Judged {
    /** File, line and path. */
    readonly key: string;
    readonly finding: Finding;
    readonly isIdle: boolean;
}

/**
 * Every value of a release does something: without it, the published chart makes something else in one of the clusters.
 * One that the chart knows may still be shadowed by another, or be read by a part that is off. A value that repeats the
 * chart's default is meant to hold it. A stand-in follows few values, so it says nothing about them.
 */
export async function idleValues(tree: Tree): Promise<readonly Finding[]> {
    const judged = (await Promise.all(tree.clusters.map(inCluster))).flat();
    const effective = new Set(judged.filter(({ isIdle }) => !isIdle).map(({ key }) => key));
    return judged.filter(({ key }) => !effective.has(key)).map(({ finding }) => finding);
}

async function inCluster(cluster: Cluster): Promise<Judged[]> {
    const releases = await wantedReleases(cluster);
    const inReleases = releases
        .filter(({ wanted }) => wanted.isPublished)
        .map(async ({ release, chart, wanted }) => {
            const given = field(release.object, "spec.values") ?? {};
            const cache = path.join(chartCache(), "rendered");
            const values = await judgedValues(wanted, given, chartOf(cluster, release)?.defaults, cache);
            const open = values.filter(({ path: keys }) => held[chart]?.includes(keys.join(".")) !== true);
            return open.map(({ path: keys, isIdle }): Judged => {
                const where = ["spec", "values", ...keys];
                const { file, line } = at(release, where);
                const value = keys.join(".");
                const problem = `sets ${value}, which changes nothing of what chart ${chart} makes`;
                const fix = "take it out, or set what the chart reads in its place: another value may come before it";
                return { key: `${file}:${line} ${value}`, finding: findingAt(release, where, problem, fix), isIdle };
            });
        });
    return (await Promise.all(inReleases)).flat();
}
