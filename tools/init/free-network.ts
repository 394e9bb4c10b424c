import { addressAt, contains, overlaps, parseCidr } from "../../components/settings/cidr";
import { reservedRange } from "../../components/settings/reserved-ranges";
import { vnetCandidates } from "../tree/new-stack";
import type { TakenRange } from "./taken-ranges";

/** The preferred network if nothing has it, otherwise the first candidate that is free; undefined if none is. */
export function freeNetwork(preferred: string, taken: readonly string[]): string | undefined {
    const used = taken.flatMap((range) => parseCidr(range) ?? []);
    return [preferred, ...vnetCandidates].find((candidate) => {
        const network = parseCidr(candidate);
        return network && !reservedRange(network) && !used.some((range) => overlaps(range, network));
    });
}

/** Whose range shares an address with the network: the first one; undefined if it is free. */
export function ownerOf(text: string, ranges: readonly TakenRange[]): TakenRange | undefined {
    const network = parseCidr(text);
    return ranges.find(({ range }) => {
        const other = parseCidr(range);
        return network !== undefined && other !== undefined && overlaps(network, other);
    });
}

/** The nodes' part of a network: the present one if it is inside, otherwise the first /22 or all of a smaller one. */
export function nodeSubnet(text: string, present: string): string {
    const [network, subnet] = [parseCidr(text), parseCidr(present)];
    if (!network || (subnet && contains(network, subnet))) {
        return present;
    }
    return `${addressAt(network, 0)}/${Math.max(network.prefix, 22)}`;
}
