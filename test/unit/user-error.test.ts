import * as assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../../components/user-error";

describe("a refusal", () => {
    it("is an error of which Pulumi prints the message alone", () => {
        assert.equal(pulumi.RunError.isInstance(new UserError("no")), true);
        assert.equal(new UserError("no").message, "no");
    });

    it("has no stack, which Pulumi would take seconds to format", () => {
        assert.equal(new UserError("no").stack, "");
    });
});
