import { chartOf, valuesOf } from "../charts";
import type { Finding } from "../finding";
import { entriesWithin, field, isMap, label, mapAt } from "../object";
import { findingOn, inEveryLiveCluster, type LiveObject, liveOfKind, livePods, type LivePods } from "../rendering/live";
import { selects, selectsAll } from "../selector";
import { type Cluster, everyManifest, findingAt, type Manifest, ofKind, type Tree } from "../tree";

const budgets = ["podDisruptionBudget", "pdb", "disruptionBudget"];

/**
 * Whatever runs more than once has a PodDisruptionBudget, so that draining nodes does not stop all of it at once; and
 * every budget lets a pod go, or no node that has one can be drained.
 */
export function disruptionBudgets(tree: Tree): Promise<readonly Finding[]> {
    return inEveryLiveCluster(tree, (live) => {
        const { cluster } = live;
        const manifests = everyManifest(cluster);
        const workloads = ofKind(manifests, "Deployment", "StatefulSet").flatMap((workload) =>
            ofWorkload(manifests, workload),
        );
        const releases = ofKind(manifests, "HelmRelease").flatMap((release) => ofRelease(cluster, release));
        const pods = livePods(live).filter(({ source }) => !source.isHook);
        const blocking = liveOfKind(live, "PodDisruptionBudget").flatMap((budget) => blocksDrains(budget, pods));
        return [...workloads, ...releases, ...blocking];
    });
}

function blocksDrains(budget: LiveObject, pods: readonly LivePods[]): Finding[] {
    const { metadata, spec } = budget.object;
    const covered = pods.filter(
        ({ namespace, labels }) => namespace === metadata.namespace && selects(field(spec, "selector"), labels),
    );
    const count = covered.reduce((sum, { replicas }) => sum + replicas, 0);
    const [path, left] = leftToGo(spec, count);
    const problem = `lets none of ${count} pods go (${path}: ${String(field(spec, path))}), so that their nodes cannot be drained`;
    return count === 0 || left > 0
        ? []
        : [findingOn(budget, `spec.${path}`, problem, "write maxUnavailable: 1, or run more pods")];
}

/** How many of some pods a budget lets go, and by which of its settings. */
function leftToGo(spec: unknown, count: number): [setting: string, left: number] {
    const most = field(spec, "maxUnavailable");
    return most === undefined
        ? ["minAvailable", count - amount(field(spec, "minAvailable"), count)]
        : ["maxUnavailable", amount(most, count)];
}

/** A number, or a share of the pods, rounded up as Kubernetes does. */
function amount(value: unknown, count: number): number {
    const share = /^(\d+)%$/.exec(String(value))?.[1];
    return share === undefined ? Number(value ?? 0) : Math.ceil((Number(share) / 100) * count);
}

function ofWorkload(manifests: readonly Manifest[], workload: Manifest): Finding[] {
    const scaler = ofKind(manifests, "HorizontalPodAutoscaler").find(
        ({ object }) =>
            object.metadata.namespace === workload.object.metadata.namespace &&
            field(object, "spec.scaleTargetRef.kind") === workload.object.kind &&
            field(object, "spec.scaleTargetRef.name") === workload.object.metadata.name,
    );
    const [by, path] = scaler ? [scaler, "spec.minReplicas"] : [workload, "spec.replicas"];
    const replicas = Number(field(by.object, path) ?? 1);
    if (replicas <= 1 || ofKind(manifests, "PodDisruptionBudget").some((budget) => covers(budget, workload))) {
        return [];
    }
    const problem = `makes ${replicas} pods of ${label(workload.object)}, which no PodDisruptionBudget covers`;
    return [findingAt(by, path, problem, "add one with maxUnavailable: 1 and the pods' labels beside it")];
}

function covers({ object }: Manifest, workload: Manifest): boolean {
    const labels = mapAt(workload.object, "spec.template.metadata.labels");
    const selector = field(object, "spec.selector");
    const isInNamespace = object.metadata.namespace === workload.object.metadata.namespace;
    return isInNamespace && !selectsAll(selector) && selects(selector, labels);
}

/** Replicas in values, where the chart has a budget beside them. */
function ofRelease(cluster: Cluster, release: Manifest): Finding[] {
    const given = field(release.object, "spec.values");
    const values = valuesOf(chartOf(cluster, release), release);
    return [...entriesWithin(given)]
        .filter(({ key, value }) => /^(replicas|replicaCount)$/.test(key) && Number(value) > 1)
        .flatMap(({ path, value }) => {
            const around = [path.slice(0, -1), path.slice(0, -2)].map((parent) =>
                parent.length > 0 ? field(values, parent) : values,
            );
            const name = budgets.find((budget) => around.some((map) => isMap(map) && budget in map));
            const holder = around.find((map) => isMap(map) && name !== undefined && name in map);
            const budget = field(holder, name ?? "");
            const problem = `makes ${String(value)} pods by ${path.join(".")}, and has no ${name ?? "budget"} for them`;
            const fix = `write ${name ?? ""}: { enabled: true, maxUnavailable: 1 }, or what the chart calls it`;
            return name === undefined || isOn(budget)
                ? []
                : [findingAt(release, ["spec", "values", ...path], problem, fix)];
        });
}

/** Charts turn a budget on by a switch, or by giving it a number. */
function isOn(budget: unknown): boolean {
    const switches = ["enabled", "create"].map((key) => field(budget, key)).filter((value) => value !== undefined);
    const numbers = ["minAvailable", "maxUnavailable"]
        .map((key) => field(budget, key))
        .filter((value) => value !== undefined && value !== "");
    return switches.length > 0 ? switches.includes(true) : numbers.length > 0;
}
