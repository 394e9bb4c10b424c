import * as containerservice from "@pulumi/azure-native/containerservice";
import * as pulumi from "@pulumi/pulumi";
import { agentPoolName, systemPoolName } from "../settings/naming";
import type { Settings, UserPool } from "../settings/settings";

/** How many nodes an upgrade adds at a time, so that pods move before their node goes. */
const maxSurge = "33%";

const spotKey = "kubernetes.azure.com/scalesetpriority";

/**
 * The one pool that belongs to the cluster itself; AKS accepts no others inline later. It bears no taint: Flux has to
 * run before any other pool is there.
 */
export function systemPoolProfile(pool: Settings["systemPool"], nodeSubnetId: pulumi.Input<string>) {
    return {
        name: systemPoolName,
        mode: "System",
        ...commonProfile(pool, nodeSubnetId),
        availabilityZones: [...pool.zones],
        upgradeSettings: { maxSurge },
    };
}

export interface NodePoolsArgs {
    readonly resourceGroupName: pulumi.Input<string>;
    /** The cluster that the pools join. */
    readonly clusterName: pulumi.Input<string>;
    readonly nodeSubnetId: pulumi.Input<string>;
    readonly userPools: Readonly<Record<string, UserPool>>;
}

/**
 * The pools for workloads, one AKS pool in each zone of a setting's. They are made and changed one after the other: AKS
 * refuses a second write to a cluster while one is under way, and a change never takes two zones down at a time. The
 * autoscaler decides how many nodes a pool has.
 */
export class NodePools extends pulumi.ComponentResource {
    constructor(name: string, args: NodePoolsArgs, opts?: pulumi.ComponentResourceOptions) {
        super("landfall:azure:NodePools", name, {}, opts);
        const previous: pulumi.Resource[] = [];
        for (const [pool, settings] of Object.entries(args.userPools)) {
            for (const zone of settings.zones.length > 0 ? settings.zones : [undefined]) {
                const agentPool = new containerservice.AgentPool(
                    `${name}-${agentPoolName(pool, zone)}`,
                    {
                        resourceGroupName: args.resourceGroupName,
                        resourceName: args.clusterName,
                        agentPoolName: agentPoolName(pool, zone),
                        mode: "User",
                        ...commonProfile(settings, args.nodeSubnetId),
                        ...(zone ? { availabilityZones: [zone] } : {}),
                        ...(settings.spot ? spotProfile(settings) : regularProfile(settings)),
                    },
                    { parent: this, dependsOn: previous.slice(-1), ignoreChanges: ["count"] },
                );
                previous.push(agentPool);
            }
        }
        this.registerOutputs({});
    }
}

function commonProfile(
    pool: { readonly vmSize: string; readonly minCount: number; readonly maxCount: number },
    nodeSubnetId: pulumi.Input<string>,
) {
    return {
        type: "VirtualMachineScaleSets",
        vmSize: pool.vmSize,
        osType: "Linux",
        // Azure chooses the version that fits the Kubernetes minor; AzureLinux3 ends with 1.36.
        osSKU: "AzureLinux",
        osDiskType: "Managed",
        osDiskSizeGB: 128,
        vnetSubnetID: nodeSubnetId,
        maxPods: 110,
        // Azure asks for a count even where the autoscaler sets it.
        count: pool.minCount,
        enableAutoScaling: true,
        minCount: pool.minCount,
        maxCount: pool.maxCount,
    };
}

function regularProfile(pool: UserPool) {
    return {
        scaleSetPriority: "Regular",
        upgradeSettings: { maxSurge },
        nodeLabels: pool.labels,
        nodeTaints: pool.taints,
    };
}

// Azure puts this label and taint on spot nodes anyway; declared, they are no difference to the next up. Surge is not
// for spot.
function spotProfile(pool: UserPool) {
    return {
        scaleSetPriority: "Spot",
        scaleSetEvictionPolicy: "Delete",
        spotMaxPrice: -1,
        nodeLabels: { ...pool.labels, [spotKey]: "spot" },
        nodeTaints: [...pool.taints, `${spotKey}=spot:NoSchedule`],
    };
}
