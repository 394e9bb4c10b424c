import { type ChartFacts, chartOf, valuesOf } from "../charts";
import type { Finding } from "../finding";
import { idleParts } from "../idle-parts";
import { entriesWithin, field, isMap } from "../object";
import { everyOfKind, findingAt, inEveryCluster, type Manifest, type Tree } from "../tree";

/** Amounts that a container has to have, each in the forms that charts write: Kubernetes's own, and Linkerd's. */
const amounts: readonly (readonly string[])[] = [
    ["requests.cpu", "cpu.request"],
    ["requests.memory", "memory.request"],
    ["limits.memory", "memory.limit"],
];

/** Switches of a part of a chart. */
const switches = ["enabled", "create", "install"];

/**
 * Every container that a release's values reach says what it needs, and the most memory that it may take: each
 * `resources` of the chart, below parts that are not turned off.
 */
export function releaseResources(tree: Tree): readonly Finding[] {
    return inEveryCluster(tree, (cluster) =>
        everyOfKind(cluster, "HelmRelease").flatMap((release) => {
            const chart = chartOf(cluster, release);
            return chart ? unbounded(chart, release) : [];
        }),
    );
}

function unbounded(chart: ChartFacts, release: Manifest): Finding[] {
    const values = valuesOf(chart, release);
    const idle = idleParts(chart.folder.split("/").at(-1) ?? "");
    return [...entriesWithin(values)]
        .filter(({ path, key, value }) => key === "resources" && isMap(value) && !path.includes("volumeClaimTemplate"))
        .filter(({ path }) => !isOff(values, path) && !idle.some((part) => path.join(".").startsWith(`${part}.`)))
        .flatMap(({ path, value }) => {
            const missing = amounts
                .filter((forms) => !forms.some((form) => isAmount(field(value, form))))
                .map(([name]) => name);
            const problem = `has no ${missing.join(", ")} in ${path.join(".")}`;
            const fix = "write them; a part that makes no pod goes into tools/tree/idle-parts.ts, with the reason";
            return missing.length === 0 ? [] : [findingAt(release, ["spec", "values", ...path], problem, fix)];
        });
}

function isAmount(value: unknown): boolean {
    return value !== undefined && value !== null && value !== "";
}

/** Whether the part that a path is in, or one around it, is turned off. The release's own top has no switch. */
function isOff(values: unknown, path: readonly (string | number)[]): boolean {
    return path.some((_, depth) => {
        const part = field(values, path.slice(0, depth));
        return depth > 0 && (switches.some((name) => field(part, name) === false) || field(part, "replicas") === 0);
    });
}
