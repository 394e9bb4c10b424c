import { fluxNamespace, rootName } from "../../../components/gitops/flux-names";
import {
    evaluate,
    type FluxStatus,
    type ObjectStatus,
    sourceCommit,
} from "../../../components/gitops/readiness/flux-status";
import type { ReadFluxObject } from "../read/objects";
import type { State } from "../status";
import { stateOf } from "./flux-state";

/** An object of Flux with what is to be said of it. */
export interface Viewed {
    readonly object: ReadFluxObject;
    readonly state: State;
    readonly status: ObjectStatus | undefined;
}

/** Everything that Flux reconciles, evaluated once for all sections. */
export interface FluxView {
    readonly all: readonly Viewed[];
    readonly layers: readonly Viewed[];
    /** As the wait of an update sees it. */
    readonly status: FluxStatus;
    readonly commit: string;
}

export function fluxView(objects: readonly ReadFluxObject[]): FluxView {
    const commit = sourceCommit(objects) ?? "";
    const status = evaluate(objects, commit);
    const all = objects.map((object): Viewed => {
        const { kind, metadata } = object;
        const found = status.objects.find(
            (other) => other.kind === kind && other.namespace === metadata.namespace && other.name === metadata.name,
        );
        return { object, state: stateOf(object, found), status: found };
    });
    const layers = all.filter(
        ({ object: { kind, metadata } }) =>
            kind === "Kustomization" && metadata.namespace === fluxNamespace && metadata.name !== rootName,
    );
    return { all, layers, status, commit };
}
