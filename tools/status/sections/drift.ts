import type { KubernetesEvent } from "../read/objects";
import type { Drift, Problem } from "../status";
import { timeOf } from "./events";
import { nameOf } from "./flux-state";
import type { FluxView } from "./flux-view";
import { type Commands, oneLine, type Section } from "./section";

/** How the cluster differs from the commit that Flux has fetched, and what Flux was told to leave alone. */
export function drift(view: FluxView, events: readonly KubernetesEvent[], commands: Commands): Section<Drift> {
    const suspended = view.all.filter(({ state }) => state === "suspended").map(({ object }) => object);
    const part: Drift = {
        commit: view.commit,
        behind: view.layers
            .map(({ object }) => ({
                layer: object.metadata.name,
                revision: object.status?.lastAppliedRevision ?? "",
            }))
            .filter(({ revision }) => view.commit !== "" && !revision.endsWith(`:${view.commit}`)),
        suspended: suspended.map(nameOf),
        changed: events
            .filter(({ reason, involvedObject }) => reason === "DriftDetected" && involvedObject.kind === "HelmRelease")
            .map((event) => ({
                release: `${event.involvedObject.namespace ?? ""}/${event.involvedObject.name}`,
                at: timeOf(event),
                message: oneLine(event.message ?? ""),
            })),
    };
    const left = suspended.map(({ kind, metadata: { namespace, name } }): Problem => ({
        severity: "warning",
        part: "drift",
        object: `${kind} ${namespace}/${name}`,
        message: "is suspended: Flux leaves it as it is, whatever is committed",
        command: `${commands.kubectl} patch ${kind.toLowerCase()} -n ${namespace} ${name} --type merge -p '{"spec":{"suspend":false}}'`,
    }));
    const changed = part.changed.map(({ release, message }): Problem => ({
        severity: "warning",
        part: "drift",
        object: `HelmRelease ${release}`,
        message,
        cause: "somebody, or another controller, changes what the release has installed",
        command: `${commands.kubectl} get events -n ${release.split("/")[0] ?? ""} --field-selector reason=DriftDetected`,
    }));
    return { part, problems: [...left, ...changed] };
}
