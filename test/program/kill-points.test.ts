import * as assert from "node:assert/strict";
import { killDrill } from "../../tools/drill/kill-drill";
import { useCheckout } from "../support/checkout";
import { keepLayers } from "../support/checkout-tree";

/** Of all points, so that a dozen of them are met. `npm run drill -- kill-points` takes all. */
const share = Number(process.env.LANDFALL_KILL_SHARE ?? 0.02);

describe("an engine that is killed", function () {
    const checkout = useCheckout(this);

    it("leaves nothing that the same command does not bring to its end: up, rebuild and destroy", async () => {
        const seed = Number(process.env.LANDFALL_KILL_SEED ?? Math.floor(Math.random() * 2 ** 31));
        console.log(`      seed ${seed}`);
        keepLayers(checkout, ["canary", "namespaces"]);
        const place = { repository: checkout.path("."), directory: checkout.sandbox };
        const begin = Date.now();
        const report = (line: string) => {
            console.log(`      ${((Date.now() - begin) / 1000).toFixed(0)} s: ${line.slice(0, 200)}`);
        };
        const counts = await killDrill({ place, stack: "staging", share, seed, report });
        console.log("     ", JSON.stringify(counts));
        assert.ok(counts.length > 0);
    });
});
