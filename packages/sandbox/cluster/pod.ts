/** The parts of a pod that the node agent reads. */
import type { V1Container, V1ContainerStatus, V1PodCondition, V1PodSpec } from "@kubernetes/client-node";
import type { KubernetesObject } from "../kubernetes/object";
import { hostProgramOf } from "./host-programs";

export interface Pod extends KubernetesObject {
    readonly spec: V1PodSpec;
    readonly status?: {
        readonly phase?: string;
        readonly podIP?: string;
        readonly startTime?: string;
        readonly conditions?: readonly V1PodCondition[];
        readonly containerStatuses?: readonly V1ContainerStatus[];
    };
}

/** Path of the pod at the API server. */
export function podPath({ metadata }: Pod): string {
    return `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`;
}

/** Whether the pod's first container is a program that runs on the host. */
export function isHostPod(pod: Pod): boolean {
    return hostProgramOf(pod.spec.containers[0]?.image) !== undefined;
}

/** The container that runs; the program is one container, and others beside it are not started. */
export function mainContainer(pod: Pod): V1Container {
    return pod.spec.containers[0]!;
}
