import * as assert from "node:assert/strict";
import { createDecipheriv } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createMessage, decrypt, encrypt, generateKey, readKey, readMessage, readPrivateKey } from "openpgp";
import { parseAllDocuments, stringify } from "yaml";
import { encryptionProblems } from "../../components/gitops/encryption/encryption-problems";
import { allOf, recipientsIn } from "../../components/gitops/encryption/sops-recipients";
import { checkTree } from "../../tools/secret/check";
import { recipientsOf } from "../../tools/secret/rules";
import { field, type KubernetesObject, list } from "../../tools/tree/object";
import { environments, treeRoot } from "../support/tree";

const secrets = secretsIn(treeRoot);
const sample = secrets.find(({ file }) => file === "clusters/production/podinfo-credentials.sops.yaml");

describe("Secrets", () => {
    it("are all encrypted, in files called *.sops.yaml, to the recipients in .sops.yaml and nobody else", async () => {
        assert.ok(secrets.length >= environments.length, "the tree has secrets to look at");
        assert.deepEqual(await checkTree(treeRoot), []);
    });

    it("have canaries in each environment, each encrypted to one kind of key alone", () => {
        for (const environment of environments) {
            const { pgp, keyVault } = recipientsOf(treeRoot, `clusters/${environment}/any.sops.yaml`);
            const wanted = [...(pgp.length > 0 ? ["pgp"] : []), ...(keyVault.length > 0 ? ["key-vault"] : [])];
            const canaries = secrets.filter(({ file }) =>
                file.startsWith(`clusters/${environment}/decryption-canary-`),
            );
            assert.deepEqual(
                canaries.map(({ object }) => allOf(recipientsIn(object))),
                wanted.sort().map((kind) => (kind === "pgp" ? pgp : keyVault)),
            );
        }
    });

    it("are sealed to the key whose public half lies beside the environment's layers", async () => {
        // The others take secret variables, and hold nothing of their own.
        const sealed = secrets.filter(({ object }) => "sops" in object);
        assert.ok(sealed.length >= environments.length);
        assert.deepEqual((await Promise.all(sealed.map((secret) => wrongSeals(secret)))).flat(), []);
    });

    it("hold a different key for podinfo's tokens in each environment, where the demonstration key opens them", async function () {
        const { fingerprint } = await demonstrationKey();
        const open = secrets
            .filter(({ file }) => file.endsWith("podinfo-credentials.sops.yaml"))
            .filter(({ object }) => recipientsIn(object).pgp.includes(fingerprint));
        if (open.length === 0) {
            this.skip();
        }
        const keys = await Promise.all(open.map(({ object }) => decryptField(object, "stringData", "jwt-secret")));
        assert.equal(new Set(keys).size, open.length);
        for (const key of keys) {
            assert.ok(key.length >= 32, "a signing key of at least 32 characters");
        }
    });
});

describe("The rules on secrets", () => {
    it("find a secret that nobody encrypted", () => {
        assert.match(
            faults(mutant({ sops: undefined, stringData: { "jwt-secret": "plain" } })),
            /^gitops\/clusters\/production\/podinfo-credentials\.sops\.yaml: Secret podinfo-credentials is not encrypted; /,
        );
    });

    it("find one value that was added in the clear", () => {
        assert.match(faults(mutant({ data: { password: "cGxhaW4=" } })), /data\.password is not encrypted/);
    });

    it("find a secret encrypted to somebody else, and not to whom it should be", () => {
        const found = faults(mutant({ sops: { mac: "ENC[]", pgp: [{ fp: "0".repeat(40) }] } }));
        assert.match(found, /is encrypted to 0{40}, which \.sops\.yaml does not name/);
        assert.match(found, /is not encrypted to [0-9A-F]{40}, which \.sops\.yaml names; npm run secret -- recipients/);
    });

    it("find a secret encrypted to a Key Vault key that .sops.yaml does not name", () => {
        const { sops } = mutant({}).object as { sops?: object };
        const vault = { vault_url: "https://kv.vault.azure.net", name: "sops", version: "1" };
        assert.match(
            faults(mutant({ sops: { ...sops, azure_kv: [vault] } })),
            /is encrypted to https:\/\/kv\.vault\.azure\.net\/keys\/sops\/1, which/,
        );
    });

    it("find a secret in a file that sops has no rule for", () => {
        assert.ok(sample);
        const found = faults({ ...sample, file: "systems/podinfo/credentials.yaml" });
        assert.match(found, /has to be called \*\.sops\.yaml[^]*no rule of \.sops\.yaml matches it/);
    });

    it("find a secret that nobody could tell was changed", () => {
        assert.match(faults(mutant({ sops: { ...(sample?.object.sops as object), mac: undefined } })), /has no MAC/);
    });

    it("find a message that another key opens than the one that sops notes beside it", async () => {
        const { publicKey } = await generateKey({ userIDs: [{ name: "stranger" }], format: "object" });
        const message = await createMessage({ text: "key" });
        const enc = (await encrypt({ message, encryptionKeys: publicKey })) as string;
        const [pgp] = list(sample?.object, "sops.pgp");
        const seals = await wrongSeals(mutant({ sops: { pgp: [{ ...(pgp as object), enc }] } }));
        assert.match(seals.join(), /is sealed to key [0-9a-f]{16}, not to [0-9a-f]{16}/);
    });

    it("find a value that somebody changed after it was encrypted", async () => {
        const { object } = mutant({});
        const sealed = String(field(object, "stringData.jwt-secret")).replace(/tag:[^,]+/, `tag:${"A".repeat(22)}==`);
        await assert.rejects(
            decryptField({ ...object, stringData: { "jwt-secret": sealed } }, "stringData", "jwt-secret"),
        );
    });
});

interface SecretFile {
    file: string;
    object: KubernetesObject;
}

function secretsIn(root: string): SecretFile[] {
    return readdirSync(root, { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".yaml"))
        .flatMap((file) =>
            parseAllDocuments(readFileSync(join(root, file), "utf8")).map((document) => ({
                file,
                object: document.toJS() as KubernetesObject,
            })),
        )
        .filter(({ object }) => object.kind === "Secret")
        .sort((one, other) => one.file.localeCompare(other.file));
}

function faults({ file, object }: SecretFile): string {
    const rules = readFileSync(join(treeRoot, ".sops.yaml"), "utf8");
    return encryptionProblems({ ".sops.yaml": rules, [file]: stringify(object) }).join("\n");
}

async function wrongSeals({ file, object }: SecretFile): Promise<string[]> {
    const [, environment = ""] = file.split("/");
    const key = await readKey({ armoredKey: publicKeyOf(environment) });
    const wanted = (await key.getEncryptionKey()).getKeyID().toHex();
    const messages = list(object, "sops.pgp").map((entry) =>
        readMessage({ armoredMessage: String(field(entry, "enc")) }),
    );
    const given = (await Promise.all(messages)).flatMap((message) => message.getEncryptionKeyIDs());
    return given
        .map((id) => id.toHex())
        .filter((id) => id !== wanted)
        .map((id) => `${file}: is sealed to key ${id}, not to ${wanted}`);
}

function publicKeyOf(environment: string): string {
    return readFileSync(join(treeRoot, "clusters", environment, ".sops.pub.asc"), "utf8");
}

async function demonstrationKey() {
    const path = resolve(__dirname, "../../packages/sandbox/keys/demonstration.private.asc");
    const key = await readPrivateKey({ armoredKey: readFileSync(path, "utf8") });
    return { key, fingerprint: key.getFingerprint().toUpperCase() };
}

/** Decrypts one value as sops does: the data key by PGP, the value by AES-256-GCM with its path as additional data. */
async function decryptField(object: KubernetesObject, part: string, name: string): Promise<string> {
    const { key } = await demonstrationKey();
    const message = await readMessage({ armoredMessage: String(field(list(object, "sops.pgp")[0], "enc")) });
    const opened = (await decrypt({ message, decryptionKeys: key, format: "binary" })) as { data: Uint8Array };
    const sealed = String(field(object[part], name));
    const bytes = (label: string) => Buffer.from(new RegExp(`${label}:([^,\\]]+)`).exec(sealed)?.[1] ?? "", "base64");
    const decipher = createDecipheriv("aes-256-gcm", opened.data, bytes("iv"));
    decipher.setAAD(Buffer.from(`${part}:${name}:`));
    decipher.setAuthTag(bytes("tag"));
    return Buffer.concat([decipher.update(bytes("data")), decipher.final()]).toString("utf8");
}

function mutant(change: Record<string, unknown>): SecretFile {
    assert.ok(sample, "the tree has a secret to change");
    return { file: sample.file, object: { ...sample.object, ...change } };
}
