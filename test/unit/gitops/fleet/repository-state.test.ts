import * as assert from "node:assert/strict";
import { type Repository, stateProblems } from "../../../../components/gitops/fleet/repository-state";
import { soundFleet } from "../../../support/fleet";

const asked = { owner: "acme", name: "fleet" };

describe("stateProblems", () => {
    for (const [state, changes, problem] of [
        ["renamed", { full_name: "acme/navy" }, /^landfall:fleetRepository: acme\/fleet was renamed.*Repository navy$/],
        ["transferred", { full_name: "navy/fleet" }, /^github:owner: acme\/fleet was transferred.*owner navy$/],
        ["archived", { archived: true }, /^landfall:fleetRepository: acme\/fleet is archived.*unarchive it/],
        ["disabled", { disabled: true }, /^landfall:fleetRepository: acme\/fleet is disabled by GitHub/],
        ["a template", { is_template: true }, /^landfall:fleetRepository: acme\/fleet is a template/],
        ["public", { visibility: "public" }, /^landfall:fleetVisibility: acme\/fleet is public.*make it private/],
        ["internal", { visibility: "internal" }, /^landfall:fleetVisibility: acme\/fleet is internal/],
    ] as const) {
        it(`refuses a repository that is ${state}, and says what to do`, () => {
            const problems = stateProblems(asked, { ...soundFleet, ...changes }, "private");
            assert.equal(problems.length, 1, problems.join("\n"));
            assert.match(problems[0] ?? "", problem);
        });
    }

    it("takes a repository whose name differs in case alone, and one as visible as allowed", () => {
        assert.deepEqual(stateProblems(asked, { ...soundFleet, full_name: "Acme/Fleet" }, "private"), []);
        const open: Repository = { ...soundFleet, visibility: "public" };
        assert.deepEqual(stateProblems(asked, open, "public"), []);
        assert.equal(stateProblems(asked, open, "internal").length, 1);
    });
});
