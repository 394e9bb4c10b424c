import * as assert from "node:assert/strict";
import { describeProgress } from "../build-progress";

describe("the progress of a build", () => {
    it("counts packages by the weight of their family, and has the rest take as long as the part that is done", () => {
        const shares = [
            { weight: 30, done: 50, of: 100 },
            { weight: 10, done: 10, of: 10 },
            { weight: 60, done: 0, of: 0 },
        ];
        assert.equal(describeProgress(shares, 60_000), `${"█".repeat(6)}${"░".repeat(18)}  25 %  3 min 0 s left`);
    });

    it("names no time before there is a speed", () => {
        assert.equal(describeProgress([{ weight: 1, done: 1, of: 100 }], 5_000), `${"░".repeat(24)}   1 %`);
    });
});
