import * as assert from "node:assert/strict";
import * as path from "node:path";
import { checkTree } from "../../tools/secret/check";
import { SecretTool } from "../support/secret-tool";

const demonstration = "D9422CA59B1CFBE84B84A7A5E92A73F93AE73BE8";

/** Keys that are lost, by people who had never held them. */
describe("npm run secret, with keys that are lost", function () {
    this.timeout(60_000);
    const file = "clusters/staging/podinfo-credentials.sops.yaml";
    let tool: SecretTool;

    before(() => {
        tool = new SecretTool();
    });
    after(() => tool.remove());

    it("names a file that lacks one of the environment's two keys, and the command that encrypts it to both", async () => {
        const key = "https://kv-a.vault.azure.net/keys/sops/0123456789abcdef0123456789abcdef";
        const rules = tool.read(".sops.yaml");
        tool.write(
            ".sops.yaml",
            rules.replace(/(\(\^\|\/\)clusters\/staging\/\[[^]*?pgp: \w+)/, `$1\n    azure_keyvault: ${key}`),
        );
        const problems = (await checkTree(tool.tree)).filter((line) => line.startsWith(`gitops/${file}`));
        assert.deepEqual(problems, [
            `gitops/${file}: is not encrypted to ${key}, which .sops.yaml names; npm run secret -- recipients staging`,
        ]);
        const given = tool.read(file).replace(`fp: ${demonstration}`, `fp: ${"A".repeat(40)}`);
        tool.write(file, given);
        assert.match(tool.run("", "check").output, new RegExp(`${file}: is not encrypted to ${demonstration}`));
        tool.write(file, given.replace("A".repeat(40), demonstration));
        tool.write(".sops.yaml", rules);
    });

    it("says which files nobody here can decrypt, and how each of their values is set again", () => {
        tool.adoptKey("staging", "next");
        const { status, output } = tool.run("", "recipients", "staging");
        assert.equal(status, 1);
        assert.match(output, /Not encrypted to the new keys; every other file is/);
        const anew = "npm run secret -- set staging podinfo-credentials jwt-secret --anew";
        assert.ok(output.includes(`gitops/${file} (jwt-secret): if every key of it is lost, ${anew}`), output);
        assert.doesNotMatch(output, /canary/);
        assert.match(tool.run("x", "set", "staging", "podinfo-credentials", "jwt-secret").output, /--anew/);
    });

    it("does not advise to give values up where sops refuses for another reason than its keys", () => {
        const other = "clusters/production/podinfo-credentials.sops.yaml";
        const before = tool.read(other);
        const holder = new SecretTool();
        try {
            holder.holdDemonstrationKey();
            holder.write(other, before.replace(/lastmodified: "?[^"\n]+"?/, 'lastmodified: "2020-01-01T00:00:00Z"'));
            for (const args of [
                ["set", "production", "podinfo-credentials", "jwt-secret"],
                ["rotate", "production"],
            ]) {
                const { status, output } = holder.run("x", ...args);
                assert.equal(status, 1);
                assert.match(output, /sops (set|rotate) .* failed:[^]*MAC/);
                assert.doesNotMatch(output, /anew|lost/);
            }
        } finally {
            holder.remove();
        }
    });

    it("makes a lost Secret again, to the new key, with its name, type and labels and none of its values", () => {
        const before = tool.read(file);
        const printed = tool.succeeds("again\n", "set", "staging", "podinfo-credentials", "other", "--anew");
        assert.match(printed, /Its other values are gone; set each \(without --anew\): jwt-secret/);
        const head = (text: string) => text.slice(text.indexOf("metadata:"), text.indexOf("stringData:"));
        assert.equal(head(tool.read(file)), head(before));
        tool.succeeds("once more\n", "set", "staging", "podinfo-credentials", "jwt-secret");
        assert.deepEqual(tool.decrypted(file), { other: "again", "jwt-secret": "once more" });
    });

    it("leaves Key Vault out where its key is lost, and the canary with it", () => {
        const key = "https://kv-gone.vault.azure.net/keys/sops/0123456789abcdef0123456789abcdef";
        const overlay = "clusters/staging/canary/kustomization.yaml";
        const listed = "- ../decryption-canary-pgp.sops.yaml";
        const rules = tool.read(".sops.yaml");
        const own = /(\(\^\|\/\)clusters\/staging\/\[[^]*?pgp: \w+)/;
        tool.write(".sops.yaml", rules.replace(own, `$1\n    azure_keyvault: ${key}`));
        tool.write(
            "clusters/staging/decryption-canary-key-vault.sops.yaml",
            tool.read("clusters/staging/decryption-canary-pgp.sops.yaml"),
        );
        tool.write(
            overlay,
            tool.read(overlay).replace(listed, `${listed}\n  - ../decryption-canary-key-vault.sops.yaml`),
        );
        const refused = tool.run("", "recipients", "staging", "--without-key-vault", "--stack", "staging");
        assert.match(refused.output, /give one of them/);
        // Other systems' files of the tree are still encrypted to the demonstration key alone.
        tool.holdDemonstrationKey();
        tool.succeeds("", "recipients", "staging", "--without-key-vault");
        assert.doesNotMatch(tool.read(".sops.yaml"), /kv-gone/);
        assert.doesNotMatch(tool.read(overlay), /key-vault/);
        tool.succeeds("", "rotate", "staging");
        assert.equal(tool.succeeds("", "check").includes("encrypted"), true, path.basename(tool.tree));
    });
});
