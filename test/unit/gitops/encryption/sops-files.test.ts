import * as assert from "node:assert/strict";
import { type DecryptionKeys, keyVaultKeyOf } from "../../../../components/gitops/encryption/decryption-keys";
import { branchProblems, keyVaultAlone, sopsProblems } from "../../../../components/gitops/encryption/sops-files";

const fingerprint = (digit: string) => digit.repeat(40);
const [keyA, keyB, keyC, keyD] = ["A", "B", "C", "D"].map(fingerprint) as [string, string, string, string];
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
        { fingerprint: keyA, subkeys: [keyB] },
        { fingerprint: keyD, subkeys: [] },
    ],
    keyVault: { address, exists: true },
};
const problems = (tree: Record<string, string>) => sopsProblems(tree, keys);

describe("the encryption of the tree", () => {
    it("refuses a file that neither of the stack's keys can decrypt, naming it, and says how to encrypt it anew", () => {
        const [problem] = problems(encryptedTo(pgp(keyC), vault("https://kv-other.vault.azure.net")));
        assert.match(
            problem ?? "",
            /^gitops\/clusters\/staging\/s\.sops\.yaml: encrypted to C{40}, https:\/\/kv-other/,
        );
        assert.match(
            problem ?? "",
            /\(landfall:sopsPgpPrivateKey, A{40} and D{40}\).*npm run secret -- recipients staging/,
        );
    });

    it("refuses a file encrypted to another key of the stack's own vault", () => {
        assert.notEqual(problems(encryptedTo(vault("https://kv-own.vault.azure.net", "other"))).length, 0);
    });

    it("accepts a file that one of the PGP keys decrypts, by its primary key or a subkey", () => {
        for (const one of [keyA.toLowerCase(), keyB.toLowerCase(), keyD]) {
            assert.deepEqual(problems(encryptedTo(pgp(one))), []);
        }
    });

    it("accepts a file that the Key Vault key alone decrypts, in any version", () => {
        assert.deepEqual(problems(encryptedTo(vault("https://kv-own.vault.azure.net/", "sops", "v7"))), []);
    });

    it("accepts a file that one of its two keys decrypts", () => {
        assert.deepEqual(problems(encryptedTo(pgp(keyC), own)), []);
        assert.deepEqual(problems(encryptedTo(pgp(keyA), vault("https://kv-other.vault.azure.net"))), []);
    });

    it("says what is lost with both keys, what is not, and the command that makes each value anew", () => {
        const gone = { ...keys, keyVault: { address, exists: false } };
        const tree = {
            ...encryptedTo(pgp(keyC), own),
            ...secret(`sops:\n${pgp(keyA)}`, "clusters/staging/kept.sops.yaml"),
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
        const [problem, ...others] = problems({ ...canary(pgp(keyC)), ...encryptedTo(pgp(keyC), own) });
        assert.match(
            problem ?? "",
            /^gitops\/clusters\/staging\/decryption-canary-pgp\.sops\.yaml: encrypted to C{40}, .* writes it again/,
        );
        assert.deepEqual(others, []);
    });

    it("does not take for lost what it does not understand", () => {
        const age = "  age:\n    - { recipient: age1abc, enc: x }\n";
        const groups = `  shamir_threshold: 2\n  key_groups:\n    - pgp: [{ fp: ${keyC} }]\n    - pgp: [{ fp: ${keyD} }]\n`;
        for (const keys of [pgp("E92A73F93AE73BE8"), pgp("3AE73BE8"), age, age + pgp(keyC), groups, "  mac: x\n"]) {
            assert.doesNotMatch(problems(encryptedTo(keys)).join("\n"), /lost|anew/);
        }
    });

    it("asks for the whole fingerprint where a key is named by its end", () => {
        const [problem] = problems(encryptedTo(pgp("3AE73BE8")));
        assert.match(problem ?? "", /if 3AE73BE8 means one of these keys, write its whole fingerprint of 40 digits/);
    });

    it("knows the stack's key by its long id, with 0x before it and with ! after it", () => {
        for (const written of [keyA.slice(-16), `0x${keyA.slice(-16).toLowerCase()}`, `${keyA}!`, `0x${keyB}!`]) {
            assert.deepEqual(problems(encryptedTo(pgp(`"${written}"`))), [], written);
        }
    });
});

describe("the encryption of the branch that the tree replaces", () => {
    it("refuses to take a key from the cluster that the branch still needs, and says how to keep both", () => {
        const [problem, ...others] = branchProblems(encryptedTo(pgp(keyC)), keys, []);
        assert.match(problem ?? "", /still reads clusters\/staging\/s\.sops\.yaml of the branch, encrypted to C{40}/);
        assert.match(problem ?? "", /gpg --armor --export-secret-keys C{40} A{40} D{40} \| pulumi config set/);
        assert.match(problem ?? "", /pulumi config set --path 'lostSopsKeys\[0\]' C{40}/);
        assert.deepEqual(others, []);
    });

    it("does not ask for a key that is lost, nor for that of a canary, nor where another way in is open", () => {
        assert.deepEqual(branchProblems(encryptedTo(pgp(keyC)), keys, [keyC]), []);
        assert.deepEqual(branchProblems(canary(pgp(keyC)), keys, []), []);
        assert.deepEqual(branchProblems(encryptedTo(pgp(keyC), own), keys, []), []);
        assert.deepEqual(branchProblems({ "README.md": "x", ...encryptedTo(pgp(keyA)) }, keys, []), []);
    });

    it("is told apart where Key Vault alone decrypts", () => {
        assert.match(
            keyVaultAlone(encryptedTo(pgp(keyC), own), keys) ?? "",
            /^Key Vault alone decrypts clusters\/staging\/s\.sops\.yaml: .* does not hold C{40}$/,
        );
        assert.equal(keyVaultAlone({ ...encryptedTo(pgp(keyA), own), ...canary(own) }, keys), undefined);
    });
});
