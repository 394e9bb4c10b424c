import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { generateKey } from "openpgp";
import { pgpKeys } from "../../../../components/gitops/encryption/decryption-keys";

describe("the stack's PGP keys", () => {
    const made = async (name: string, passphrase = "") => {
        const { privateKey } = await generateKey({ userIDs: [{ name }], format: "armored", passphrase });
        return privateKey;
    };
    const fingerprints = async (armored: string) => (await pgpKeys(armored)).map(({ fingerprint }) => fingerprint);

    it("are one or several, each with its subkeys, in blocks of their own", async () => {
        const [old, next] = [await made("old"), await made("new")];
        const [first, second] = await pgpKeys(`${old}\n${next}`);
        assert.deepEqual([first?.fingerprint], await fingerprints(old));
        assert.deepEqual([second?.fingerprint], await fingerprints(next));
        assert.match(first?.subkeys[0] ?? "", /^[0-9A-F]{40}$/);
    });

    it("are read from the one block that gpg exports for both", async () => {
        const GNUPGHOME = fs.mkdtempSync(path.join(os.tmpdir(), "lf-k-"));
        const options = { env: { ...process.env, GNUPGHOME }, encoding: "utf8", stdio: "pipe" } as const;
        try {
            for (const input of [await made("old"), await made("new")]) {
                execFileSync("gpg", ["--batch", "--import"], { ...options, input });
            }
            const both = execFileSync("gpg", ["--batch", "--armor", "--export-secret-keys"], options);
            assert.equal(both.match(/BEGIN PGP/g)?.length, 1);
            assert.equal((await fingerprints(both)).length, 2);
        } finally {
            execFileSync("gpgconf", ["--kill", "gpg-agent"], options);
            fs.rmSync(GNUPGHOME, { recursive: true, force: true });
        }
    });

    it("refuses a key with a passphrase, and a text that is no key, without repeating it", async () => {
        await assert.rejects(
            pgpKeys(`${await made("a")}\n${await made("b", "x")}`),
            /key [0-9A-F]{40} has a passphrase/,
        );
        await assert.rejects(pgpKeys("hunter2"), (error: Error) => !error.message.includes("hunter2"));
    });
});
