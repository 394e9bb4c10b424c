import * as assert from "node:assert/strict";
import * as path from "node:path";
import { generateKey } from "openpgp";
import { loadManifestTree, syntaxProblems } from "../../../components/gitops/manifest-tree";
import { pgpFingerprints, sopsProblems } from "../../../components/gitops/sops-files";

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
    const secret = (sops: string) => ({ "s.sops.yaml": `apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n${sops}` });
    const encryptedTo = (fp: string) => secret(`sops:\n  pgp:\n    - fp: ${fp}\n`);

    it("refuses a Secret that is not encrypted", () => {
        assert.match(sopsProblems(secret(""), ["AA"])[0] ?? "", /gitops\/s\.sops\.yaml: Secret s is not encrypted/);
    });

    it("refuses a file that the stack's key cannot decrypt, and says how to encrypt it anew", () => {
        assert.match(
            sopsProblems(encryptedTo("BB"), ["AA"])[0] ?? "",
            /--add-pgp AA --rm-pgp BB gitops\/s\.sops\.yaml/,
        );
    });

    it("accepts a file that the stack's key decrypts, by its primary key or a subkey", () => {
        assert.deepEqual(sopsProblems(encryptedTo("bb"), ["AA", "BB"]), []);
    });

    it("refuses a key with a passphrase, and a text that is no key, without repeating it", async () => {
        const { privateKey } = await generateKey({ userIDs: [{ name: "t" }], passphrase: "x" });
        await assert.rejects(pgpFingerprints(privateKey), /passphrase/);
        await assert.rejects(pgpFingerprints("hunter2"), (error: Error) => !error.message.includes("hunter2"));
    });
});
