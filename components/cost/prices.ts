import * as fs from "node:fs";
import * as path from "node:path";

/** Kinds of things with a price of their own. */
export type Product = "cluster" | "node" | "osDisk" | "loadBalancer" | "publicIp" | "registry" | "dnsZone";

/** List prices of a product, as a public recording of Azure's price list has them. */
export interface PriceTable {
    readonly product: Product;
    /** When the prices were the list's. */
    readonly date: string;
    readonly unit: "hour" | "month";
    /** The question to Azure's list of prices that gives them anew. */
    readonly source: string;
    /** Where somebody else wrote down what it answered, or what Azure announced. */
    readonly witness: string;
    /** US dollars by region and SKU. `any` is a price that Azure has for all regions together. */
    readonly prices: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/**
 * The tables of this repository. What none of them has is not known; nothing is guessed. The Free tier of a cluster is
 * in none: since October 2026 Azure's list has a meter for it that Azure's page of prices does not mention.
 */
export function readPrices(): readonly PriceTable[] {
    return JSON.parse(fs.readFileSync(path.join(__dirname, "list-prices.json"), "utf8")) as PriceTable[];
}

export interface Price {
    readonly perMonth: number;
    readonly date: string;
}

/** Azure's own price list counts a month as so many hours. */
const hoursPerMonth = 730;

/** What one of a product costs a month; undefined if no table has it. */
export function priceOf(
    tables: readonly PriceTable[],
    product: Product,
    sku: string,
    region: string,
): Price | undefined {
    for (const { product: of, prices, unit, date } of tables) {
        const usd = of === product ? (prices[region]?.[sku] ?? prices.any?.[sku]) : undefined;
        if (usd !== undefined) {
            return { perMonth: unit === "hour" ? usd * hoursPerMonth : usd, date };
        }
    }
    return undefined;
}
