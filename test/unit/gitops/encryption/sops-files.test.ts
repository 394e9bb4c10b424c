import * as assert from "node:assert/strict";
import { type DecryptionKeys, keyVaultKeyOf } from "../../../../components/gitops/encryption/decryption-keys";
import { branchProblems, keyVaultAlone, sopsProblems } from "../../../../components/gitops/encryption/sops-files";

const secret = (sops: string, file = "clusters/staging/s.sops.yaml") => ({
    [file]: `apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {user: ENC, password: ENC}\n${sops}`,
});
const pgp = (fp: string) => `  pgp:\n    - fp: ${fp}\n`;
const vault = (url: string, name = "sops", version = "v1") =>
    `  azure_kv:\n    - {vault_url: "${url}", name: ${name}, version: ${version}}\n`;
const own = vault("https://kv-own.vault.azure.net");
const encryptedTo = (...keys: string[]) => secret(`sops:\n${keys.join("")}`);
const canary = (...keys: string[]) =>
    secret(`sops:\n${keys.join("")}`, "clusters/staging/decryption-canary-pgp.sops.yaml");
const address = keyVaultKeyOf("kv-own");
const keys: DecryptionKeys = {
    pgp: [
        { fingerprint: "AA", subkeys: ["BB"] },
        { fingerprint: "DD", subkeys: [] },
    ],
    keyVault: { address, exists: true },
};
const problems = (tree: Record<string, string>) => sopsProblems(tree, keys);

describe("the encryption of the tree", () => {
    it("refuses a Secret that is not encrypted", () => {
        assert.match(
            problems(secret(""))[0] ?? "",
            /gitops\/clusters\/staging\/s\.sops\.yaml: Secret s is not encrypted/,
        );
    });

    it("refuses a file that neither of the stack's keys can decrypt, naming it, and says how to encrypt it anew", () => {
        const [problem] = problems(encryptedTo(pgp("CC"), vault("https://kv-other.vault.azure.net")));
        assert.match(problem ?? "", /^gitops\/clusters\/staging\/s\.sops\.yaml: encrypted to CC, https:\/\/kv-other/);
        assert.match(problem ?? "", /\(landfall:sopsPgpPrivateKey, AA and DD\).*npm run secret -- recipients staging/);
    });

    it("refuses a file encrypted to another key of the stack's own vault", () => {
        assert.notEqual(problems(encryptedTo(vault("https://kv-own.vault.azure.net", "other"))).length, 0);
    });

    it("accepts a file that one of the PGP keys decrypts, by its primary key or a subkey", () => {
        for (const fingerprint of ["aa", "bb", "DD"]) {
            assert.deepEqual(problems(encryptedTo(pgp(fingerprint))), []);
        }
    });

    it("accepts a file that the Key Vault key alone decrypts, in any version", () => {
        assert.deepEqual(problems(encryptedTo(vault("https://kv-own.vault.azure.net/", "sops", "v7"))), []);
    });

    it("accepts a file that one of its two keys decrypts", () => {
        assert.deepEqual(problems(encryptedTo(pgp("CC"), own)), []);
        assert.deepEqual(problems(encryptedTo(pgp("AA"), vault("https://kv-other.vault.azure.net"))), []);
    });

    it("says what is lost with both keys, what is not, and the command that makes each value anew", () => {
        const gone = { ...keys, keyVault: { address, exists: false } };
        const tree = {
            ...encryptedTo(pgp("CC"), own),
            ...secret(`sops:\n${pgp("AA")}`, "clusters/staging/kept.sops.yaml"),
        };
        const [closed, lost, ...others] = sopsProblems(tree, gone);
        assert.match(
            closed ?? "",
            /^gitops\/clusters\/staging\/s\.sops\.yaml: .*keys\/sops, which does not exist: az keyvault/,
        );
        assert.match(lost ?? "", /a key of this file any more, these values are lost, and no others: .* the other 1\./);
        assert.deepEqual(lost?.split("\n").slice(2), [
            "    npm run secret -- set staging s user --anew",
            "    npm run secret -- set staging s password",
        ]);
        assert.deepEqual(others, []);
    });

    it("asks for a canary of a key that is gone to be written anew, and calls nothing lost", () => {
        const [problem, ...others] = problems({ ...canary(pgp("CC")), ...encryptedTo(pgp("CC"), own) });
        assert.match(
            problem ?? "",
            /^gitops\/clusters\/staging\/decryption-canary-pgp\.sops\.yaml: encrypted to CC, .* writes it again/,
        );
        assert.deepEqual(others, []);
    });

    it("names each file that lacks a key of .sops.yaml, and the key", () => {
        const rules = `creation_rules:\n  - {path_regex: /staging/, pgp: AA, azure_keyvault: ${address}/v2}\n`;
        const tree = { ".sops.yaml": rules, ...encryptedTo(pgp("AA"), own) };
        assert.deepEqual(problems(tree), [
            `gitops/clusters/staging/s.sops.yaml: is not encrypted to ${address}/v2, which .sops.yaml names; npm run secret -- recipients staging`,
        ]);
        assert.match(
            problems({ ...tree, ...encryptedTo(vault("https://kv-own.vault.azure.net", "sops", "v2")) })[0] ?? "",
            /to AA,/,
        );
    });
});

describe("the encryption of the branch that the tree replaces", () => {
    it("refuses to take a key from the cluster that the branch still needs, and says how to keep both", () => {
        const [problem, ...others] = branchProblems(encryptedTo(pgp("CC")), keys, []);
        assert.match(problem ?? "", /still reads clusters\/staging\/s\.sops\.yaml of the branch, encrypted to CC/);
        assert.match(problem ?? "", /gpg --armor --export-secret-keys CC AA DD \| pulumi config set/);
        assert.match(problem ?? "", /pulumi config set --path 'lostSopsKeys\[0\]' CC/);
        assert.deepEqual(others, []);
    });

    it("does not ask for a key that is lost, nor for that of a canary, nor where another way in is open", () => {
        assert.deepEqual(branchProblems(encryptedTo(pgp("CC")), keys, ["CC"]), []);
        assert.deepEqual(branchProblems(canary(pgp("CC")), keys, []), []);
        assert.deepEqual(branchProblems(encryptedTo(pgp("CC"), own), keys, []), []);
        assert.deepEqual(branchProblems({ "README.md": "x", ...encryptedTo(pgp("AA")) }, keys, []), []);
    });

    it("is told apart where Key Vault alone decrypts", () => {
        assert.match(
            keyVaultAlone(encryptedTo(pgp("CC"), own), keys) ?? "",
            /^Key Vault alone decrypts clusters\/staging\/s\.sops\.yaml: .* does not hold CC$/,
        );
        assert.equal(keyVaultAlone({ ...encryptedTo(pgp("AA"), own), ...canary(own) }, keys), undefined);
    });
});
