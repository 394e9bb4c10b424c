import { fluxNamespace } from "../../../components/gitops/flux-names";
import type { Release } from "../status";
import { layerOf } from "./flux-state";
import type { FluxView } from "./flux-view";
import { oneLine } from "./section";

/** The platform's releases by name. Those of a team are in its own line. */
export function releases({ all }: FluxView): readonly Release[] {
    return all
        .filter(({ object: { kind, metadata } }) => kind === "HelmRelease" && metadata.namespace === fluxNamespace)
        .map(({ object, state, status }) => ({
            namespace: object.metadata.namespace,
            name: object.metadata.name,
            state,
            layer: layerOf(object),
            version: object.status?.history?.[0]?.chartVersion ?? "",
            message: oneLine(status?.message ?? ""),
        }))
        .sort((a, b) => a.name.localeCompare(b.name));
}
