import assert from "node:assert/strict";
import { createDecipheriv } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createMessage, decrypt, encrypt, generateKey, readKey, readMessage, readPrivateKey } from "openpgp";
import { parse, parseAllDocuments } from "yaml";
import { ENVIRONMENTS, field, KubernetesObject, list, TREE_ROOT } from "../support/tree";

const rules = list(parse(readFileSync(join(TREE_ROOT, ".sops.yaml"), "utf8")), "creation_rules");
const secrets = secretsIn(TREE_ROOT);
const [sample] = secrets;

describe("Secrets", () => {
    it("are all encrypted, in files called *.sops.yaml, to the recipients in .sops.yaml", () => {
        assert.ok(secrets.length >= ENVIRONMENTS.length, "the tree has secrets to look at");
        assert.deepEqual(secrets.flatMap(faults), []);
    });

    it("are sealed to the key whose public half lies beside the environment's layers", async () => {
        assert.deepEqual((await Promise.all(secrets.map((secret) => wrongSeals(secret)))).flat(), []);
    });

    it("have there the public key that .sops.yaml names, so that anybody can encrypt one more", async () => {
        for (const environment of ENVIRONMENTS) {
            assert.deepEqual(await wrongPublicKey(environment, publicKeyOf(environment)), []);
        }
    });

    it("hold a different key for podinfo's tokens in each environment, where the demonstration key opens them", async function () {
        const { fingerprint } = await demonstrationKey();
        const open = secrets.filter(({ file }) => recipientsOf(file).includes(fingerprint));
        if (open.length === 0) this.skip();
        const keys = await Promise.all(open.map(({ object }) => decryptField(object, "stringData", "jwt-secret")));
        assert.equal(new Set(keys).size, open.length);
        for (const key of keys) assert.ok(key.length >= 32, "a signing key of at least 32 characters");
    });
});

describe("The rules on secrets", () => {
    it("find a secret that nobody encrypted", () => {
        assert.deepEqual(faults(mutant({ sops: undefined, stringData: { "jwt-secret": "plain" } })), [
            "apps/production/podinfo-credentials.sops.yaml: stringData.jwt-secret is not encrypted",
            "apps/production/podinfo-credentials.sops.yaml: is encrypted to nobody, not to the recipients in .sops.yaml",
        ]);
    });

    it("find one value that was added in the clear", () => {
        assert.match(faults(mutant({ data: { password: "cGxhaW4=" } })).join(), /data\.password is not encrypted/);
    });

    it("find a secret encrypted to somebody else", () => {
        const sops = { pgp: [{ fp: "0".repeat(40) }] };
        assert.match(faults(mutant({ sops })).join(), /is encrypted to 0{40}, not to/);
    });

    it("find a secret in a file that sops has no rule for", () => {
        assert.ok(sample);
        assert.equal(faults({ ...sample, file: "apps/base/podinfo/credentials.yaml" }).length, 2);
    });

    it("find a message that another key opens than the one that sops notes beside it", async () => {
        const { publicKey } = await generateKey({ userIDs: [{ name: "stranger" }], format: "object" });
        const message = await createMessage({ text: "key" });
        const enc = (await encrypt({ message, encryptionKeys: publicKey })) as string;
        const [pgp] = list(sample?.object, "sops.pgp");
        const seals = await wrongSeals(mutant({ sops: { pgp: [{ ...(pgp as object), enc }] } }));
        assert.match(seals.join(), /is sealed to key [0-9a-f]{16}, not to [0-9a-f]{16}/);
    });

    it("find a public key that .sops.yaml does not name", async () => {
        const { publicKey } = await generateKey({ userIDs: [{ name: "stranger" }], format: "armored" });
        assert.equal((await wrongPublicKey("staging", publicKey)).length, 1);
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

function faults({ file, object }: SecretFile): string[] {
    const values = ["data", "stringData"].flatMap((part) =>
        Object.entries((object[part] ?? {}) as Record<string, string>)
            .filter(([, value]) => !/^ENC\[AES256_GCM,data:.+,iv:.+,tag:.+,type:\w+\]$/.test(value))
            .map(([key]) => `${part}.${key} is not encrypted`),
    );
    const name = file.endsWith(".sops.yaml") ? [] : ["is not called *.sops.yaml"];
    const given = list(object, "sops.pgp").map((entry) => String(field(entry, "fp")));
    const wanted = recipientsOf(file);
    const isRight = wanted.length > 0 && given.join() === wanted.join();
    const recipients = isRight
        ? []
        : [`is encrypted to ${given.join() || "nobody"}, not to the recipients in .sops.yaml`];
    return [...values, ...name, ...recipients].map((fault) => `${file}: ${fault}`);
}

/** Fingerprints that .sops.yaml names for a file, by its first rule that matches, as sops reads it. */
function recipientsOf(file: string): string[] {
    const rule = rules.find((candidate) => new RegExp(String(field(candidate, "path_regex"))).test(file));
    const pgp = field(rule, "pgp");
    return typeof pgp === "string" ? pgp.split(",").map((fingerprint) => fingerprint.trim()) : [];
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

async function wrongPublicKey(environment: string, armoredKey: string): Promise<string[]> {
    const fingerprint = (await readKey({ armoredKey })).getFingerprint().toUpperCase();
    return recipientsOf(`apps/${environment}/any.sops.yaml`)
        .filter((recipient) => recipient !== fingerprint)
        .map((recipient) => `clusters/${environment}/.sops.pub.asc is ${fingerprint}, .sops.yaml names ${recipient}`);
}

function publicKeyOf(environment: string): string {
    return readFileSync(join(TREE_ROOT, "clusters", environment, ".sops.pub.asc"), "utf8");
}

async function demonstrationKey() {
    const path = resolve(__dirname, "../../sandbox/keys/demonstration.private.asc");
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
