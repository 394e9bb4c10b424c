import { probableCause } from "../../../components/gitops/readiness/probable-cause";
import type { ResourceQuota } from "../read/objects";
import type { ClusterObservation } from "../read/observation";
import { isKnown, type Part, type Problem, type Team } from "../status";
import { nameOf } from "./flux-state";
import type { FluxView, Viewed } from "./flux-view";
import { quantity } from "./quantity";
import { type Commands, oneLine, section, type Section } from "./section";

/** A quota that is used this much refuses the next thing that the team makes. */
const fullShare = 0.9;

const shownLimits = 3;

/** The teams with what Flux reconciles of theirs. What fails there is the team's to put right, so it is a warning. */
export function teams(
    { teams: namespaces, quotas }: Pick<ClusterObservation, "teams" | "quotas">,
    view: Part<FluxView>,
    commands: Commands,
): Section<readonly Team[]> {
    return section(namespaces, (read) => {
        const all = isKnown(view) ? view.all : [];
        const own = read.map(({ metadata: { name } }) => ({
            name,
            objects: all.filter(
                ({ object: { kind, metadata } }) =>
                    metadata.namespace === name && (kind === "Kustomization" || kind === "HelmRelease"),
            ),
            quota: isKnown(quotas) ? usage(quotas.filter(({ metadata }) => metadata.namespace === name)) : [],
        }));
        const part = own.map(({ name, objects, quota }): Team => ({
            name,
            objects: objects.length,
            ready: objects.filter(({ state }) => state === "ready").length,
            failing: objects.filter(({ state }) => state === "failed").map(({ object }) => nameOf(object)),
            quota: quota.slice(0, shownLimits),
        }));
        const problems = own.flatMap(({ objects, name, quota }) => [
            ...objects.filter(({ state }) => state === "failed").map((viewed) => failing(viewed, commands)),
            ...quota.filter(({ share }) => share >= fullShare).map((limit) => nearlyFull(name, limit, commands)),
        ]);
        return { part, problems };
    });
}

function usage(quotas: readonly ResourceQuota[]): Team["quota"] {
    return quotas
        .flatMap(({ status }) =>
            Object.entries(status?.hard ?? {}).map(([resource, hard]) => {
                const used = status?.used?.[resource] ?? "0";
                return { resource, used, hard, share: quantity(used) / quantity(hard) };
            }),
        )
        .filter(({ share }) => Number.isFinite(share))
        .sort((a, b) => b.share - a.share);
}

function failing({ object, status }: Viewed, { kubectl }: Commands): Problem {
    const message = status?.message ?? "";
    const cause = probableCause(message);
    return {
        severity: "warning",
        part: "teams",
        object: nameOf(object),
        message: oneLine(message),
        ...(cause === undefined ? {} : { cause }),
        command: `${kubectl} describe ${object.kind.toLowerCase()} -n ${object.metadata.namespace} ${object.metadata.name}`,
    };
}

function nearlyFull(team: string, { resource, used, hard }: Team["quota"][number], { kubectl }: Commands): Problem {
    return {
        severity: "warning",
        part: "teams",
        object: `Namespace ${team}`,
        message: `uses ${used} of ${hard} ${resource}`,
        command: `${kubectl} describe resourcequota -n ${team}`,
    };
}
