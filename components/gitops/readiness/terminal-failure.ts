import { decryptionMayPass } from "./decryption-cause";
import { conditionOf, type FluxObject, keyOf, originRevision } from "./flux-object";
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
    if (layer && !attempted(layer, all, commit)) {
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
    const present = attempted(object, all, commit) && (asked === undefined || attemptedSince(object, asked));
    return ready.reason === "BuildFailed" && present && !decryptionMayPass(ready.message);
}

/** Whether the newest attempt of a Kustomization was with the commit, or with the artifact that is made of it. */
function attempted({ metadata, spec, status }: FluxObject, all: readonly FluxObject[], commit: string): boolean {
    const revision = status?.lastAttemptedRevision;
    if (spec?.sourceRef?.kind !== "ExternalArtifact") {
        return revision?.endsWith(`:${commit}`) === true;
    }
    const { name, namespace = metadata.namespace } = spec.sourceRef;
    const artifact = all.find((other) => other.kind === "ExternalArtifact" && keyOf(other) === `${namespace}/${name}`);
    return (
        artifact !== undefined &&
        originRevision(artifact)?.endsWith(`:${commit}`) === true &&
        artifact.status?.artifact?.revision === revision
    );
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
