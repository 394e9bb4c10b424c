import * as assert from "node:assert/strict";
import { encryptionProblems } from "../../../../components/gitops/encryption/encryption-problems";
import { rulesFor, sealedSecret, sealedTo, sealedTree, sealedValue } from "../../../support/sealed-secret";

const fingerprint = "D9422CA59B1CFBE84B84A7A5E92A73F93AE73BE8";
const vaultKey = "https://kv.vault.azure.net/keys/sops/1";
const file = "clusters/staging/s.sops.yaml";
const seal = { pgp: [fingerprint], keyVault: [vaultKey] };
const fix = "npm run secret -- recipients staging";

/** Of a file that is encrypted to what is named, but for these fields of the object. */
const changed = (changes: Readonly<Record<string, unknown>>) =>
    encryptionProblems({ ".sops.yaml": rulesFor(seal), [file]: sealedSecret(seal, changes) });

describe("the encryption of a file", () => {
    it("is in order when it is to all keys that .sops.yaml names and to no others", () => {
        assert.deepEqual(encryptionProblems(sealedTree(seal)), []);
        assert.deepEqual(changed({ stringData: { a: sealedValue, empty: "" } }), []);
    });

    it("leaves no value of the Secret open", () => {
        assert.deepEqual(changed({ stringData: { a: sealedValue, "api-key": "open" }, data: { b: "YQ==" } }), [
            `gitops/${file}: data.b is not encrypted; take it out, and npm run secret -- set it`,
            `gitops/${file}: stringData.api-key is not encrypted; take it out, and npm run secret -- set it`,
        ]);
    });

    it("names a key of whatever kind that .sops.yaml does not name", () => {
        const sops = sealedTo(seal);
        const group = { vault_address: "https://v", engine_path: "s", key_name: "k" };
        for (const [added, key] of [
            [{ age: [{ recipient: "age1abc", enc: "x" }] }, "age1abc"],
            [{ kms: [{ arn: "arn:x" }] }, "arn:x"],
            [{ gcp_kms: [{ resource_id: "projects/p" }] }, "projects/p"],
            [{ hc_vault: [group] }, "https://v/v1/s/keys/k"],
            [{ pgp: [...(sops.pgp ?? []), { fp: "B".repeat(40) }] }, "B".repeat(40)],
        ] as const) {
            assert.deepEqual(changed({ sops: { ...sops, ...added } }), [
                `gitops/${file}: is encrypted to ${key}, which .sops.yaml does not name; ${fix}`,
            ]);
        }
    });

    it("names each key that it lacks", () => {
        assert.deepEqual(changed({ sops: sealedTo({ pgp: [fingerprint] }) }), [
            `gitops/${file}: is not encrypted to ${vaultKey}, which .sops.yaml names; ${fix}`,
        ]);
    });

    it("is to the same key by its long id, and .sops.yaml is asked for the whole fingerprint", () => {
        assert.deepEqual(changed({ sops: sealedTo({ ...seal, pgp: [`0x${fingerprint.slice(-16)}!`] }) }), []);
        const short = { ...seal, pgp: [fingerprint.slice(-16)] };
        const two = { "clusters/staging/t.sops.yaml": sealedSecret(seal) };
        const [problem, ...others] = encryptionProblems({ ...sealedTree(seal), ...two, ".sops.yaml": rulesFor(short) });
        assert.match(problem ?? "", /^gitops\/\.sops\.yaml: E92A73F93AE73BE8 is not a whole fingerprint, .* 40 digits/);
        assert.deepEqual(others, []);
    });

    it("has no key groups, of the file or of .sops.yaml, and says so rather than that it has no keys", () => {
        const groups = [{ pgp: [{ fp: fingerprint }] }, { pgp: [{ fp: "B".repeat(40) }] }];
        const [problem, ...others] = changed({ sops: { mac: sealedValue, shamir_threshold: 2, key_groups: groups } });
        assert.match(problem ?? "", /s\.sops\.yaml: has key groups, .* not supported; .*recipients staging$/);
        assert.deepEqual(others, []);
        const rules = `creation_rules: [{ key_groups: [{ pgp: [${fingerprint}] }, { pgp: [${"B".repeat(40)}] }] }]\n`;
        const [named, ...more] = encryptionProblems({ ...sealedTree(seal), ".sops.yaml": rules });
        assert.match(named ?? "", /^gitops\/\.sops\.yaml: the rule .* has 2 key groups/);
        assert.deepEqual(more, []);
    });
});
