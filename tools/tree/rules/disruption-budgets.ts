import { chartOf, valuesOf } from "../charts";
import type { Finding } from "../finding";
import { entriesWithin, field, isMap, label, list, mapAt, textAt } from "../object";
import { type Cluster, everyManifest, findingAt, inEveryCluster, type Manifest, ofKind, type Tree } from "../tree";

const budgets = ["podDisruptionBudget", "pdb", "disruptionBudget"];

/** Whatever runs more than once has a PodDisruptionBudget, so that draining nodes does not stop all of it at once. */
export function disruptionBudgets(tree: Tree): readonly Finding[] {
    return inEveryCluster(tree, (cluster) => {
        const manifests = everyManifest(cluster);
        const workloads = ofKind(manifests, "Deployment", "StatefulSet").flatMap((workload) =>
            ofWorkload(manifests, workload),
        );
        const releases = ofKind(manifests, "HelmRelease").flatMap((release) => ofRelease(cluster, release));
        return [...workloads, ...releases];
    });
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
    const equal = Object.entries(mapAt(object, "spec.selector.matchLabels")).map(
        ([key, value]) => labels[key] === value,
    );
    const expressions = list(object, "spec.selector.matchExpressions").map((expression) => {
        const value = labels[textAt(expression, "key") ?? ""];
        const operator = textAt(expression, "operator");
        return operator === "In"
            ? list(expression, "values").includes(value)
            : operator === "Exists" && value !== undefined;
    });
    const conditions = [...equal, ...expressions];
    return (
        object.metadata.namespace === workload.object.metadata.namespace &&
        conditions.length > 0 &&
        conditions.every((holds) => holds)
    );
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
