import type { ResourceObject } from "./object";
import { parseWaitFor, type Wait, waitForCondition } from "./wait-for";

/** Kinds that the real provider waits for without being asked, by `apiVersion/kind`. */
const waits: Readonly<Record<string, Wait>> = {
    "apps/v1/Deployment": (object) => rollout(object, numberAt(object.spec, "replicas") ?? 1, "availableReplicas"),
    "apps/v1/StatefulSet": (object) => rollout(object, numberAt(object.spec, "replicas") ?? 1, "readyReplicas"),
    "apps/v1/DaemonSet": daemonSet,
    "batch/v1/Job": waitForCondition("Complete", "True"),
    "v1/Namespace": ({ status }) => (status?.phase === "Active" ? undefined : "its phase is not Active"),
    "v1/Service": service,
    "apiextensions.k8s.io/v1/CustomResourceDefinition": waitForCondition("Established", "True"),
};

/**
 * What to wait for after `object` was applied: its annotation `pulumi.com/waitFor`, or what its kind asks for; nothing
 * with `pulumi.com/skipAwait`, and nothing for a custom resource without an annotation.
 */
export function waitsFor({ apiVersion, kind, metadata }: ResourceObject): Wait[] {
    const { annotations } = metadata;
    if (annotations?.["pulumi.com/skipAwait"] === "true") {
        return [];
    }
    const asked = annotations?.["pulumi.com/waitFor"];
    if (asked !== undefined) {
        return parseWaitFor(asked);
    }
    const ofKind = waits[`${apiVersion}/${kind}`];
    return ofKind ? [ofKind] : [];
}

function rollout(object: ResourceObject, wanted: number, ready: string): string | undefined {
    if ((object.status?.observedGeneration ?? 0) < (object.metadata.generation ?? 0)) {
        return "its controller has not seen it yet";
    }
    const updated = numberAt(object.status, "updatedReplicas") ?? 0;
    const available = numberAt(object.status, ready) ?? 0;
    const all = numberAt(object.status, "replicas") ?? 0;
    if (updated < wanted || available < wanted) {
        return `${updated} of ${wanted} replicas are updated and ${available} ${ready === "readyReplicas" ? "ready" : "available"}`;
    }
    return all > updated ? `${all - updated} old replicas are still there` : undefined;
}

function daemonSet(object: ResourceObject): string | undefined {
    if ((object.status?.observedGeneration ?? 0) < (object.metadata.generation ?? 0)) {
        return "its controller has not seen it yet";
    }
    const wanted = numberAt(object.status, "desiredNumberScheduled") ?? 0;
    const updated = numberAt(object.status, "updatedNumberScheduled") ?? 0;
    const ready = numberAt(object.status, "numberReady") ?? 0;
    return updated < wanted || ready < wanted
        ? `${updated} of ${wanted} pods are updated and ${ready} ready`
        : undefined;
}

function service({ spec, status }: ResourceObject): string | undefined {
    const balancer = status?.loadBalancer as { ingress?: unknown[] } | undefined;
    const isWaiting = spec?.type === "LoadBalancer" && (balancer?.ingress?.length ?? 0) === 0;
    return isWaiting ? "its load balancer has no address" : undefined;
}

function numberAt(properties: Readonly<Record<string, unknown>> | undefined, name: string): number | undefined {
    const value = properties?.[name];
    return typeof value === "number" ? value : undefined;
}
