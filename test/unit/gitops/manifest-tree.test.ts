import * as assert from "node:assert/strict";
import * as path from "node:path";
import { generateKey } from "openpgp";
import { loadManifestTree, syntaxProblems } from "../../../components/gitops/manifest-tree";
import { keyVaultKeyOf, pgpFingerprints, sopsProblems } from "../../../components/gitops/sops-files";

const gitops = path.join(__dirname, "../../../gitops");

describe("the tree of a stack", () => {
    it("holds its own environment and nothing of the others", () => {
        const files = Object.keys(loadManifestTree(gitops, "staging"));
        assert.ok(files.some((file) => file.startsWith("clusters/staging/")));
        assert.deepEqual(
            files.filter((file) => file.includes("production")),
            [],
        );
    });

    it("refuses an environment that has no folder, naming those that have one", () => {
        assert.throws(() => loadManifestTree(gitops, "qa"), /landfall:environment: .*production, staging/);
    });

    it("reports broken YAML with file, line and column", () => {
        const [problem] = syntaxProblems({ "apps/x.yaml": "a: 1\nb: [1, 2\nc: 3\n" });
        assert.match(problem ?? "", /^gitops\/apps\/x\.yaml:\d+:\d+: /);
    });
});

describe("the encryption of the tree", () => {
    const secret = (sops: string) => ({
        "apps/staging/s.sops.yaml": `apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n${sops}`,
    });
    const pgp = (fp: string) => `  pgp:\n    - fp: ${fp}\n`;
    const vault = (url: string, name = "sops") =>
        `  azure_kv:\n    - {vault_url: "${url}", name: ${name}, version: v1}\n`;
    const encryptedTo = (...keys: string[]) => secret(`sops:\n${keys.join("")}`);
    const keyVaultKey = keyVaultKeyOf("kv-own");
    const problems = (tree: Record<string, string>) => sopsProblems(tree, { fingerprints: ["AA", "BB"], keyVaultKey });

    it("refuses a Secret that is not encrypted", () => {
        assert.match(problems(secret(""))[0] ?? "", /gitops\/apps\/staging\/s\.sops\.yaml: Secret s is not encrypted/);
    });

    it("refuses a file that neither of the stack's keys can decrypt, naming it, and says how to encrypt it anew", () => {
        const [problem] = problems(encryptedTo(pgp("CC"), vault("https://kv-other.vault.azure.net")));
        assert.match(problem ?? "", /^gitops\/apps\/staging\/s\.sops\.yaml: encrypted to CC, https:\/\/kv-other/);
        assert.match(problem ?? "", /npm run secret -- recipients staging/);
    });

    it("refuses a file encrypted to another key of the stack's own vault", () => {
        assert.equal(problems(encryptedTo(vault("https://kv-own.vault.azure.net", "other"))).length, 1);
    });

    it("accepts a file that the PGP key decrypts, by its primary key or a subkey", () => {
        assert.deepEqual(problems(encryptedTo(pgp("bb"))), []);
    });

    it("accepts a file that the Key Vault key alone decrypts, in any version", () => {
        assert.deepEqual(problems(encryptedTo(vault("https://kv-own.vault.azure.net/"))), []);
    });

    it("accepts a file that one of its two keys decrypts", () => {
        assert.deepEqual(problems(encryptedTo(pgp("CC"), vault("https://kv-own.vault.azure.net"))), []);
        assert.deepEqual(problems(encryptedTo(pgp("AA"), vault("https://kv-other.vault.azure.net"))), []);
    });

    it("refuses a key with a passphrase, and a text that is no key, without repeating it", async () => {
        const { privateKey } = await generateKey({ userIDs: [{ name: "t" }], passphrase: "x" });
        await assert.rejects(pgpFingerprints(privateKey), /passphrase/);
        await assert.rejects(pgpFingerprints("hunter2"), (error: Error) => !error.message.includes("hunter2"));
    });
});
