import * as assert from "node:assert/strict";
import { killDrill } from "../../tools/drill/kill-drill";
import { useCheckout } from "../support/checkout";
import { keepLayers } from "../support/checkout-tree";

/** Of all points, so that some dozen of them are met. `npm run drill -- kill-points` takes all, and a rebuild's too. */
const share = Number(process.env.LANDFALL_KILL_SHARE ?? 0.03);

describe("an engine that is killed", function () {
    const checkout = useCheckout(this, { systems: [] });

    it("leaves nothing that the same command does not bring to its end, up and destroy", async () => {
        const seed = Number(process.env.LANDFALL_KILL_SEED ?? Math.floor(Math.random() * 2 ** 31));
        console.log(`      seed ${seed}`);
        keepLayers(checkout, ["canary"]);
        const place = { repository: checkout.path("."), directory: checkout.sandbox };
        const operations = ["up", "destroy"] as const;
        const report = (line: string) => console.log(`      ${line.slice(0, 160)}`);
        const counts = await killDrill({ place, stack: "staging", share, seed, operations, report });
        console.log("     ", JSON.stringify(counts));
        for (const { operation, points } of counts) {
            assert.ok(points.before > 20 && points.after > 20 && points.between > 10, operation);
        }
    });
});
