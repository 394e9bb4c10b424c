import { fluxNamespace, rootName } from "../../../components/gitops/flux-names";
import { probableCause } from "../../../components/gitops/readiness/probable-cause";
import type { KubernetesEvent } from "../read/objects";
import type { Layer, Problem } from "../status";
import { timeOf } from "./events";
import { layerOf, nameOf } from "./flux-state";
import type { FluxView, Viewed } from "./flux-view";
import { heldBy } from "./layers";
import { type Commands, oneLine } from "./section";

/**
 * What of the platform Flux cannot reconcile: what fails by itself, and not what fails because of it. A release fails
 * for its chart's sake, a layer for the sake of what it applies.
 */
export function failures(
    view: FluxView,
    layers: readonly Layer[],
    events: readonly KubernetesEvent[],
    commands: Commands,
): Problem[] {
    const failed = view.all.filter(
        ({ object, state }) => object.metadata.namespace === fluxNamespace && state === "failed",
    );
    const own = failed.filter((one) => !failed.some((other) => other !== one && isReasonOf(other, one)));
    // As the wait of an update orders them: first what depends on nothing else that is not ready.
    const order = view.status.blockers.map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`);
    const place = ({ object }: Viewed) => order.indexOf(nameOf(object));
    const problems = [...own]
        .sort((a, b) => place(a) - place(b))
        .map((viewed) => problemOf(viewed, layers, events, commands));
    return [...problems, ...missing(view, layers, commands)];
}

function isReasonOf({ object: reason }: Viewed, { object }: Viewed): boolean {
    const { chartRef, sourceRef } = object.spec ?? {};
    const isSource = [chartRef, sourceRef].some(
        (ref) => ref?.kind === reason.kind && ref.name === reason.metadata.name,
    );
    // The root does not wait for what it applies.
    const isPart = layerOf(reason) === object.metadata.name && object.metadata.name !== rootName;
    return isSource || (object.kind === "Kustomization" && isPart);
}

function problemOf(
    { object, status }: Viewed,
    layers: readonly Layer[],
    events: readonly KubernetesEvent[],
    { kubectl }: Commands,
): Problem {
    const { kind, metadata } = object;
    const condition = object.status?.conditions?.find(({ type }) => type === "Ready");
    const message = status?.message ?? condition?.message ?? "";
    const cause = probableCause(message) ?? probableCause(lastWarning(object, events));
    const layer = kind === "Kustomization" ? metadata.name : layerOf(object);
    const holds =
        layer === "" || layer === rootName
            ? layers.filter(({ state }) => state !== "ready").map(({ name }) => name)
            : heldBy(layer, layers);
    return {
        severity: "error",
        part: kind === "Kustomization" ? "layers" : kind === "HelmRelease" ? "releases" : "flux",
        object: nameOf(object),
        message: oneLine(message),
        ...(cause === undefined ? {} : { cause }),
        ...(holds.length === 0 ? {} : { holds }),
        command: `${kubectl} describe ${kind.toLowerCase()} -n ${metadata.namespace} ${metadata.name}`,
    };
}

function lastWarning({ kind, metadata }: Viewed["object"], events: readonly KubernetesEvent[]): string {
    const own = events.filter(
        ({ type, involvedObject }) =>
            type === "Warning" && involvedObject.kind === kind && involvedObject.name === metadata.name,
    );
    return own.sort((a, b) => timeOf(b).localeCompare(timeOf(a)))[0]?.message ?? "";
}

/** What the root has applied and somebody has deleted; one that is suspended is there. */
function missing(view: FluxView, layers: readonly Layer[], { kubectl }: Commands): Problem[] {
    return view.status.blockers
        .filter(({ kind, reason }) => kind === "Kustomization" && reason === "NotFound")
        .filter(({ name }) => !view.layers.some(({ object }) => object.metadata.name === name))
        .map(({ name }) => ({
            severity: "error",
            part: "layers",
            object: `Kustomization ${fluxNamespace}/${name}`,
            message: "was applied by the root Kustomization, and is not in the cluster any more",
            holds: heldBy(name, layers),
            command: `${kubectl} annotate --overwrite kustomization -n ${fluxNamespace} flux-system reconcile.fluxcd.io/requestedAt="$(date +%s)"`,
        }));
}
