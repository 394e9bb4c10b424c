import * as assert from "node:assert/strict";
import {
    allOf,
    canaryFile,
    isCanary,
    recipientsIn,
    recipientsNamed,
} from "../../../../components/gitops/encryption/sops-recipients";

describe("recipientsIn", () => {
    it("reads the keys of an encrypted object as .sops.yaml writes them", () => {
        const azure = { vault_url: "https://kv.vault.azure.net/", name: "sops", version: "1" };
        const found = recipientsIn({ sops: { pgp: [{ fp: "ab12" }], azure_kv: [azure] } });
        assert.deepEqual(found, { pgp: ["AB12"], keyVault: ["https://kv.vault.azure.net/keys/sops/1"] });
        assert.deepEqual(allOf(found), ["AB12", "https://kv.vault.azure.net/keys/sops/1"]);
    });

    it("finds none in an object that is not encrypted", () => {
        assert.deepEqual(recipientsIn({ kind: "Secret" }), { pgp: [], keyVault: [] });
    });
});

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
        assert.deepEqual(recipientsNamed(rules, "canary/staging/pgp.sops.yaml"), { pgp: ["AA"], keyVault: [] });
        const apps = recipientsNamed(rules, "apps/staging/a.sops.yaml");
        assert.deepEqual(apps, { pgp: ["AA", "BB"], keyVault: ["https://kv.vault.azure.net/keys/sops/1"] });
        assert.deepEqual(recipientsNamed(rules, "apps/production/a.sops.yaml").pgp, ["CC"]);
    });

    it("finds none without a rule", () => {
        assert.deepEqual(recipientsNamed("", "a.sops.yaml"), { pgp: [], keyVault: [] });
    });
});

describe("the files of the decryption check", () => {
    it("are known by their path, and nothing else is", () => {
        assert.ok(isCanary(canaryFile("staging", "pgp")) && isCanary(canaryFile("production", "key-vault")));
        for (const file of ["canary/staging/other.sops.yaml", "apps/staging/pgp.sops.yaml", "canary/pgp.sops.yaml"]) {
            assert.equal(isCanary(file), false, file);
        }
    });
});
