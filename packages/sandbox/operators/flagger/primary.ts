import type { V1Deployment, V2HorizontalPodAutoscaler } from "@kubernetes/client-node";
import type { Child } from "../children";
import { type Config, withPrimaryConfigs } from "./config-tracker";
import type { Canary } from "./types";

/** Labels that Flagger looks for in a selector, in this order: its flag -selector-labels. */
const selectorLabels = ["app", "name", "app.kubernetes.io/name"];

/**
 * The label that the pods are selected by.
 *
 * @throws Error if the selector has none that Flagger knows.
 */
function selectorOf(target: V1Deployment): { label: string; value: string } {
    const labels = target.spec?.selector.matchLabels ?? {};
    const label = selectorLabels.find((each) => labels[each] !== undefined);
    if (label === undefined) {
        const { name, namespace } = target.metadata ?? {};
        const known = selectorLabels.join(" ");
        throw new Error(`deployment ${name}.${namespace} spec.selector.matchLabels must contain one of [${known}]`);
    }
    return { label, value: labels[label]! };
}

/** The copy of a Deployment that gets the traffic. */
export function primary(target: V1Deployment, configs: readonly Config[]): Child {
    const { label, value } = selectorOf(target);
    const own = { [label]: `${value}-primary` };
    const { template, strategy, minReadySeconds, progressDeadlineSeconds, revisionHistoryLimit } = target.spec!;
    return {
        ...{ apiVersion: "apps/v1", kind: "Deployment" },
        metadata: { name: `${target.metadata!.name}-primary`, labels: own },
        spec: {
            ...{ strategy, minReadySeconds, progressDeadlineSeconds, revisionHistoryLimit },
            selector: { matchLabels: own },
            template: {
                metadata: {
                    labels: { ...template.metadata?.labels, ...own },
                    annotations: template.metadata?.annotations,
                },
                spec: withPrimaryConfigs(template.spec!, configs),
            },
        },
    };
}

/** The autoscaler's copy, for the primary. */
export function autoscaler(target: V1Deployment, { metadata, spec }: V2HorizontalPodAutoscaler): Child {
    const scaleTargetRef = { ...spec!.scaleTargetRef, name: `${target.metadata!.name}-primary` };
    return {
        ...{ apiVersion: "autoscaling/v2", kind: "HorizontalPodAutoscaler" },
        metadata: { name: `${metadata!.name}-primary` },
        spec: { ...spec, scaleTargetRef },
    };
}

/** The Service that clients ask, which the primary's pods answer, one for those alone, and one for the canary's. */
export function services({ spec }: Canary, target: V1Deployment): Child[] {
    const { label, value } = selectorOf(target);
    const { port, portName = "http", targetPort = port, appProtocol } = spec.service;
    const name = spec.service.name ?? spec.targetRef.name;
    const service = (own: string, selected: string): Child => ({
        ...{ apiVersion: "v1", kind: "Service" },
        metadata: { name: own, labels: { [label]: own } },
        spec: {
            type: "ClusterIP",
            selector: { [label]: selected },
            ports: [{ name: portName, protocol: "TCP", port, targetPort, appProtocol }],
        },
    });
    return [
        service(`${name}-canary`, value),
        service(`${name}-primary`, `${value}-primary`),
        service(name, `${value}-primary`),
    ];
}

/** The route of Gateway API, with all traffic for the primary. */
export function route({ spec }: Canary): Child {
    const { port, hosts, gatewayRefs } = spec.service;
    const name = spec.service.name ?? spec.targetRef.name;
    const backend = (own: string, weight: number) => ({ group: "", kind: "Service", name: own, port, weight });
    return {
        ...{ apiVersion: "gateway.networking.k8s.io/v1", kind: "HTTPRoute" },
        metadata: { name },
        spec: {
            ...{ parentRefs: gatewayRefs, hostnames: hosts },
            rules: [
                {
                    matches: [{ path: { type: "PathPrefix", value: "/" } }],
                    backendRefs: [backend(`${name}-primary`, 100), backend(`${name}-canary`, 0)],
                },
            ],
        },
    };
}
