/** An IPv4 network: `first` and `last` are its addresses as unsigned 32-bit numbers, `prefix` its length in bits. */
export interface Cidr {
    readonly text: string;
    readonly first: number;
    readonly last: number;
    readonly prefix: number;
}

/** Reads `a.b.c.d/n`; undefined when it is anything else, or when bits beyond the prefix are set (`10.0.0.1/8`). */
export function parseCidr(text: string): Cidr | undefined {
    const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
    if (!match) {
        return undefined;
    }
    const [a, b, c, d, prefix] = match.slice(1).map(Number) as [number, number, number, number, number];
    if ([a, b, c, d].some((part) => part > 255) || prefix > 32) {
        return undefined;
    }
    const first = ((a * 256 + b) * 256 + c) * 256 + d;
    const size = 2 ** (32 - prefix);
    return first % size === 0 ? { text, first, last: first + size - 1, prefix } : undefined;
}

/** Whether every address of `inner` is in `outer`. */
export function contains(outer: Cidr, inner: Cidr): boolean {
    return outer.first <= inner.first && inner.last <= outer.last;
}

/** Whether the two networks share an address. */
export function overlaps(a: Cidr, b: Cidr): boolean {
    return a.first <= b.last && b.first <= a.last;
}

/** How many networks of length `prefix` fit in the network. */
export function subnetCount(cidr: Cidr, prefix: number): number {
    return cidr.prefix > prefix ? 0 : 2 ** (prefix - cidr.prefix);
}

/** The address `offset` above the network's first, in dotted form. */
export function addressAt(cidr: Cidr, offset: number): string {
    const address = cidr.first + offset;
    return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join(".");
}
