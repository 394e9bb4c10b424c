import { createHash } from "node:crypto";
import type { V1Deployment } from "@kubernetes/client-node";
import { applyChildren } from "../children";
import { defineKind, type Installed, type Kind } from "../operator";
import { type Condition, conditionsOf, now, setStatus } from "../status";
import { type Config, configChildren, trackedConfigs } from "./config-tracker";
import { autoscaler, primary, route, services } from "./primary";
import { canaries, type Canary } from "./types";

/**
 * Flagger's Canary of a Deployment: a copy of it named `<name>-primary` with copies of the Secrets and ConfigMaps that
 * it reads and of its autoscaler, the three Services, the HTTPRoute of the provider `gatewayapi`, and the Deployment
 * itself scaled to zero. A change of the pod template or of what it reads is promoted.
 *
 * Left out: the analysis. No canary pod runs, no metric is asked for, no webhook called, no traffic shifted, and
 * nothing is ever rolled back. Routes of other providers, DaemonSets and `revertOnDeletion` too.
 *
 * Follows pkg/canary and pkg/router of fluxcd/flagger.
 */
export const canaryKind: Kind = defineKind<Canary>({
    ...canaries,
    async reconcile(canary, installed) {
        const { api } = installed;
        const target = await targetOf(canary, installed);
        const configs = await trackedConfigs(api, target);
        const applied = digest(target.spec?.template);
        const tracked = Object.fromEntries(configs.map((config) => [config.name, digest(config.data)]));
        const { phase = "", lastAppliedSpec, trackedConfigs: before = {} } = canary.status ?? {};
        const isInitialized = phase !== "" && phase !== "Initializing";
        const isChanged = lastAppliedSpec !== applied || digest(before) !== digest(tracked);
        if (!isInitialized || isChanged) {
            await applyPrimary(canary, installed, target, configs);
            if (!(await isAvailable(canary, installed))) {
                await setStatus(api, canaries, canary, isInitialized ? {} : initializing(canary));
                return 500;
            }
            await scaleToZero(canary, installed, target);
            await report(canary, installed, isInitialized ? "Succeeded" : "Initialized", { applied, tracked });
        }
        return 5000;
    },
});

async function targetOf({ spec, metadata }: Canary, { api }: Installed): Promise<V1Deployment> {
    const { kind, name } = spec.targetRef;
    const path = `/apis/apps/v1/namespaces/${metadata.namespace}/deployments/${name}`;
    const target = kind === "Deployment" ? await api.find<V1Deployment>(path) : undefined;
    if (!target) {
        throw new Error(`${kind.toLowerCase()} ${name}.${metadata.namespace} get query error: not found`);
    }
    return target;
}

async function applyPrimary(
    canary: Canary,
    { api }: Installed,
    target: V1Deployment,
    configs: readonly Config[],
): Promise<void> {
    await applyChildren(api, canary, ...configChildren(configs));
    await applyChildren(api, canary, ...services(canary, target), primary(target, configs));
    const { autoscalerRef, provider, service } = canary.spec;
    if (autoscalerRef) {
        const path = `/apis/autoscaling/v2/namespaces/${canary.metadata.namespace}/horizontalpodautoscalers`;
        await applyChildren(api, canary, autoscaler(target, await api.get(`${path}/${autoscalerRef.name}`)));
    }
    if (provider?.startsWith("gatewayapi:") && service.gatewayRefs) {
        await applyChildren(api, canary, route(canary));
    }
}

async function isAvailable(canary: Canary, { api }: Installed): Promise<boolean> {
    const { namespace } = canary.metadata;
    const path = `/apis/apps/v1/namespaces/${namespace}/deployments/${canary.spec.targetRef.name}-primary`;
    const { metadata, spec, status } = await api.get<V1Deployment>(path);
    const isCurrent = status?.observedGeneration === metadata?.generation;
    return isCurrent && (status?.updatedReplicas ?? 0) > 0 && status?.availableReplicas === spec?.replicas;
}

async function scaleToZero({ metadata }: Canary, { api }: Installed, target: V1Deployment): Promise<void> {
    if (target.spec?.replicas !== 0) {
        const path = `/apis/apps/v1/namespaces/${metadata.namespace}/deployments/${target.metadata?.name}`;
        await api.merge(path, { spec: { replicas: 0 } });
    }
}

function initializing(canary: Canary): Record<string, unknown> {
    return {
        phase: "Initializing",
        conditions: promoted(canary, "Unknown", "Initializing", "New Deployment detected."),
    };
}

function promoted(canary: Canary, status: Condition["status"], reason: string, message: string): Condition[] {
    return conditionsOf(canary, { type: "Promoted", status, reason, message });
}

async function report(
    canary: Canary,
    { api }: Installed,
    phase: "Initialized" | "Succeeded",
    { applied, tracked }: { applied: string; tracked: Record<string, string> },
): Promise<void> {
    const message =
        phase === "Initialized"
            ? "Deployment initialization completed."
            : "Canary analysis completed successfully, promotion finished.";
    await setStatus(api, canaries, canary, {
        ...{ phase, lastAppliedSpec: applied, canaryWeight: 0, failedChecks: 0, iterations: 0 },
        ...(phase === "Succeeded" && { lastPromotedSpec: applied }),
        // Merged into what is there, so that what is read no more has to be taken out.
        trackedConfigs: {
            ...Object.fromEntries(Object.keys(canary.status?.trackedConfigs ?? {}).map((name) => [name, null])),
            ...tracked,
        },
        lastTransitionTime: now(),
        conditions: promoted(canary, "True", phase, message),
    });
}

function digest(value: unknown): string {
    return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 16);
}
