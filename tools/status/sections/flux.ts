import { fluxNamespace, rootName } from "../../../components/gitops/flux-names";
import { sourceCommit } from "../../../components/gitops/readiness/flux-status";
import type { Deployment, ReadFluxObject } from "../read/objects";
import type { ClusterObservation } from "../read/observation";
import { type Flux, isKnown, type Problem } from "../status";
import { type Commands, oneLine, section, type Section } from "./section";

/** Flux itself: its release, its controllers and the commit that it has fetched. */
export function flux({ instances, deployments, flux: objects }: ClusterObservation, commands: Commands): Section<Flux> {
    return section(instances, ([instance]) => {
        const ready = instance?.status?.conditions?.find(({ type }) => type === "Ready");
        const part: Flux = {
            version: instance?.status?.lastAppliedRevision?.split("@")[0] ?? "",
            ready: ready?.status === "True",
            message: oneLine(ready?.message ?? "not installed yet"),
            controllers: isKnown(deployments) ? deployments.filter(isFlux).map(controllerOf) : [],
            source: sourceOf(isKnown(objects) ? objects : []),
        };
        return { part, problems: [...failed(part, ready?.status, commands), ...stopped(part, commands)] };
    });
}

function sourceOf(objects: readonly ReadFluxObject[]): Flux["source"] {
    const root = objects.find(
        ({ kind, metadata }) =>
            kind === "GitRepository" && metadata.namespace === fluxNamespace && metadata.name === rootName,
    );
    const { artifact } = root?.status ?? {};
    return {
        url: root?.spec?.url ?? "",
        branch: root?.spec?.ref?.branch ?? "",
        commit: sourceCommit(objects) ?? "",
        fetched: artifact?.lastUpdateTime ?? "",
    };
}

function isFlux({ metadata }: Deployment): boolean {
    const { "app.kubernetes.io/part-of": partOf, "app.kubernetes.io/name": name } = metadata.labels ?? {};
    return partOf === "flux" || name === "flux-operator";
}

function controllerOf({ metadata, spec, status }: Deployment): Flux["controllers"][number] {
    const image = spec?.template?.spec?.containers?.[0]?.image ?? "";
    return {
        name: metadata.name,
        ready: status?.readyReplicas ?? 0,
        replicas: spec?.replicas ?? 1,
        // A digest follows the tag.
        version: /:([^:@/]+)(@.*)?$/.exec(image)?.[1] ?? "",
    };
}

function failed({ message }: Flux, ready: string | undefined, { kubectl }: Commands): Problem[] {
    const object = `FluxInstance ${fluxNamespace}/flux`;
    const command = `${kubectl} describe fluxinstance -n ${fluxNamespace} flux`;
    return ready === "False" ? [{ severity: "error", part: "flux", object, message, command }] : [];
}

function stopped({ ready, controllers }: Flux, { kubectl }: Commands): Problem[] {
    return controllers
        .filter((controller) => ready && controller.ready < controller.replicas)
        .map(({ name, ready: running, replicas }) => ({
            severity: "error",
            part: "flux",
            object: `Deployment ${fluxNamespace}/${name}`,
            message: `${running} of ${replicas} pods are ready`,
            command: `${kubectl} describe pods -n ${fluxNamespace} -l app=${name}`,
        }));
}
