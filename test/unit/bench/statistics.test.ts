import * as assert from "node:assert/strict";
import { growthExponent, percentile } from "../../../bench/statistics";

describe("the statistics of the bench", () => {
    it("take a percentile that is one of the values", () => {
        const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
        assert.equal(percentile(hundred, 0.5), 50);
        assert.equal(percentile(hundred, 0.95), 95);
        assert.equal(percentile([3], 0.95), 3);
        assert.throws(() => percentile([], 0.5), /no values/);
    });

    it("find the power by which a cost grows, whatever its unit", () => {
        const costs = (of: (size: number) => number) => [10, 100, 1000].map((size) => ({ size, cost: of(size) }));
        assert.ok(Math.abs(growthExponent(costs((size) => 7 * size ** 1.5)) - 1.5) < 1e-9);
        assert.ok(Math.abs(growthExponent(costs(() => 4))) < 1e-9);
        assert.throws(() => growthExponent([{ size: 10, cost: 1 }]), /two sizes/);
    });
});
