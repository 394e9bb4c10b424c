import * as assert from "node:assert/strict";
import { recipientsNamed } from "../../../../components/gitops/encryption/sops-rules";

describe("recipientsNamed", () => {
    const rules = `creation_rules:
  - path_regex: (^|/)canary/staging/pgp\\.sops\\.yaml$
    pgp: aa
  - path_regex: (^|/)staging/
    pgp: "aa, bb"
    azure_keyvault: https://kv.vault.azure.net/keys/sops/1
  - pgp: cc
`;

    it("takes the first rule that matches, as sops does", () => {
        assert.deepEqual(recipientsNamed(rules, "canary/staging/pgp.sops.yaml"), {
            pgp: ["AA"],
            keyVault: [],
            other: [],
        });
        const apps = recipientsNamed(rules, "apps/staging/a.sops.yaml");
        assert.deepEqual(apps, { pgp: ["AA", "BB"], keyVault: ["https://kv.vault.azure.net/keys/sops/1"], other: [] });
        assert.deepEqual(recipientsNamed(rules, "apps/production/a.sops.yaml").pgp, ["CC"]);
    });

    it("finds none without a rule", () => {
        assert.deepEqual(recipientsNamed("", "a.sops.yaml"), { pgp: [], keyVault: [], other: [] });
    });

    it("reads lists of keys, and one group of keys, as it reads text", () => {
        const fingerprint = "D9422CA59B1CFBE84B84A7A5E92A73F93AE73BE8";
        const group = `{ pgp: ["${fingerprint}"], azure_keyvault: [{ vaultUrl: "https://kv/", key: k, version: "1" }] }`;
        for (const keys of [
            `pgp:\n      - ${fingerprint} # platform team\n    azure_keyvault: ["https://kv/keys/k/1"]`,
            `key_groups:\n      - ${group}`,
            `key_groups:\n      - merge:\n          - ${group}`,
        ]) {
            assert.deepEqual(
                recipientsNamed(`creation_rules:\n  - path_regex: x\n    ${keys}\n`, "x"),
                { pgp: [fingerprint], keyVault: ["https://kv/keys/k/1"], other: [] },
                keys,
            );
        }
    });

    it("takes a key for text that YAML takes for a number, as sops does", () => {
        const digits = "1234567890".repeat(4);
        for (const [written, key] of [
            [digits, digits],
            [`0x${digits}`, digits],
            ["12345678e1234567", "12345678E1234567"],
        ] as const) {
            assert.deepEqual(recipientsNamed(`creation_rules: [{ pgp: ${written} }]`, "x").pgp, [key]);
        }
        assert.deepEqual(recipientsNamed("creation_rules:\n", "x").pgp, []);
    });

    it("names keys of kinds that no stack has", () => {
        const all =
            "age: age1abc, kms: arn:x, gcp_kms: projects/p, hckms: r:1, hc_vault_transit_uri: https://v/v1/s/keys/k";
        const { other } = recipientsNamed(`creation_rules: [{ ${all} }]`, "x");
        assert.deepEqual(other, ["age1abc", "arn:x", "projects/p", "r:1", "https://v/v1/s/keys/k"]);
    });

    const named = (pattern: string, file: string) =>
        recipientsNamed(`creation_rules:\n  - path_regex: '${pattern}'\n    pgp: AA\n`, file).pgp.length > 0;

    it("understands the flags and named groups of Go's expressions", () => {
        assert.ok(named("(?i)(^|/)Staging/[^/]+\\.sops\\.yaml$", "clusters/staging/a.sops.yaml"));
        assert.ok(named("(?P<environment>staging)/", "clusters/staging/a.sops.yaml"));
        assert.equal(named("(^|/)Staging/", "clusters/staging/a.sops.yaml"), false);
    });

    it("names the file and the expression that it does not understand, rather than read it otherwise", () => {
        for (const pattern of [
            "[[:alpha:]]+",
            "\\Astaging",
            "staging\\z",
            "(?U)a+",
            "(?=a)",
            "(a)\\1",
            "(",
            "(?i:a)b",
        ]) {
            assert.throws(
                () => named(pattern, "x"),
                (error: Error) => {
                    return error.message.startsWith(`gitops/.sops.yaml: path_regex ${pattern} is n`);
                },
            );
        }
    });

    it("names the file where it is no list of rules, has key groups, or is no YAML", () => {
        for (const [text, problem] of [
            ["creation_rules: staging", /creation_rules is not a list of rules/],
            ["creation_rules: [staging]", /creation_rules is not a list of rules/],
            ["creation_rules: [{ pgp: [[a]] }]", /pgp \["a"\] is no text/],
            ["creation_rules: [{ path_regex: [a] }]", /path_regex \["a"\] is no text/],
            [
                "creation_rules: [{ path_regex: x, key_groups: [{ pgp: [a] }, { pgp: [b] }] }]",
                /the rule x has 2 key groups/,
            ],
            ["creation_rules: [", /line 1: /],
        ] as const) {
            assert.throws(
                () => recipientsNamed(text, "x"),
                (error: Error) => {
                    return error.message.startsWith("gitops/.sops.yaml: ") && problem.test(error.message);
                },
            );
        }
    });
});
