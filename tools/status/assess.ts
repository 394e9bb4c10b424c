import { fluxNamespace } from "../../components/gitops/flux-names";
import type { Observation } from "./read/observation";
import { backups } from "./sections/backups";
import { certificates } from "./sections/certificates";
import { cloud } from "./sections/cloud";
import { cluster } from "./sections/cluster";
import { drift } from "./sections/drift";
import { events } from "./sections/events";
import { failures } from "./sections/failures";
import { flux } from "./sections/flux";
import { type FluxView, fluxView } from "./sections/flux-view";
import { keys } from "./sections/keys";
import { layers as layersOf } from "./sections/layers";
import { releases } from "./sections/releases";
import { type Commands, section } from "./sections/section";
import { teams } from "./sections/teams";
import { isKnown, type Part, type Problem, type Status } from "./status";

/** What an observation means: each part, what is wrong with it, and what to type. */
export function assess(stack: string, seen: Observation, commands: Commands): Status {
    const { cluster: read, azure, tree, at } = seen;
    const view: Part<FluxView> = isKnown(read.flux) ? fluxView(read.flux) : read.flux;
    const layers = layersOf(view, tree);
    const shownLayers = isKnown(layers) ? layers : [];
    const eventList = isKnown(read.events) ? read.events : [];
    const isThere = !isKnown(azure) || !isKnown(azure.cluster) || azure.cluster !== null;
    const sections = {
        cloud: cloud(seen, commands),
        cluster: cluster(read, isThere, commands),
        flux: flux(read, commands),
        backups: backups(seen, commands),
        certificates: certificates(seen, commands),
        keys: keys(seen, layers, commands),
        drift: isKnown(view) ? drift(view, eventList, commands) : { part: view, problems: [] },
        teams: teams(read, view, commands),
    };
    const failed = isKnown(view) ? failures(view, shownLayers, eventList, commands) : [];
    const { cloud: azurePart, cluster: nodes, flux: controllers, ...others } = sections;
    // From the ground up: what is wrong below explains what is wrong above.
    const problems: readonly Problem[] = [
        ...[azurePart, nodes, controllers].flatMap((one) => one.problems),
        ...failed,
        ...Object.values(others).flatMap((one) => one.problems),
    ];
    const sorted = [
        ...problems.filter(({ severity }) => severity === "error"),
        ...problems.filter(({ severity }) => severity === "warning"),
    ];
    return {
        format: 1,
        stack,
        at,
        healthy: isHealthy(view) && !sorted.some(({ severity }) => severity === "error"),
        problems: sorted,
        cloud: azurePart.part,
        cluster: nodes.part,
        flux: controllers.part,
        layers,
        releases: section(view, (all) => ({ part: releases(all) })).part,
        certificates: sections.certificates.part,
        backups: sections.backups.part,
        keys: sections.keys.part,
        drift: sections.drift.part,
        teams: sections.teams.part,
        events: events(read.events),
    };
}

/** Whether everything of the platform is Ready that nobody suspended; while it comes up, it is not. */
function isHealthy(view: Part<FluxView>): boolean {
    return (
        isKnown(view) &&
        view.layers.length > 0 &&
        view.all
            .filter(({ object }) => object.metadata.namespace === fluxNamespace)
            .every(({ state }) => state === "ready" || state === "suspended")
    );
}
