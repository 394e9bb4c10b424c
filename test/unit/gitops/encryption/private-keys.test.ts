import * as assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { generateKey } from "openpgp";
import { privateKeyProblems } from "../../../../components/gitops/encryption/private-keys";

describe("private keys in the tree", () => {
    it("are found in a file of any name, with the line and what to do, and are not shown", async () => {
        const pgp = await generateKey({ userIDs: [{ name: "stack" }], format: "armored" });
        const { privateKey } = generateKeyPairSync("ec", {
            namedCurve: "P-256",
            privateKeyEncoding: { type: "pkcs8", format: "pem" },
            publicKeyEncoding: { type: "spki", format: "pem" },
        });
        const age = `# public key: age1abc\n${["AGE", "SECRET", "KEY", "1QQQQQQQQQQQQQQQQQQQQQQQQ"].join("-")}\n`;
        for (const [file, text, line, fix] of [
            ["clusters/staging/.sops.pub.asc", pgp.privateKey, 1, /gpg --armor --export <fingerprint>/],
            ["team.agekey", age, 2, /npm run secret -- set/],
            ["apps/tls.yaml", `data:\n  tls.key: |\n    ${privateKey}`, 3, /npm run secret -- set/],
        ] as const) {
            const [problem = "", ...others] = privateKeyProblems({ [file]: text });
            assert.ok(problem.startsWith(`gitops/${file}:${line}: holds a private key; `), problem);
            assert.match(problem, fix);
            assert.deepEqual(others, []);
            assert.ok(!problem.includes(text.split("\n").at(-3) ?? ""));
        }
        assert.deepEqual(privateKeyProblems({ "clusters/staging/.sops.pub.asc": pgp.publicKey }), []);
    });
});
