import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { editDistance, nearest } from "../../../components/settings/nearest";

describe("nearest", () => {
    const words = ["vnetCidr", "podCidr", "clusterTier"];

    it("finds the word that was mistyped, whatever its case", () => {
        assert.equal(nearest("vnetCird", words), "vnetCidr");
        assert.equal(nearest("podcidr", words), "podCidr");
    });

    it("does not guess", () => assert.equal(nearest("colour", words), undefined));
});

describe("editDistance", () => {
    it("is nothing between equals, the same both ways, and at most the longer word", () => {
        fc.assert(
            fc.property(fc.string(), fc.string(), (a, b) => {
                const distance = editDistance(a, b);
                const most = Math.max(a.length, b.length);
                return (distance === 0) === (a === b) && distance === editDistance(b, a) && distance <= most;
            }),
        );
    });
});
