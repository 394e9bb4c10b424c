import { isMap, list, textAt } from "./object";
import { type Cluster, type Manifest, manifestsOf, ofKind } from "./tree";

/** An alert or a recording rule of a PrometheusRule. */
export interface AlertRule {
    readonly manifest: Manifest;
    /** The way to it in the object. */
    readonly path: readonly (string | number)[];
    readonly rule: Readonly<Record<string, unknown>>;
    /** Name of the alert; undefined for a recording rule. */
    readonly alert: string | undefined;
    readonly expr: string;
}

/** Every rule that Flux applies in a cluster. Those that charts make are not among them. */
export function alertRulesOf(cluster: Cluster): readonly AlertRule[] {
    return ofKind(manifestsOf(cluster), "PrometheusRule").flatMap((manifest) =>
        list(manifest.object, "spec.groups").flatMap((group, groupIndex) =>
            list(group, "rules").flatMap((rule, index) => {
                const path = ["spec", "groups", groupIndex, "rules", index];
                const expr = textAt(rule, "expr") ?? "";
                return isMap(rule) ? [{ manifest, path, rule, alert: textAt(rule, "alert"), expr }] : [];
            }),
        ),
    );
}

/** The folder below `systems` that a file belongs to; undefined for a file of a team or an environment. */
export function systemOf(file: string): string | undefined {
    return /^systems\/([^/]+)\//.exec(file)?.[1];
}
