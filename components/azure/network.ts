import * as network from "@pulumi/azure-native/network";
import * as pulumi from "@pulumi/pulumi";
import { knownOf } from "./known-of";

export interface NetworkArgs {
    readonly resourceGroupName: pulumi.Input<string>;
    readonly location: pulumi.Input<string>;
    readonly networkName: pulumi.Input<string>;
    /** Address range of the whole network. */
    readonly vnetCidr: pulumi.Input<string>;
    /** Address range of the nodes, inside `vnetCidr`. */
    readonly nodeSubnetCidr: pulumi.Input<string>;
}

/**
 * A virtual network with one subnet, for the nodes. Pods and services have addresses of the overlay only, so they need
 * none here. Traffic leaves through the cluster's load balancer; there is no NAT gateway.
 */
export class Network extends pulumi.ComponentResource {
    /** ARM id of the nodes' subnet. */
    readonly nodeSubnetId: pulumi.Output<string>;

    constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
        super("landfall:azure:Network", name, {}, opts);
        const { resourceGroupName } = args;
        const vnet = new network.VirtualNetwork(
            name,
            {
                resourceGroupName,
                location: args.location,
                virtualNetworkName: args.networkName,
                addressSpace: { addressPrefixes: [args.vnetCidr] },
            },
            // Azure answers with the subnets below, which are resources of their own.
            { parent: this, ignoreChanges: ["subnets"] },
        );
        const nodes = new network.Subnet(
            `${name}-nodes`,
            {
                resourceGroupName,
                virtualNetworkName: knownOf(vnet, args.networkName),
                subnetName: "nodes",
                addressPrefix: args.nodeSubnetCidr,
            },
            { parent: this },
        );
        this.nodeSubnetId = nodes.id;
        this.registerOutputs({ nodeSubnetId: this.nodeSubnetId });
    }
}
