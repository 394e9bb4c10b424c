import { authorizeLinked, isAllowed } from "../arm/access";
import { ArmError } from "../arm/arm-error";
import { parseResourceId } from "../arm/resource-id";
import type { PutContext } from "../arm/resource-provider";
import type { ClusterInputs } from "./cluster-inputs";

const assign = "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action";
const join = "Microsoft.Network/virtualNetworks/subnets/join/action";

/** The user-assigned identity of the control plane; undefined for a system-assigned one. */
export function controlPlaneIdentity({ identity }: ClusterInputs): string | undefined {
    return identity?.type === "UserAssigned" ? identity.userAssignedIdentities?.[0] : undefined;
}

/**
 * The control plane's identity needs to be given its rights before the cluster: to assign the kubelet's identity to
 * machines, and to join machines to the subnet. Whoever makes the cluster needs to be allowed to give those away.
 * @throws an ArmError that names the right that is missing, and where.
 */
export function checkClusterIdentity(put: PutContext): void {
    const inputs = put.inputs as unknown as ClusterInputs;
    const identities = inputs.identity?.userAssignedIdentities ?? [];
    if (inputs.identity === undefined || inputs.identity.type === "None") {
        throw invalid("A cluster needs an identity of type SystemAssigned or UserAssigned.", "identity.type");
    }
    if ((inputs.identity.type === "UserAssigned") !== (identities.length === 1)) {
        throw invalid(
            "Exactly one identity is to be given for the type UserAssigned, none for others.",
            "identity.userAssignedIdentities",
        );
    }
    for (const identity of identities) {
        authorizeLinked(put.state, put.caller, assign, put.address.id, identity);
    }
    checkKubeletIdentity(put, inputs);
    for (const { vnetSubnetID } of inputs.agentPoolProfiles ?? []) {
        checkSubnetAccess(put, vnetSubnetID);
    }
}

/**
 * @throws an ArmError unless the control plane of `owner`, the cluster being written, may join machines to the subnet.
 */
export function checkSubnetAccess(
    put: PutContext,
    subnetId: string | undefined,
    owner = put.inputs as unknown as ClusterInputs,
): void {
    if (subnetId === undefined) {
        return;
    }
    if (parseResourceId(subnetId)?.type.token !== "network:Subnet") {
        throw invalid(`'${subnetId}' is not the id of a subnet.`, "vnetSubnetID");
    }
    authorizeLinked(put.state, put.caller, join, put.address.id, subnetId);
    const controlPlane = controlPlaneIdentity(owner);
    if (controlPlane !== undefined && !can(put, controlPlane, join, subnetId)) {
        throw missing("LinkedAuthorizationFailed", put, controlPlane, join, subnetId, "Network Contributor");
    }
}

function checkKubeletIdentity(put: PutContext, inputs: ClusterInputs): void {
    const kubelet = inputs.identityProfile?.kubeletidentity;
    const controlPlane = controlPlaneIdentity(inputs);
    if (kubelet?.resourceId === undefined) {
        return;
    }
    if (controlPlane === undefined) {
        throw invalid(
            "A kubelet identity of one's own needs a user-assigned control plane identity.",
            "identityProfile.kubeletidentity",
        );
    }
    const principal = put.state.get(kubelet.resourceId) && put.state.principalOf(kubelet.resourceId);
    for (const [name, known] of [
        ["clientId", principal?.clientId],
        ["objectId", principal?.objectId],
    ] as const) {
        if (kubelet[name] !== undefined && kubelet[name] !== known) {
            throw invalid(
                `It is not the ${name} of '${kubelet.resourceId}'.`,
                `identityProfile.kubeletidentity.${name}`,
            );
        }
    }
    if (!can(put, controlPlane, assign, kubelet.resourceId)) {
        throw missing(
            "CustomKubeletIdentityMissingPermissionError",
            put,
            controlPlane,
            assign,
            kubelet.resourceId,
            "Managed Identity Operator",
        );
    }
}

function can({ state }: PutContext, identity: string, action: string, scope: string): boolean {
    return isAllowed(state, state.principalOf(identity).objectId, action, scope, "actions");
}

function missing(
    code: string,
    put: PutContext,
    identity: string,
    action: string,
    scope: string,
    role: string,
): ArmError {
    const { objectId } = put.state.principalOf(identity);
    return new ArmError(
        400,
        code,
        `The cluster's control plane identity '${identity}' (object id '${objectId}') is not granted '${action}' on '${scope}'. ` +
            `Assign the role '${role}' to it there, before the cluster is created.`,
        "identity.userAssignedIdentities",
    );
}

function invalid(message: string, target: string): ArmError {
    return new ArmError(400, "InvalidParameter", `The value of parameter '${target}' is invalid: ${message}`, target);
}
