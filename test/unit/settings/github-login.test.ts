import * as assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { isProblem, parseGitHubLogin } from "../../../components/settings/github-login";
import type { Problem } from "../../../components/settings/settings-rules";
import { newAppKey } from "../../support/github-app";

const parse = (token: unknown, fromEnvironment?: string, appAuth?: unknown) =>
    parseGitHubLogin({ token, appAuth, fromEnvironment });

function refusal(token: unknown, fromEnvironment?: string, appAuth?: unknown): Problem {
    const login = parse(token, fromEnvironment, appAuth);
    assert.ok(isProblem(login), "it was accepted");
    return login;
}

describe("the token for GitHub", () => {
    it("is that of the configuration, and without one that of the environment", () => {
        assert.deepEqual(parse("ghp_configured", "ghp_environment"), { token: "ghp_configured" });
        assert.deepEqual(parse(undefined, "ghp_environment"), { token: "ghp_environment" });
        assert.deepEqual(parse("", "ghp_environment"), { token: "ghp_environment" });
    });

    it("has to be set, and how is said", () => {
        for (const nothing of [undefined, ""]) {
            const { message } = refusal(nothing, nothing);
            assert.match(message, /export GITHUB_TOKEN, or run: pulumi config set --secret github:token/);
        }
    });

    it("is refused, and not shown, when it holds what no token does", () => {
        for (const token of ["ghp_a\nghp_b", "ghp_a\n", " ghp_a", "ghp a", "“ghp_a”", "\ufeffghp_a", "ghp_\u00e9"]) {
            for (const [key, problem] of [
                ["github:token", refusal(token)],
                ["GITHUB_TOKEN", refusal(undefined, token)],
            ] as const) {
                assert.equal(problem.key, key);
                assert.match(problem.message, /^holds a space, a line break or another character/);
                assert.doesNotMatch(JSON.stringify(problem), /ghp/);
            }
        }
    });

    it("may be of any kind that GitHub issues", () => {
        for (const token of ["ghp_abcDEF123", "github_pat_11ABC_def", "ghs_a.b-c.d"]) {
            assert.deepEqual(parse(token), { token });
        }
    });
});

describe("the App for GitHub", () => {
    const { privateKey } = newAppKey();
    const app = { id: "12", installationId: "34", pemFile: privateKey };

    it("is that of the provider's configuration, as the engine and as a stack file have it", () => {
        const login = { app: { id: "12", installationId: "34", privateKey } };
        assert.deepEqual(parse(undefined, undefined, JSON.stringify(app)), login);
        assert.deepEqual(parse(undefined, undefined, { ...app, id: 12, installationId: 34 }), login);
        assert.deepEqual(parse(undefined, "ghp_environment", app), login, "it goes before GITHUB_TOKEN");
        const escaped = { ...app, pemFile: privateKey.replaceAll("\n", "\\n") };
        assert.deepEqual(parse(undefined, undefined, escaped), login);
        const client = { ...app, id: "Iv23liabcDEF" };
        assert.deepEqual(parse(undefined, undefined, client), { app: { ...login.app, id: "Iv23liabcDEF" } });
    });

    it("does not go with a token of the configuration", () => {
        const { key, message } = refusal("ghp_configured", undefined, app);
        assert.equal(key, "github:token");
        assert.match(message, /^is set beside github:appAuth; remove one/);
    });

    for (const [part, value, message] of [
        ["id", "", /^is not the id of a GitHub App; pulumi config set --path github:appAuth\.id/],
        ["installationId", "acme", /^is not the installationId of a GitHub App/],
        ["pemFile", "private-key.pem", /^is not a private key in PEM; pulumi config set --secret --path/],
        ["pemFile", otherKey(), /^is not an RSA key/],
    ] as const) {
        it(`names ${part} when it is ${value === "" ? "missing" : "something else"}, and shows no key`, () => {
            const problem = refusal(undefined, undefined, JSON.stringify({ ...app, [part]: value }));
            assert.equal(problem.key, `github:appAuth.${part}`);
            assert.match(problem.message, message);
            assert.doesNotMatch(problem.message, /BEGIN/);
        });
    }

    it("is named when it is no object", () => {
        assert.equal(refusal(undefined, undefined, "{").key, "github:appAuth.id");
    });
});

function otherKey(): string {
    const { privateKey } = generateKeyPairSync("ed25519", {
        publicKeyEncoding: { type: "spki", format: "pem" },
        privateKeyEncoding: { type: "pkcs8", format: "pem" },
    });
    return privateKey;
}
