import * as containerservice from "@pulumi/azure-native/containerservice";
import * as pulumi from "@pulumi/pulumi";
import { agentPoolName, systemPoolName } from "../settings/naming";
import type { Settings, UserPool } from "../settings/settings";
import { isAsWanted } from "./as-wanted";
import { type LiveCluster, type LivePool, livePool } from "./live-cluster";

/** How many nodes an upgrade adds at a time, so that pods move before their node goes. */
const maxSurge = "33%";

const spotKey = "kubernetes.azure.com/scalesetpriority";

/**
 * The one pool that belongs to the cluster itself; AKS accepts no others inline later. It bears no taint: Flux has to
 * run before any other pool is there.
 */
export function systemPoolProfile(
    pool: Settings["systemPool"],
    nodeSubnetId: pulumi.Input<string>,
    live: LivePool | undefined,
) {
    return {
        name: systemPoolName,
        ...systemPoolSettings(pool),
        count: nodeCount(pool, live),
        vnetSubnetID: nodeSubnetId,
    };
}

/** Whether Azure shows the system pool as the settings have it, the number of its nodes apart. */
export function isPoolAsWanted(pool: Settings["systemPool"], live: LivePool | undefined): boolean {
    return live !== undefined && isAsWanted(systemPoolSettings(pool), live);
}

function systemPoolSettings(pool: Settings["systemPool"]) {
    return {
        mode: "System",
        ...commonProfile(pool),
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
    /** The cluster as it is before the update; undefined if there is none. */
    readonly live: LiveCluster | undefined;
}

/**
 * The pools for workloads, one AKS pool in each zone of a setting's. They are made and changed one after the other: AKS
 * refuses a second write to a cluster while one is under way, and a change never takes two zones down at a time. The
 * autoscaler decides how many nodes a pool has.
 */
export class NodePools extends pulumi.ComponentResource {
    /** Known once every pool is made or changed. */
    readonly made: pulumi.Output<unknown>;

    constructor(name: string, args: NodePoolsArgs, opts?: pulumi.ComponentResourceOptions) {
        super("landfall:azure:NodePools", name, {}, opts);
        const pools: containerservice.AgentPool[] = [];
        for (const [pool, settings] of Object.entries(args.userPools)) {
            for (const zone of settings.zones.length > 0 ? settings.zones : [undefined]) {
                const opts = { parent: this, dependsOn: pools.slice(-1) };
                pools.push(this.createPool(name, args, { name: agentPoolName(pool, zone), zone, settings }, opts));
            }
        }
        this.made = pulumi.all(pools.map(({ id }) => id));
        this.registerOutputs({});
    }

    private createPool(
        name: string,
        args: NodePoolsArgs,
        pool: { readonly name: string; readonly zone: string | undefined; readonly settings: UserPool },
        opts: pulumi.CustomResourceOptions,
    ): containerservice.AgentPool {
        const live = livePool(args.live, pool.name);
        const settings = {
            mode: "User",
            ...commonProfile(pool.settings),
            ...(pool.zone ? { availabilityZones: [pool.zone] } : {}),
            ...(pool.settings.spot ? spotProfile(pool.settings) : regularProfile(pool.settings)),
        };
        return new containerservice.AgentPool(
            `${name}-${pool.name}`,
            {
                resourceGroupName: args.resourceGroupName,
                resourceName: args.clusterName,
                agentPoolName: pool.name,
                ...settings,
                count: nodeCount(pool.settings, live),
                vnetSubnetID: args.nodeSubnetId,
            },
            {
                ...opts,
                // The autoscaler sets the one and upgrades the other; what the state says of them may be out of date
                // when the pool is written for another reason.
                ignoreChanges: live && isAsWanted(settings, live) ? ["count", "orchestratorVersion"] : [],
            },
        );
    }
}

/** The AKS pools that settings make, in their order. */
export function userPoolNames(userPools: Readonly<Record<string, UserPool>>): string[] {
    return Object.entries(userPools).flatMap(([pool, { zones }]) =>
        zones.length > 0 ? zones.map((zone) => agentPoolName(pool, zone)) : [agentPoolName(pool)],
    );
}

/**
 * How many nodes a pool is written with. Azure asks for a number even where the autoscaler sets it, refuses one outside
 * of the bounds, and may scale a pool to it.
 */
function nodeCount({ minCount, maxCount }: Pick<UserPool, "minCount" | "maxCount">, live: LivePool | undefined) {
    return Math.min(Math.max(live?.count ?? minCount, minCount), maxCount);
}

function commonProfile(pool: Pick<UserPool, "vmSize" | "minCount" | "maxCount">) {
    return {
        type: "VirtualMachineScaleSets",
        vmSize: pool.vmSize,
        osType: "Linux",
        // Azure chooses the version that fits the Kubernetes minor; AzureLinux3 ends with 1.36.
        osSKU: "AzureLinux",
        osDiskType: "Managed",
        osDiskSizeGB: 128,
        maxPods: 110,
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
