import * as authorization from "@pulumi/azure-native/authorization";
import { ArmClient, refusal } from "./arm-client";

/** What Azure shows of a cluster that is there: the properties that its inputs have, under the same names. */
export interface LiveCluster {
    readonly kubernetesVersion?: string;
    readonly currentKubernetesVersion?: string;
    /** Every pool of the cluster, whoever made it, in Azure's order. */
    readonly agentPoolProfiles?: readonly LivePool[];
}

/** What Azure shows of a node pool. */
export interface LivePool {
    readonly name: string;
    readonly count?: number;
    /** The full version that its nodes run, with the patch. */
    readonly currentOrchestratorVersion?: string;
}

export interface LiveClusterArgs {
    readonly subscriptionId: string;
    readonly resourceGroupName: string;
    readonly clusterName: string;
}

const apiVersion = "2025-09-01";

/**
 * The cluster as it is before an update; undefined if there is none. AKS itself changes clusters, and only what is
 * there tells its changes from the program's.
 *
 * @throws UserError if Azure cannot be asked, with what it said.
 */
export async function readCluster(arm: ArmClient, args: LiveClusterArgs): Promise<LiveCluster | undefined> {
    const group = `/subscriptions/${args.subscriptionId}/resourceGroups/${args.resourceGroupName}`;
    const path = `${group}/providers/Microsoft.ContainerService/managedClusters/${args.clusterName}`;
    const answer = await arm.ask(`${path}?api-version=${apiVersion}`);
    if (answer.status === 404) {
        return undefined;
    }
    if (answer.status !== 200) {
        throw refusal(`how cluster ${args.clusterName} is`, answer);
    }
    return { ...answer.body, ...(answer.body.properties as LiveCluster | undefined) };
}

/** The same, as the Azure provider is logged in. */
export async function currentCluster(args: LiveClusterArgs): Promise<LiveCluster | undefined> {
    return readCluster(new ArmClient((await authorization.getClientToken()).token), args);
}

/** The pool of a name. */
export function livePool(cluster: LiveCluster | undefined, name: string): LivePool | undefined {
    return cluster?.agentPoolProfiles?.find((pool) => pool.name === name);
}

/** Whether a full version is one of a minor. */
export function isOfMinor(version: string | undefined, minor: string): boolean {
    return version === minor || version?.startsWith(`${minor}.`) === true;
}
