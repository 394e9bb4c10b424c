import type { Settings } from "../settings/settings";
import { priceOf, type PriceTable, type Product } from "./prices";

/** What of a stack has a price by the month, in US dollars. */
interface CostItem {
    readonly name: string;
    readonly sku: string;
    readonly region: string;
    readonly count: Range;
    /** Undefined if the price is not known. */
    readonly usd: Range | undefined;
    readonly date: string | undefined;
}

interface Range {
    readonly min: number;
    readonly max: number;
}

/** A stack's list price a month, as far as its settings and the tables tell. */
export interface Estimate {
    readonly stack: string;
    readonly region: string;
    readonly items: readonly CostItem[];
    /** Of what is known: every pool at its minimum, and at its maximum. */
    readonly usd: Range;
    /** What is to be paid too: prices that no table has, and what depends on use. */
    readonly notKnown: readonly string[];
    /** Dates of the oldest and the newest price. */
    readonly dates: readonly string[];
}

/** Every node has a managed disk of 128 GiB, which Azure makes a premium one. */
const osDisk = "P10";

/** What depends on use, and so on nothing that is in the settings. */
const byUse = (redundancy: string) => [
    "traffic out of Azure and through the load balancer",
    `stored backups, logs and metrics (${redundancy}), and images beyond what the registry includes`,
    "volumes, and addresses of Services, that the tree adds",
    "operations of Key Vault, storage and DNS",
];

/** Adds up list prices. Discounts, reservations, taxes and other currencies are not in them. */
export function estimate(settings: Settings, tables: readonly PriceTable[]): Estimate {
    const { stack, location, clusterLocation } = settings;
    const item = (name: string, product: Product, sku: string, count: Range, region = clusterLocation): CostItem => {
        const price = priceOf(tables, product, sku, region);
        const usd = price && { min: price.perMonth * count.min, max: price.perMonth * count.max };
        return { name, sku, region, count, usd, date: price?.date };
    };
    const one = { min: 1, max: 1 };
    const pools = nodePools(settings);
    const regular = pools.filter(({ spot }) => !spot);
    const nodes = pools.reduce((sum, { count }) => ({ min: sum.min + count.min, max: sum.max + count.max }), zero);
    const items = [
        item("cluster management", "cluster", settings.clusterTier, one),
        ...regular.map(({ name, vmSize, count }) => item(`nodes of pool ${name}`, "node", vmSize, count)),
        item("disks of the nodes", "osDisk", osDisk, nodes),
        item("load balancer", "loadBalancer", "Standard", one),
        item("public address for what goes out", "publicIp", "Standard", one),
        item("container registry", "registry", settings.registrySku, one, location),
        ...(settings.domain === undefined ? [] : [item("DNS zone", "dnsZone", "Public", one, location)]),
    ];
    const known = items.flatMap(({ usd }) => usd ?? []);
    const unpriced = items
        .filter(({ usd }) => usd === undefined)
        .map(({ name, sku, region }) => `${name} (${sku} in ${region})`);
    const spot = pools
        .filter((pool) => pool.spot)
        .map(({ name }) => `spot machines of pool ${name}, whose price changes`);
    return {
        stack,
        region: clusterLocation,
        items,
        usd: known.reduce((sum, { min, max }) => ({ min: sum.min + min, max: sum.max + max }), zero),
        notKnown: [...unpriced, ...spot, ...byUse(settings.backupRedundancy)],
        dates: items.flatMap(({ date }) => date ?? []).sort(),
    };
}

const zero: Range = { min: 0, max: 0 };

interface Pool {
    readonly name: string;
    readonly vmSize: string;
    readonly count: Range;
    readonly spot: boolean;
}

/** A pool with zones has its counts in each of them, but for the system pool. */
function nodePools({ systemPool, userPools }: Settings): Pool[] {
    const { vmSize, minCount, maxCount } = systemPool;
    return [
        { name: "system", vmSize, count: { min: minCount, max: maxCount }, spot: false },
        ...Object.entries(userPools).map(([name, pool]) => {
            const zones = Math.max(pool.zones.length, 1);
            const count = { min: zones * pool.minCount, max: zones * pool.maxCount };
            return { name, vmSize: pool.vmSize, count, spot: pool.spot };
        }),
    ];
}
