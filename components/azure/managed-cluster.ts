import type { ManagedClusterArgs } from "@pulumi/azure-native/containerservice";
import type * as pulumi from "@pulumi/pulumi";
import { addressAt, parseCidr } from "../settings/cidr";
import { systemPoolName } from "../settings/naming";
import type { Settings } from "../settings/settings";
import { isAsWanted } from "./as-wanted";
import { isOfMinor, type LiveCluster, livePool } from "./live-cluster";
import { isPoolAsWanted, systemPoolProfile } from "./node-pools";

/** What a stack file says about its cluster. */
export type ClusterSettings = Pick<
    Settings,
    | "kubernetesVersion"
    | "clusterTier"
    | "systemPool"
    | "podCidr"
    | "serviceCidr"
    | "authorizedIpRanges"
    | "adminGroupObjectIds"
    | "upgradeChannel"
    | "nodeOsUpgradeChannel"
    | "imageCleanerIntervalHours"
>;

/** What the cluster's inputs take from elsewhere. */
export interface ClusterPlacement {
    readonly resourceGroupName: pulumi.Input<string>;
    /** ARM id of that group. */
    readonly resourceGroupId: pulumi.Input<string>;
    readonly location: pulumi.Input<string>;
    readonly clusterName: string;
    readonly dnsPrefix: string;
    readonly nodeResourceGroupName: string;
    readonly tenantId: string;
    readonly nodeSubnetId: pulumi.Input<string>;
    /** ARM id of the control plane's identity. */
    readonly controlPlaneId: pulumi.Input<string>;
    readonly kubeletId: pulumi.Input<string>;
    readonly kubeletClientId: pulumi.Input<string>;
    readonly kubeletPrincipalId: pulumi.Input<string>;
}

/** The inputs of the cluster. Nothing that Azure would fill in silently and that matters is left to it. */
export function buildCluster(
    args: ClusterSettings & ClusterPlacement,
    live: LiveCluster | undefined,
): ManagedClusterArgs {
    return {
        ...buildSettings(args),
        resourceGroupName: args.resourceGroupName,
        location: args.location,
        resourceName: args.clusterName,
        dnsPrefix: args.dnsPrefix,
        nodeResourceGroup: args.nodeResourceGroupName,
        // The minor only: AKS applies patches, and a patch written here would fight them.
        kubernetesVersion: args.kubernetesVersion,
        ...buildIdentities(args),
        agentPoolProfiles: [systemPoolProfile(args.systemPool, args.nodeSubnetId, livePool(live, systemPoolName))],
    };
}

/**
 * What AKS changes on its own in a cluster that is as wanted: it lists the pools that are resources of their own, sorts
 * them and counts their nodes, writes out the patch of the version, and takes add-ons that a policy turned on. A
 * refresh brings that into the state, and none of it is to be undone. As soon as something else differs, so that the
 * cluster is written anyway, it is written as it is wanted: what the state says of the pools may be out of date.
 */
export function changedByAks(args: ClusterSettings & ClusterPlacement, live: LiveCluster | undefined): string[] {
    const asWanted =
        live !== undefined &&
        isOfMinor(live.currentKubernetesVersion, args.kubernetesVersion) &&
        isPoolAsWanted(args.systemPool, livePool(live, systemPoolName)) &&
        isAsWanted(buildSettings(args), live);
    return asWanted ? ["agentPoolProfiles", "kubernetesVersion", "addonProfiles"] : [];
}

/** The inputs that follow from the settings alone. */
function buildSettings(args: ClusterSettings & ClusterPlacement) {
    return {
        sku: { name: "Base", tier: args.clusterTier },
        supportPlan: "KubernetesOfficial",
        ...buildAccess(args, args.tenantId),
        ...buildUpkeep(args),
        networkProfile: buildNetworkProfile(args),
        autoScalerProfile: {
            balanceSimilarNodeGroups: "true",
            expander: "least-waste",
            skipNodesWithLocalStorage: "false",
        },
        addonProfiles: {
            // Secrets of Key Vault as volumes. Metrics-server and the workload identity webhook come with AKS.
            azureKeyvaultSecretsProvider: {
                enabled: true,
                config: { enableSecretRotation: "true", rotationPollInterval: "2m" },
            },
        },
        storageProfile: {
            diskCSIDriver: { enabled: true },
            fileCSIDriver: { enabled: true },
            blobCSIDriver: { enabled: false },
            snapshotController: { enabled: true },
        },
    };
}

function buildIdentities(placement: ClusterPlacement) {
    return {
        identity: { type: "UserAssigned" as const, userAssignedIdentities: [placement.controlPlaneId] },
        identityProfile: {
            kubeletidentity: {
                resourceId: placement.kubeletId,
                clientId: placement.kubeletClientId,
                objectId: placement.kubeletPrincipalId,
            },
        },
        oidcIssuerProfile: { enabled: true },
    };
}

function buildAccess(settings: ClusterSettings, tenantId: string) {
    return {
        enableRBAC: true,
        disableLocalAccounts: true,
        aadProfile: {
            managed: true,
            enableAzureRBAC: true,
            tenantID: tenantId,
            adminGroupObjectIDs: [...settings.adminGroupObjectIds],
        },
        publicNetworkAccess: "Enabled",
        apiServerAccessProfile: {
            disableRunCommand: true,
            enablePrivateCluster: false,
            authorizedIPRanges: [...settings.authorizedIpRanges],
        },
    };
}

function buildUpkeep(settings: ClusterSettings) {
    return {
        autoUpgradeProfile: {
            upgradeChannel: settings.upgradeChannel,
            nodeOSUpgradeChannel: settings.nodeOsUpgradeChannel,
        },
        securityProfile: {
            workloadIdentity: { enabled: true },
            imageCleaner: { enabled: true, intervalHours: settings.imageCleanerIntervalHours },
        },
    };
}

/** Azure CNI overlay with Cilium. Each of these replaces the cluster when it changes, so each stands here. */
function buildNetworkProfile(settings: ClusterSettings) {
    const services = parseCidr(settings.serviceCidr);
    if (!services) {
        throw new TypeError(`serviceCidr ${settings.serviceCidr} is not a CIDR`);
    }
    return {
        networkPlugin: "azure",
        networkPluginMode: "overlay",
        networkDataplane: "cilium",
        networkPolicy: "cilium",
        podCidr: settings.podCidr,
        serviceCidr: settings.serviceCidr,
        dnsServiceIP: addressAt(services, 10),
        outboundType: "loadBalancer",
        loadBalancerSku: "standard",
        loadBalancerProfile: {
            backendPoolType: "NodeIPConfiguration",
            managedOutboundIPs: { count: 1, countIPv6: 0 },
            allocatedOutboundPorts: 0,
            idleTimeoutInMinutes: 30,
        },
    } as const;
}
