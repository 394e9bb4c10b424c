import type { Properties } from "../../plugins/provider";
import { ArmError } from "../arm/arm-error";
import { type AddressRange, overlaps, parseAddress, parseCidr } from "../arm/cidr";
import { parentOf } from "../arm/resource-id";
import type { PutContext } from "../arm/resource-provider";
import type { AzureState } from "../state";
import type { ClusterInputs, NetworkProfile } from "./cluster-inputs";

const defaults = { podCidr: "10.244.0.0/16", serviceCidr: "10.0.0.0/16", dnsServiceIP: "10.0.0.10" };
/** https://learn.microsoft.com/azure/aks/configure-azure-cni: neither services nor pods nor the network may use them. */
const reserved = ["169.254.0.0/16", "172.30.0.0/16", "172.31.0.0/16", "192.0.2.0/24"];
/** AKS takes service ranges smaller than a /12. */
const largestServiceRange = 2 ** 20;

/** Where no network profile is given. */
const defaultPlugin = { networkPlugin: "azure", networkPluginMode: "overlay", networkDataplane: "azure" };

/** The network profile with what AKS fills in. */
export function networkProfileOf(profile: NetworkProfile | undefined): NetworkProfile & Properties & typeof defaults {
    const plugin = profile?.networkPlugin === undefined ? defaultPlugin : {};
    const ranges = { ...defaults, ...profile };
    const given = profile as Properties | undefined;
    return {
        ...plugin,
        ...(profile?.networkPlugin === "azure" ? { networkDataplane: "azure" } : {}),
        networkPolicy: "none",
        ...ranges,
        podCidrs: [ranges.podCidr],
        serviceCidrs: [ranges.serviceCidr],
        ipFamilies: ["IPv4"],
        outboundType: "loadBalancer",
        loadBalancerSku: "standard",
        ...withoutEmpty(given),
        ...loadBalancer(given),
    };
}

function loadBalancer(profile: Properties | undefined): Properties {
    const { outboundType = "loadBalancer", loadBalancerProfile } = profile ?? {};
    if (outboundType !== "loadBalancer") {
        return {};
    }
    const filled = { managedOutboundIPs: { count: 1 }, ...(loadBalancerProfile as object | undefined) };
    return { loadBalancerProfile: { ...filled, backendPoolType: "nodeIPConfiguration" } };
}

/** A profile that says nothing of a property leaves it to AKS. */
function withoutEmpty(profile: Properties | undefined): Properties {
    return Object.fromEntries(Object.entries(profile ?? {}).filter(([, value]) => value !== undefined && value !== ""));
}

/**
 * Pods, services and the virtual networks of the node pools have addresses of their own, and the DNS service one of the
 * services'.
 * @throws an ArmError naming the two ranges.
 */
export function checkClusterNetwork({ state, inputs }: PutContext): void {
    const { networkProfile, agentPoolProfiles = [] } = inputs as unknown as ClusterInputs;
    const { podCidr, serviceCidr, dnsServiceIP } = networkProfileOf(networkProfile);
    const service = range(serviceCidr, "networkProfile.serviceCidr");
    if (service.last - service.first + 1 >= largestServiceRange) {
        throw invalid(
            "ServiceCidrTooLarge",
            `The service CIDR ${serviceCidr} must be smaller than a /12.`,
            "networkProfile.serviceCidr",
        );
    }
    checkDnsService(dnsServiceIP, serviceCidr, service);
    const ranges = [
        { name: "networkProfile.serviceCidr", text: serviceCidr },
        { name: "networkProfile.podCidr", text: podCidr },
        ...agentPoolProfiles.flatMap(({ vnetSubnetID }) => networkRanges(state, vnetSubnetID)),
    ].map((entry) => ({ ...entry, range: range(entry.text, entry.name) }));
    for (const { name, text, range: used } of ranges) {
        const taken = reserved.find((entry) => overlaps(used, parseCidr(entry)));
        if (taken !== undefined) {
            throw invalid(
                "InvalidParameter",
                `The range ${text} of ${name} overlaps with ${taken}, which is reserved.`,
                name,
            );
        }
    }
    ranges.slice(0, 2).forEach((own, index) => {
        const other = ranges.slice(index + 1).find((entry) => overlaps(own.range, entry.range));
        if (other) {
            const code = own.name.endsWith("serviceCidr")
                ? "ServiceCidrOverlapExistingSubnetsCidr"
                : "PodCidrOverlapExistingSubnetsCidr";
            throw invalid(
                code,
                `The range ${own.text} of ${own.name} overlaps with ${other.text} of ${other.name}.`,
                own.name,
            );
        }
    });
}

function checkDnsService(address: string, serviceCidr: string, service: AddressRange): void {
    const position = parseAddress(address) - service.first;
    if (position < 0 || position > service.last - service.first) {
        throw invalid(
            "InvalidDNSServiceIP",
            `The DNS service IP ${address} is not within the service CIDR ${serviceCidr}.`,
            "networkProfile.dnsServiceIP",
        );
    }
    if (position <= 1) {
        throw invalid(
            "InvalidDNSServiceIP",
            `The DNS service IP ${address} must not be the first address of the service CIDR ${serviceCidr}, which is the API server's.`,
            "networkProfile.dnsServiceIP",
        );
    }
}

function networkRanges(state: AzureState, subnetId: string | undefined): { name: string; text: string }[] {
    const network = subnetId === undefined ? undefined : state.get(parentOf(subnetId) ?? "");
    const { addressSpace } = (network?.inputs ?? {}) as { addressSpace?: { addressPrefixes?: string[] } };
    return (addressSpace?.addressPrefixes ?? [])
        .filter((prefix) => !prefix.includes(":"))
        .map((text) => ({ name: `the virtual network '${network?.address.name}'`, text }));
}

function range(text: string, target: string): AddressRange {
    try {
        return parseCidr(text);
    } catch (error) {
        throw invalid("InvalidCIDRNotation", (error as Error).message, target);
    }
}

function invalid(code: string, message: string, target: string): ArmError {
    return new ArmError(400, code, message, target);
}
