import { type Cidr, overlaps, parseCidr } from "./cidr";

/** A range that nodes, pods and Services may not use, and who has it. */
interface ReservedRange {
    readonly range: string;
    readonly owner: string;
}

const aks = "which AKS keeps for itself";

/**
 * AKS refuses the first four for Services, pods and the virtual network
 * (https://learn.microsoft.com/azure/aks/configure-azure-cni), Azure the others in a virtual network
 * (https://learn.microsoft.com/azure/virtual-network/virtual-networks-faq); in pods and Services they would hide the
 * machine's own addresses, or those of Azure's DNS.
 */
const reservedRanges: readonly ReservedRange[] = [
    { range: "169.254.0.0/16", owner: aks },
    { range: "172.30.0.0/16", owner: aks },
    { range: "172.31.0.0/16", owner: aks },
    { range: "192.0.2.0/24", owner: aks },
    { range: "0.0.0.0/8", owner: "which no machine may have" },
    { range: "127.0.0.0/8", owner: "the machine's own" },
    { range: "168.63.129.16/32", owner: "the address of Azure's DNS and health probes" },
    { range: "224.0.0.0/3", owner: "the ranges of multicast and broadcast" },
];

/** The first reserved range that shares an address with the network. */
export function reservedRange(network: Cidr): ReservedRange | undefined {
    return reservedRanges.find(({ range }) => {
        const reserved = parseCidr(range);
        return reserved !== undefined && overlaps(network, reserved);
    });
}
