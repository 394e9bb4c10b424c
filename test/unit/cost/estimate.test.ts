import * as assert from "node:assert/strict";
import { costLine } from "../../../components/cost/cost-line";
import { estimate } from "../../../components/cost/estimate";
import { priceOf, type PriceTable, readPrices } from "../../../components/cost/prices";
import { report } from "../../../tools/cost/report";
import { settings } from "../../support/fixtures";

const table = (
    product: PriceTable["product"],
    unit: PriceTable["unit"],
    prices: PriceTable["prices"],
    date = "2026-01-02",
) => ({
    ...{ product, unit, prices, date },
    source: "",
    witness: "",
});

/** Round prices, so that the sums can be checked in the head. */
const given: readonly PriceTable[] = [
    table("cluster", "hour", { any: { Free: 0, Standard: 0.1 } }, "2026-01-01"),
    table("node", "hour", { westeurope: { Standard_D2ds_v5: 0.1, Standard_D4ds_v5: 0.2, Standard_D8ds_v5: 0.4 } }),
    table("osDisk", "month", { westeurope: { P10: 20 } }),
    table("loadBalancer", "hour", { any: { Standard: 0.01 } }),
    table("publicIp", "hour", { westeurope: { Standard: 0.01 } }),
    table("registry", "month", { westeurope: { Basic: 5, Premium: 50 } }),
    table("dnsZone", "month", { any: { Public: 0.5 } }, "2026-01-03"),
];

const cents = ({ min, max }: { min: number; max: number }) => [min.toFixed(2), max.toFixed(2)];

describe("the list price of a stack", () => {
    it("of staging is the sum of its parts, from every pool's minimum to its maximum", () => {
        // 730 h: system 1 to 3 x 73, apps 1 to 4 x 146, disks 2 to 7 x 20, balancer and address 7.30 each, registry 5,
        // zone 0.50
        const { usd, items, dates } = estimate(settings("staging"), given);
        assert.deepEqual(cents(usd), ["279.10", "963.10"]);
        const system = items.find(({ name }) => name === "nodes of pool system");
        assert.deepEqual(cents(system!.usd!), ["73.00", "219.00"]);
        assert.deepEqual([dates[0], dates.at(-1)], ["2026-01-01", "2026-01-03"]);
    });

    it("of production has its pools in each zone, and the tier of its cluster", () => {
        // cluster 73, system 3 to 6 x 146, apps 3 to 18 x 292, disks 6 to 24 x 20, 7.30 twice, registry 50, zone 0.50
        assert.deepEqual(cents(estimate(settings("production"), given).usd), ["1572.10", "6750.10"]);
    });

    it("with the committed tables is what their prices say", () => {
        // staging: D2ds_v5 0.136 x 730 = 99.28, D4ds_v5 0.272 x 730 = 198.56, (0.025 + 0.005) x 730 = 21.90, registry 5
        assert.deepEqual(cents(estimate(settings("staging"), readPrices()).usd), ["324.74", "1118.98"]);
        // production: 73 + 198.56 x (3 to 6) + 397.12 x (3 to 18) + 21.90 + 50
        assert.deepEqual(cents(estimate(settings("production"), readPrices()).usd), ["1931.94", "8484.42"]);
    });

    it("names a region and a size whose prices no table has, and what depends on use, and counts neither", () => {
        const elsewhere = estimate(settings("staging", { "azure-native:location": "polandcentral" }), given);
        assert.deepEqual(cents(elsewhere.usd), ["7.80", "7.80"]);
        assert.ok(elsewhere.notKnown.includes("nodes of pool apps (Standard_D4ds_v5 in polandcentral)"));
        assert.ok(elsewhere.notKnown.some((line) => line.startsWith("traffic out of Azure")));
        const pools = { apps: { vmSize: "Standard_M8ms", minCount: 1, maxCount: 2, zones: [] } };
        const { notKnown } = estimate(settings("staging", { "landfall:userPools": pools }), given);
        assert.ok(notKnown.includes("nodes of pool apps (Standard_M8ms in westeurope)"), notKnown.join("\n"));
    });

    it("has no price of spot machines, and no zone without a domain", () => {
        const pools = { batch: { vmSize: "Standard_D4ds_v5", minCount: 0, maxCount: 9, zones: [], spot: true } };
        const changes = { "landfall:userPools": pools, "landfall:domain": "" };
        const { usd, notKnown } = estimate(settings("staging", changes), given);
        // system 1 to 3 x 73, disks 1 to 12 x 20, balancer and address 7.30 each, registry 5
        assert.deepEqual(cents(usd), ["112.60", "478.60"]);
        assert.ok(notKnown.includes("spot machines of pool batch, whose price changes"));
    });

    it("is shown item by item, with the date of each price", () => {
        const text = report(estimate(settings("staging"), given));
        assert.match(text, /^nodes of pool apps +Standard_D4ds_v5 +1 to 4 +\$146 to \$584 +2026-01-02$/m);
        assert.match(text, /^Stack staging in westeurope: \$279 to \$963 a month, .* of 2026-01-01 to 2026-01-03\.$/m);
    });

    it("is one short line of a preview, which nothing can make fail", () => {
        const line = costLine(settings("staging"), () => given);
        assert.match(line, /^list price a month: \$279 to \$963, as of 2026-01-01 to 2026-01-03, without 4 things/);
        assert.ok(!line.includes("\n") && line.length < 180, line);
        const broken = () => {
            throw new Error("list-prices.json is gone");
        };
        assert.equal(costLine(settings("staging"), broken), "list price a month: not known (list-prices.json is gone)");
    });
});

describe("the tables of prices", () => {
    it("say of each price when it was, where to ask again and who wrote it down", () => {
        for (const { product, date, source, witness, prices } of readPrices()) {
            assert.match(date, /^20\d\d-\d\d-\d\d$/, product);
            assert.ok(source.startsWith("https://prices.azure.com/api/retail/prices?$filter="), source);
            assert.match(witness, /^https:\/\//, product);
            for (const usd of Object.values(prices).flatMap((skus) => Object.values(skus))) {
                assert.ok(usd >= 0 && usd < 100, `${product} ${usd}`);
            }
        }
    });

    it("take the price of the region before that of all regions", () => {
        const tables = [table("dnsZone", "month", { any: { Public: 1 }, westus: { Public: 2 } })];
        assert.equal(priceOf(tables, "dnsZone", "Public", "westus")?.perMonth, 2);
        assert.equal(priceOf(tables, "dnsZone", "Public", "eastus")?.perMonth, 1);
        assert.equal(priceOf(tables, "dnsZone", "Private", "eastus"), undefined);
    });
});
