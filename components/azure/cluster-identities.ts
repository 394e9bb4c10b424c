import * as managedidentity from "@pulumi/azure-native/managedidentity";
import * as pulumi from "@pulumi/pulumi";
import { durable } from "./durable";
import { grantRole, whenSpread } from "./role-grant";
import { managedIdentityOperator, networkContributor } from "./roles";

/**
 * AKS asks what the identity may do as soon as it is to make the cluster, and refuses for good
 * (`CustomKubeletIdentityMissingPermissionError`) while the answer is still that of seconds ago.
 */
export const spreadSeconds = 60;

export interface ClusterIdentitiesArgs {
    readonly resourceGroupName: pulumi.Input<string>;
    readonly location: pulumi.Input<string>;
    readonly controlPlaneName: pulumi.Input<string>;
    readonly kubeletName: pulumi.Input<string>;
    /** The subnet that the control plane puts nodes in. */
    readonly nodeSubnetId: pulumi.Input<string>;
    /** Whether the identities are protected and retained. */
    readonly protect: boolean;
}

/**
 * The two identities of a cluster, with the roles that have to be there before it: AKS checks both while it makes the
 * cluster, and fails for good when one is missing. They outlive the cluster, so that a rebuilt one keeps its rights.
 * @see https://learn.microsoft.com/azure/aks/managed-identity-overview
 */
export class ClusterIdentities extends pulumi.ComponentResource {
    /** ARM id of the control plane's identity; known once its roles are granted, and work. */
    readonly controlPlaneId: pulumi.Output<string>;
    /** Object id of the control plane's identity, which roles are granted to. */
    readonly controlPlanePrincipalId: pulumi.Output<string>;
    /** ARM id of the kubelet's identity. */
    readonly kubeletId: pulumi.Output<string>;
    /** Client id of the kubelet's identity. */
    readonly kubeletClientId: pulumi.Output<string>;
    /** Object id of the kubelet's identity, which roles are granted to. */
    readonly kubeletPrincipalId: pulumi.Output<string>;

    constructor(name: string, args: ClusterIdentitiesArgs, opts?: pulumi.ComponentResourceOptions) {
        super("landfall:azure:ClusterIdentities", name, {}, opts);
        const controlPlane = this.createIdentity(`${name}-control-plane`, args.controlPlaneName, args);
        const kubelet = this.createIdentity(`${name}-kubelet`, args.kubeletName, args);
        const principal = { objectId: controlPlane.principalId, type: "ServicePrincipal" } as const;
        const subnetGrant = grantRole(
            `${name}-control-plane-network-contributor`,
            principal,
            { role: networkContributor, scope: args.nodeSubnetId },
            { parent: this },
        );
        const kubeletGrant = grantRole(
            `${name}-control-plane-managed-identity-operator`,
            principal,
            { role: managedIdentityOperator, scope: kubelet.id },
            { parent: this },
        );
        const spread = [subnetGrant, kubeletGrant].map((grant) => whenSpread(grant, spreadSeconds));
        this.controlPlaneId = pulumi.all([controlPlane.id, pulumi.all(spread)]).apply(([id]) => id);
        this.controlPlanePrincipalId = controlPlane.principalId;
        this.kubeletId = kubelet.id;
        this.kubeletClientId = kubelet.clientId;
        this.kubeletPrincipalId = kubelet.principalId;
        this.registerOutputs({
            controlPlaneId: this.controlPlaneId,
            kubeletId: this.kubeletId,
            kubeletClientId: this.kubeletClientId,
            kubeletPrincipalId: this.kubeletPrincipalId,
        });
    }

    private createIdentity(name: string, resourceName: pulumi.Input<string>, args: ClusterIdentitiesArgs) {
        return new managedidentity.UserAssignedIdentity(
            name,
            { resourceGroupName: args.resourceGroupName, location: args.location, resourceName },
            durable(this, args.protect),
        );
    }
}
