import type { Properties } from "../../plugins/provider";
import type { OperationPlan } from "../arm/operations";
import type { PutContext } from "../arm/resource-provider";
import { without } from "../arm/without";
import type { AzureState, Resource } from "../state";
import type { ClusterInputs } from "./cluster-inputs";

/** Recorded of an update that began 12 s after the creation's end, and of a deletion after an update. */
const preemptedSeconds = 60;

export const clusterDeleting: OperationPlan = { seconds: 250, state: "Deleting", follow: "both", preemptedSeconds };

/** How a write to a cluster runs: how long it takes depends on what it changes. */
export function clusterWriting(previous: Resource | undefined, inputs: ClusterInputs): OperationPlan {
    const statuses = ["InProgress", "ProvisioningNetworkResources", "ProvisioningControlPlane", "ReconcilingDNS"];
    if (!previous) {
        return { seconds: 257, state: "Creating", follow: "status", statuses: [...statuses, "CreatingAgentPool"] };
    }
    const asked = inputs.kubernetesVersion;
    return asked !== undefined && asked !== previous.inputs.kubernetesVersion
        ? { seconds: 867, state: "Upgrading", follow: "status", preemptedSeconds }
        : { seconds: 138, state: "Updating", follow: "status", statuses, preemptedSeconds };
}

/** A cluster that was just asked for has neither its kubelet's identity nor its address yet. */
export function withoutLateParts(shown: Properties, { previous }: PutContext): Properties {
    if (previous) {
        return shown;
    }
    const properties = shown.properties as Properties;
    const networkProfile = properties.networkProfile as { loadBalancerProfile?: Properties };
    const { loadBalancerProfile } = networkProfile;
    const early = loadBalancerProfile && {
        loadBalancerProfile: without(loadBalancerProfile, "effectiveOutboundIPs"),
    };
    return {
        ...shown,
        properties: { ...without(properties, "identityProfile"), networkProfile: { ...networkProfile, ...early } },
    };
}

/** A write to the cluster is one to its pools too. */
export function poolState(state: AzureState, clusterId: string, pool: Resource): unknown {
    const running = state.operations.runningAt(pool.address.id) ?? state.operations.runningAt(clusterId);
    return running?.plan.state ?? pool.properties.provisioningState;
}
