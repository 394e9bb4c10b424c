import { datesOf, dollars } from "../../components/cost/cost-line";
import type { Estimate } from "../../components/cost/estimate";

/** A line for each thing with a price, the sum, and what is not in it. */
export function report({ stack, region, items, usd, notKnown, dates }: Estimate): string {
    const rows = items.map(({ name, sku, count, usd: price, date }) => {
        const number = count.min === count.max ? `${count.min}` : `${count.min} to ${count.max}`;
        return [name, sku, number, price ? dollars(price) : "not known", date ?? ""];
    });
    const table = [["ITEM", "SKU", "NUMBER", "A MONTH", "PRICE OF"], ...rows];
    const widths = table[0]?.map((_, at) => Math.max(...table.map((row) => (row[at] ?? "").length))) ?? [];
    return [
        ...table.map((row) =>
            row
                .map((cell, at) => cell.padEnd(widths[at] ?? 0))
                .join("  ")
                .trimEnd(),
        ),
        "",
        `Stack ${stack} in ${region}: ${dollars(usd)} a month, at list prices in US dollars of ${datesOf(dates)}.`,
        "Not known, and to be paid too:",
        ...notKnown.map((line) => `  ${line}`),
    ].join("\n");
}
