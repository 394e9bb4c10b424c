import type { TreeObservation } from "../read/observation";
import { isKnown, type Layer, type Part } from "../status";
import type { FluxView, Viewed } from "./flux-view";
import { oneLine } from "./section";

/**
 * The layers in the order in which they start. Those that are in the files of the environment but not in the cluster
 * are planned: until Flux has its first commit, all of them.
 */
export function layers(view: Part<FluxView>, tree: Part<TreeObservation>): Part<readonly Layer[]> {
    const planned = isKnown(tree) ? tree.layers : [];
    if (!isKnown(view) && planned.length === 0) {
        return view;
    }
    const present = isKnown(view) ? view.layers : [];
    const ready = new Set(present.filter(({ state }) => state === "ready").map(({ object }) => object.metadata.name));
    const found = present.map((viewed) => layerOf(viewed, ready));
    const missing = planned
        .filter(({ name }) => !found.some((layer) => layer.name === name))
        .map(({ name, after }): Layer => ({
            ...{ name, state: "planned", after, waitsFor: after.filter((other) => !ready.has(other)) },
            ...{ revision: "", message: "not in the cluster yet", since: "" },
        }));
    return inOrder([...found, ...missing]);
}

function layerOf({ object, state, status }: Viewed, ready: ReadonlySet<string>): Layer {
    const after = (object.spec?.dependsOn ?? []).map(({ name }) => name);
    const condition = object.status?.conditions?.find(({ type }) => type === "Ready");
    return {
        name: object.metadata.name,
        state,
        after,
        waitsFor: state === "ready" ? [] : after.filter((name) => !ready.has(name)),
        revision: object.status?.lastAppliedRevision ?? "",
        message: oneLine(status?.message ?? condition?.message ?? ""),
        since: condition?.lastTransitionTime ?? "",
    };
}

/** Layers that are not ready because this one is not: itself, and what starts after it. */
export function heldBy(name: string, all: readonly Layer[]): string[] {
    const held = new Set([name]);
    // The order in which they start: a layer comes after all that it waits for.
    for (const layer of all) {
        if (layer.after.some((other) => held.has(other))) {
            held.add(layer.name);
        }
    }
    return all.filter((layer) => held.has(layer.name) && layer.state !== "ready").map((layer) => layer.name);
}

function inOrder(all: readonly Layer[], done: readonly Layer[] = []): Layer[] {
    const names = new Set(all.map(({ name }) => name));
    // One that waits for a layer which is nowhere is not held up by another one of this list.
    const next = all.filter(({ after }) => !after.some((name) => names.has(name)));
    const rest = all.filter((layer) => !next.includes(layer));
    const sorted = [...next].sort((a, b) => a.name.localeCompare(b.name));
    return next.length === 0 ? [...done, ...rest] : inOrder(rest, [...done, ...sorted]);
}
