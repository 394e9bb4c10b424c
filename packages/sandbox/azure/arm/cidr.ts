/** A range of IPv4 addresses, both ends included. */
export interface AddressRange {
    readonly first: number;
    readonly last: number;
}

/** @throws an Error when `text` is not an IPv4 CIDR. */
export function parseCidr(text: string): AddressRange {
    const match = /^(\d+\.\d+\.\d+\.\d+)\/(\d+)$/.exec(text);
    const prefix = Number(match?.[2]);
    if (!match?.[1] || prefix > 32) {
        throw new Error(`"${text}" is not an IPv4 range such as 10.0.0.0/16.`);
    }
    const size = 2 ** (32 - prefix);
    const first = Math.floor(parseAddress(match[1]) / size) * size;
    return { first, last: first + size - 1 };
}

/** @throws an Error when `text` is not an IPv4 address. */
export function parseAddress(text: string): number {
    const octets = text.split(".").map(Number);
    if (octets.length !== 4 || octets.some((octet) => !Number.isInteger(octet) || octet < 0 || octet > 255)) {
        throw new Error(`"${text}" is not an IPv4 address.`);
    }
    return octets.reduce((sum, octet) => sum * 256 + octet, 0);
}

export function overlaps(left: AddressRange, right: AddressRange): boolean {
    return left.first <= right.last && right.first <= left.last;
}

export function contains(outer: AddressRange, inner: AddressRange): boolean {
    return outer.first <= inner.first && inner.last <= outer.last;
}
