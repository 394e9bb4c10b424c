import * as assert from "node:assert/strict";
import { parseGithubToken } from "../../../components/settings/github-token";

describe("the token for GitHub", () => {
    it("is that of the configuration, and without one that of the environment", () => {
        assert.equal(parseGithubToken("ghp_configured", "ghp_environment"), "ghp_configured");
        assert.equal(parseGithubToken(undefined, "ghp_environment"), "ghp_environment");
        assert.equal(parseGithubToken("", "ghp_environment"), "ghp_environment");
    });

    it("has to be set, and how is said", () => {
        for (const nothing of [undefined, ""]) {
            const problem = parseGithubToken(nothing, nothing);
            assert.ok(typeof problem !== "string");
            assert.match(problem.message, /export GITHUB_TOKEN, or run: pulumi config set --secret github:token/);
        }
    });

    it("is refused, and not shown, when it holds what no token does", () => {
        for (const token of ["ghp_a\nghp_b", "ghp_a\n", " ghp_a", "ghp a", "“ghp_a”", "\ufeffghp_a", "ghp_\u00e9"]) {
            for (const [key, problem] of [
                ["github:token", parseGithubToken(token, undefined)],
                ["GITHUB_TOKEN", parseGithubToken(undefined, token)],
            ] as const) {
                assert.ok(typeof problem !== "string", JSON.stringify(token));
                assert.equal(problem.key, key);
                assert.match(problem.message, /^holds a space, a line break or another character/);
                assert.doesNotMatch(JSON.stringify(problem), /ghp/);
            }
        }
    });

    it("may be of any kind that GitHub issues", () => {
        for (const token of ["ghp_abcDEF123", "github_pat_11ABC_def", "ghs_a.b-c.d"]) {
            assert.equal(parseGithubToken(token, undefined), token);
        }
    });
});
