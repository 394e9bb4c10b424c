import * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";
import { durable } from "./durable";
import { knownOf } from "./known-of";

export interface ResourceGroupsArgs {
    readonly location: pulumi.Input<string>;
    /** Region of the second group. @default - `location` */
    readonly clusterLocation?: pulumi.Input<string>;
    /** Name of the group for what outlives a cluster. */
    readonly durableName: pulumi.Input<string>;
    /** Name of the group for what a rebuild replaces. */
    readonly clusterName: pulumi.Input<string>;
    /** Whether the durable group is protected and retained. */
    readonly protect: boolean;
}

/**
 * The two resource groups of a stack. A rebuild deletes and makes the cluster's; it never touches the durable one,
 * whose vault, registry, backups, DNS zone and identities hold what cannot be made again from Git.
 */
export class ResourceGroups extends pulumi.ComponentResource {
    /** Name of the durable group. */
    readonly durableName: pulumi.Output<string>;
    /** ARM id of the durable group. */
    readonly durableId: pulumi.Output<string>;
    /** ARM id of the cluster's group. */
    readonly clusterId: pulumi.Output<string>;
    /** Name of the cluster's group. */
    readonly clusterName: pulumi.Output<string>;

    constructor(name: string, args: ResourceGroupsArgs, opts?: pulumi.ComponentResourceOptions) {
        super("landfall:azure:ResourceGroups", name, {}, opts);
        const durableGroup = new resources.ResourceGroup(
            `${name}-durable`,
            { resourceGroupName: args.durableName, location: args.location },
            durable(this, args.protect),
        );
        const clusterGroup = new resources.ResourceGroup(
            `${name}-cluster`,
            { resourceGroupName: args.clusterName, location: args.clusterLocation ?? args.location },
            { parent: this },
        );
        this.durableName = knownOf(durableGroup, args.durableName);
        this.durableId = durableGroup.id;
        this.clusterId = clusterGroup.id;
        this.clusterName = knownOf(clusterGroup, args.clusterName);
        this.registerOutputs({
            durableName: this.durableName,
            durableId: this.durableId,
            clusterId: this.clusterId,
            clusterName: this.clusterName,
        });
    }
}
