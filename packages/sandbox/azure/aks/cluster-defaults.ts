import { randomUUID } from "node:crypto";
import type { Properties } from "../../plugins/provider";
import type { PutContext } from "../arm/resource-provider";

/** Drivers of volumes that are on unless a PUT says otherwise. */
export const drivers = {
    diskCSIDriver: { enabled: true },
    fileCSIDriver: { enabled: true },
    snapshotController: { enabled: true },
};

export /** Profiles that a later PUT leaves out stay as they are. */
function omittedProfiles({ previous }: PutContext): Properties {
    const profiles = Object.entries(previous?.properties ?? {}).filter(([name]) => name.endsWith("Profile"));
    return Object.fromEntries(profiles.filter(([name]) => name !== "identityProfile" && name !== "agentPoolProfiles"));
}

/** The address through which pods leave, which AKS makes. */
export function withOutboundIP(put: PutContext, profile: Properties, nodeResourceGroup: string): Properties {
    const { loadBalancerProfile } = profile;
    if (loadBalancerProfile === undefined) {
        return profile;
    }
    const group = `/subscriptions/${put.state.subscriptionId}/resourceGroups/${nodeResourceGroup}`;
    const before = put.previous?.properties.networkProfile as
        { loadBalancerProfile?: { effectiveOutboundIPs?: object[] } } | undefined;
    const effectiveOutboundIPs = before?.loadBalancerProfile?.effectiveOutboundIPs ?? [
        { id: `${group}/providers/Microsoft.Network/publicIPAddresses/${randomUUID()}` },
    ];
    return { ...profile, loadBalancerProfile: { ...loadBalancerProfile, effectiveOutboundIPs } };
}
