import * as assert from "node:assert/strict";
import {
    allOf,
    canaryFile,
    isCanary,
    isSameKey,
    isWholeFingerprint,
    pgpKeyId,
    recipientsIn,
} from "../../../../components/gitops/encryption/sops-recipients";

describe("recipientsIn", () => {
    it("reads the keys of an encrypted object as .sops.yaml writes them", () => {
        const azure = { vault_url: "https://kv.vault.azure.net/", name: "sops", version: "1" };
        const found = recipientsIn({ sops: { pgp: [{ fp: "ab12" }], azure_kv: [azure] } });
        assert.deepEqual(found, { pgp: ["AB12"], keyVault: ["https://kv.vault.azure.net/keys/sops/1"], other: [] });
        assert.deepEqual(allOf(found), ["AB12", "https://kv.vault.azure.net/keys/sops/1"]);
    });

    it("finds none in an object that is not encrypted", () => {
        assert.deepEqual(recipientsIn({ kind: "Secret" }), { pgp: [], keyVault: [], other: [] });
    });
});

describe("the kinds of keys", () => {
    it("are all read, those of key groups too", () => {
        const age = { recipient: "age1abc" };
        const vault = { vault_address: "https://v.example.com/", engine_path: "sops", key_name: "k" };
        const group = { age: [age], kms: [{ arn: "arn:aws:kms:x" }], gcp_kms: [{ resource_id: "projects/p" }] };
        const groups = { key_groups: [group, { hc_vault: [vault], hckms: [{ key_id: "r:1" }] }] };
        assert.deepEqual(recipientsIn({ sops: { age: [age] } }).other, ["age1abc"]);
        const known = ["age1abc", "arn:aws:kms:x", "projects/p", "r:1", "https://v.example.com/v1/sops/keys/k"];
        assert.deepEqual(allOf(recipientsIn({ sops: groups })), known);
    });

    it("are nothing where the metadata is of another shape", () => {
        for (const sops of [true, "text", [], { pgp: {} }, { pgp: ["AB"] }, { azure_kv: null }, { key_groups: [1] }]) {
            assert.doesNotThrow(() => recipientsIn({ sops }), JSON.stringify(sops));
        }
    });
});

describe("names of one key", () => {
    const fingerprint = "D9422CA59B1CFBE84B84A7A5E92A73F93AE73BE8";

    it("are its fingerprint and its long id, however gpg takes them", () => {
        for (const written of [` 0x${fingerprint} `, `${fingerprint}!`, "e92a 73f9 3ae7 3be8", "0xE92A73F93AE73BE8!"]) {
            assert.ok(isSameKey(pgpKeyId(written), fingerprint), written);
        }
        assert.ok(isWholeFingerprint(pgpKeyId(`0x${fingerprint}!`)) && !isWholeFingerprint("E92A73F93AE73BE8"));
    });

    it("are not the short id, which anybody can make a key with, nor another key's", () => {
        assert.equal(isSameKey("3AE73BE8", fingerprint), false);
        assert.equal(isSameKey("E92A73F93AE73BE9", fingerprint), false);
    });

    it("are a Key Vault key's address with its version and without", () => {
        const address = "https://kv.vault.azure.net/keys/sops";
        assert.ok(isSameKey(address, `${address}/1`) && isSameKey(`${address}/1`.toUpperCase(), `${address}/1`));
        assert.equal(isSameKey(`${address}/1`, `${address}/2`), false);
        assert.equal(isSameKey(address, `${address}2/1`), false);
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
