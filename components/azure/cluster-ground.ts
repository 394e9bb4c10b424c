import * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterNames } from "../settings/naming";
import { spreadSeconds } from "./cluster-identities";
import { knownOf } from "./known-of";
import { Network } from "./network";
import { grantRole, whenSpread } from "./role-grant";
import { networkContributor } from "./roles";

/** Where a cluster is made. */
export interface Ground {
    /** Name of its resource group, which goes with it. */
    readonly groupName: pulumi.Output<string>;
    /** ARM id of that group. */
    readonly groupId: pulumi.Output<string>;
    readonly nodeSubnetId: pulumi.Output<string>;
    /** ARM id of the control plane's identity; known once it may use the subnet. */
    readonly controlPlaneId: pulumi.Output<string>;
}

export interface ClusterGroundArgs {
    readonly location: string;
    readonly names: ClusterNames;
    /** Address range of the virtual network. */
    readonly vnetCidr: string;
    /** Address range of the nodes, inside `vnetCidr`. */
    readonly nodeSubnetCidr: string;
    /** The control planes' identity, which every cluster of the stack has. */
    readonly identities: {
        readonly controlPlaneId: pulumi.Output<string>;
        readonly controlPlanePrincipalId: pulumi.Output<string>;
    };
}

/**
 * The ground of another cluster than the first, whose own is the foundation's: a resource group with a network. Both go
 * with the cluster, and nothing else is in them. The networks of two clusters may have the same addresses, since
 * nothing joins them.
 */
export class ClusterGround extends pulumi.ComponentResource implements Ground {
    readonly groupName: pulumi.Output<string>;
    readonly groupId: pulumi.Output<string>;
    readonly nodeSubnetId: pulumi.Output<string>;
    readonly controlPlaneId: pulumi.Output<string>;

    constructor(name: string, args: ClusterGroundArgs, opts?: pulumi.ComponentResourceOptions) {
        super("landfall:azure:ClusterGround", name, {}, opts);
        const { location, names, identities } = args;
        const group = new resources.ResourceGroup(
            `${name}-cluster`,
            { resourceGroupName: names.clusterGroup, location },
            { parent: this },
        );
        this.groupName = knownOf(group, names.clusterGroup);
        this.groupId = group.id;
        const { nodeSubnetId } = new Network(
            `${name}-network`,
            {
                resourceGroupName: this.groupName,
                location,
                networkName: names.network,
                vnetCidr: args.vnetCidr,
                nodeSubnetCidr: args.nodeSubnetCidr,
            },
            { parent: this },
        );
        this.nodeSubnetId = nodeSubnetId;
        const grant = grantRole(
            `${name}-control-plane-network-contributor`,
            { objectId: identities.controlPlanePrincipalId, type: "ServicePrincipal" },
            { role: networkContributor, scope: nodeSubnetId },
            { parent: this },
        );
        this.controlPlaneId = pulumi
            .all([identities.controlPlaneId, whenSpread(grant, spreadSeconds)])
            .apply(([id]) => id);
        this.registerOutputs();
    }
}
