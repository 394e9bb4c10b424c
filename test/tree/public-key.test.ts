import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { generateKey, readKey, revokeKey } from "openpgp";
import { checkTree } from "../../tools/secret/check";
import { updateRecipients } from "../../tools/secret/recipients";

const user = { userIDs: [{ name: "stack" }], format: "armored" as const };
const rules = "creation_rules: []\n";

describe("the public key of an environment", () => {
    let tree: string;
    const file = () => path.join(tree, "clusters/staging/.sops.pub.asc");

    beforeEach(() => {
        tree = fs.mkdtempSync(path.join(os.tmpdir(), "public-key-"));
        fs.mkdirSync(path.join(tree, "clusters/staging"), { recursive: true });
        fs.writeFileSync(path.join(tree, ".sops.yaml"), rules);
    });

    afterEach(() => fs.rmSync(tree, { recursive: true }));

    /** Why the tool does not take a key, having written nothing. */
    async function refusal(armored: string): Promise<string> {
        fs.writeFileSync(file(), armored);
        const error = await updateRecipients(tree, "staging", "none").then(
            () => assert.fail("the key was taken"),
            (refused: Error) => refused,
        );
        assert.equal(fs.readFileSync(path.join(tree, ".sops.yaml"), "utf8"), rules);
        assert.deepEqual(fs.readdirSync(path.join(tree, "clusters/staging")), [".sops.pub.asc"]);
        return error.message;
    }

    it("is no private key, which the check and the tool say", async () => {
        const { privateKey } = await generateKey(user);
        const reason =
            /^gitops\/clusters\/staging\/\.sops\.pub\.asc: is no PGP public key: it is a private key; .*gpg --armor --export [0-9A-F]{40}/;
        assert.match(await refusal(privateKey), reason);
        const problems = await checkTree(tree);
        assert.ok(problems.some((line) => reason.test(line)));
        assert.match(problems.join("\n"), /\.sops\.pub\.asc:1: holds a private key/);
    });

    it("has not expired", async () => {
        const date = new Date("2020-01-01T00:00:00Z");
        const { publicKey } = await generateKey({ ...user, date, keyExpirationTime: 86_400 });
        assert.match(
            await refusal(publicKey),
            /nothing can be encrypted to the key [0-9A-F]{40}, which expired on 2020-01-02 /,
        );
        assert.deepEqual(await checkTree(tree), [], "what is encrypted to it already still decrypts");
    });

    it("is not revoked, and does not only sign", async () => {
        const { publicKey, privateKey, revocationCertificate } = await generateKey(user);
        assert.ok(privateKey);
        const key = await readKey({ armoredKey: publicKey });
        const revoked = await revokeKey({ key, revocationCertificate, format: "armored" });
        assert.match(await refusal(revoked.publicKey), /which is revoked; make a new one/);
        const signing = await generateKey({ ...user, subkeys: [{ sign: true }] });
        assert.match(
            await refusal(signing.publicKey),
            /which has no part that encrypts now .*gpg --quick-generate-key/,
        );
    });

    it("is a key at all", async () => {
        assert.match(await refusal("hunter2"), /\.sops\.pub\.asc: is no PGP public key: /);
    });
});
