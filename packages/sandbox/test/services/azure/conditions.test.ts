import * as assert from "node:assert/strict";
import { parseCondition } from "../../../azure/arm/conditions";

const name = "Microsoft.ContainerRegistry/registries/repositories:name";
const write = "Microsoft.ContainerRegistry/registries/repositories/content/write";
const read = "Microsoft.ContainerRegistry/registries/repositories/content/read";

describe("conditions of role assignments", () => {
    const holds = (condition: string, action: string, repository?: string) =>
        parseCondition(condition)({ action, attributes: repository === undefined ? {} : { [name]: repository } });

    it("hold for other actions, and for the named ones as the attribute says", () => {
        const condition = `((!(ActionMatches{'${write}'})) OR (@Request[${name}] StringStartsWith 'team/'))`;
        assert.equal(holds(condition, read, "other/app"), true);
        assert.equal(holds(condition, write, "team/app"), true);
        assert.equal(holds(condition, write, "team2/app"), false);
        assert.equal(holds(condition, write, "Team/app"), false);
        assert.equal(holds(condition, write), false);
    });

    it("compare whole names, with or without regard to case, joined by words or signs, AND before OR", () => {
        assert.equal(holds(`@Request[${name}] StringEqualsIgnoreCase 'A b'`, write, "a B"), true);
        assert.equal(holds(`@Request[${name}] StringEquals 'a'`, write, "A"), false);
        const either = `@Request[${name}] StringEquals 'a' || @Request[${name}] StringEquals 'b' && ActionMatches{'${read}'}`;
        assert.equal(holds(either, write, "a"), true);
        assert.equal(holds(either, write, "b"), false);
        assert.equal(holds(either, read, "b"), true);
    });

    for (const condition of [
        "",
        "(ActionMatches{'a'}",
        "ActionMatches{'a'} trailing",
        `@Request[${name}] StringLike 'a*'`,
        "@Resource[a] StringEquals 'b'",
        "ActionMatches{'a'} ; true",
    ]) {
        it(`are refused where the sandbox does not read them: ${condition}`, () => {
            assert.throws(() => parseCondition(condition), /does not read this condition/);
        });
    }
});
