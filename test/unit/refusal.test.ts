import * as assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Refusal } from "../../components/refusal";

describe("a refusal", () => {
    it("is an error of which Pulumi prints the message alone", () => {
        assert.equal(pulumi.RunError.isInstance(new Refusal("no")), true);
        assert.equal(new Refusal("no").message, "no");
    });

    it("has no stack, which Pulumi would take seconds to format", () => {
        assert.equal(new Refusal("no").stack, "");
    });
});
