import { decryptionMayPass } from "./decryption-cause";
import type { FluxObject } from "./flux-status";
import { attemptedSince } from "./reconcile-request";

/** What Helm says of values that the chart's schema refuses, and of templates that fail on them. */
const refusedByChart = /values don't meet the specifications|execution error at \(|YAML parse error on/;

/**
 * A failure that repeats with the same revision: kustomize cannot build or decrypt it, Helm has given up, or the chart
 * refuses its values, which Helm tries over and over. Failures to apply heal by themselves when another layer brings what
 * is missing, and those to log in to Azure when it has spread a new credential or role, so they are not. Nor is a build that
 * failed before `asked`, the time of a request to reconcile: keys and variables change without a new revision.
 */
export function isTerminal(object: FluxObject, all: readonly FluxObject[], commit: string, asked?: string): boolean {
    const layer = layerOf(object, all);
    if (layer && !attempted(layer, commit)) {
        return false;
    }
    const condition = (type: string) => object.status?.conditions?.find((one) => one.type === type);
    const ready = condition("Ready");
    if (condition("Stalled")?.status === "True") {
        return true;
    }
    if (ready?.status !== "False") {
        return false;
    }
    if (object.kind === "HelmRelease") {
        return refusedByChart.test(ready.message) && triesPresentState(object, all);
    }
    const present = attempted(object, commit) && (asked === undefined || attemptedSince(object, asked));
    return ready.reason === "BuildFailed" && present && !decryptionMayPass(ready.message);
}

function attempted({ status }: FluxObject, commit: string): boolean {
    return status?.lastAttemptedRevision?.endsWith(`:${commit}`) === true;
}

/** The Kustomization that applies the object: until it has seen a commit, the object's failure may be mended by it. */
function layerOf({ metadata }: FluxObject, all: readonly FluxObject[]): FluxObject | undefined {
    const label = (name: string) => metadata.labels?.[`kustomize.toolkit.fluxcd.io/${name}`];
    return all.find(
        (other) =>
            other.kind === "Kustomization" &&
            other.metadata.name === label("name") &&
            other.metadata.namespace === label("namespace"),
    );
}

/** Whether the failure is that of the release's present spec with the present version of its chart. */
function triesPresentState({ metadata, spec, status }: FluxObject, all: readonly FluxObject[]): boolean {
    const chart = all.find(
        ({ kind, metadata: { name } }) => kind === spec?.chartRef?.kind && name === spec.chartRef.name,
    );
    const digest = status?.lastAttemptedRevisionDigest;
    const isPresentChart =
        chart === undefined ||
        digest === undefined ||
        (chart.status?.observedGeneration === chart.metadata.generation &&
            chart.status.artifact?.revision.endsWith(digest) === true);
    return status?.lastAttemptedGeneration === metadata.generation && isPresentChart;
}
