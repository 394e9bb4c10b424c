import * as assert from "node:assert/strict";
import { useCheckout } from "../support/checkout";
import { keepLayers } from "../support/checkout-tree";

/** Sixty times as fast as Azure: fast enough for a test, and slow enough for what does not wait to be refused. */
const speed = "60x";

describe("npm start --azure-time", function () {
    const checkout = useCheckout(this);

    it("comes up while Azure takes its recorded time, and says how long that would be", async () => {
        keepLayers(checkout, ["canary"]);
        const { code, output, report } = await checkout.start("staging", "--azure-time", speed);
        assert.equal(code, 0, output);
        const { chain, seconds } = report.onAzure;
        console.log(`      ${(report.ms / 1000).toFixed(1)} s here, ${seconds.toFixed(0)} s at Azure`);
        console.log(`      ${chain.map((step) => `${step.name} ${step.seconds}`).join(", ")}`);
        // A cluster was recorded to take more than four minutes, and a pool three.
        assert.ok(seconds > 257 + 197, `${seconds} s`);
        assert.ok(seconds < 60 * 60, `${seconds} s`);
        assert.match(output, /^On Azure {4}\d+\.\d min, waiting for /m);
    });

    it("changes nothing the second time, on which Azure takes no time", async () => {
        const report = await checkout.up();
        const { same } = report.changes;
        assert.deepEqual(report.changes, { create: 0, update: 0, replace: 0, delete: 0, same });
    });
});
