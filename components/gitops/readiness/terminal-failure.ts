import { decryptionMayPass } from "./decryption-cause";
import { conditionOf, type FluxObject } from "./flux-object";
import { attemptedSince } from "./reconcile-request";

/** What Helm says when the chart's schema refuses the values, or a template fails on them. */
const refusedByChart = /values don't meet the specifications|execution error at \(|YAML parse error on/;

/**
 * Whether the failure would repeat with the same revision: kustomize cannot build or decrypt it, Helm has given up, or
 * the chart refuses its values, which Helm retries forever. A failure to apply is not terminal, since another layer may
 * still bring what is missing. Neither is a failed login to Azure, which spreads new credentials and roles slowly, nor
 * a build that failed before `asked` (the time of a request to reconcile), since keys and variables change without a
 * new revision.
 */
export function isTerminal(object: FluxObject, all: readonly FluxObject[], commit: string, asked?: string): boolean {
    const layer = layerOf(object, all);
    if (layer && !attempted(layer, commit)) {
        return false;
    }
    const ready = conditionOf(object, "Ready");
    if (conditionOf(object, "Stalled")?.status === "True") {
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

/** The Kustomization that applies the object. Until it has seen a commit, that commit may still fix the object. */
function layerOf({ metadata }: FluxObject, all: readonly FluxObject[]): FluxObject | undefined {
    const label = (name: string) => metadata.labels?.[`kustomize.toolkit.fluxcd.io/${name}`];
    return all.find(
        (other) =>
            other.kind === "Kustomization" &&
            other.metadata.name === label("name") &&
            other.metadata.namespace === label("namespace"),
    );
}

/** Whether the failure is about the release's present spec and the present version of its chart. */
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
