import * as assert from "node:assert/strict";
import { generateKey } from "openpgp";
import { checkTree, type TreeCheckArgs } from "../../../components/preflight/tree-check";
import { everyVariable } from "../../support/every-variable";
import { sealedSecret, sealedTree } from "../../support/sealed-secret";

const vault = "https://kv.vault.azure.net";

const inVault = [`${vault}/keys/sops/v1`];

describe("checkTree", () => {
    let own: { readonly armored: string; readonly fingerprint: string };

    before(async () => {
        const { privateKey } = await generateKey({ userIDs: [{ name: "stack" }], format: "object" });
        own = { armored: privateKey.armor(), fingerprint: privateKey.getFingerprint().toUpperCase() };
    });

    const check = (over: Partial<TreeCheckArgs> = {}) =>
        checkTree({
            files: everyVariable,
            replaced: {},
            sopsPgpPrivateKey: own.armored,
            lostSopsKeys: [],
            keyVault: { address: `${vault}/keys/sops`, exists: true },
            environment: "staging",
            isDemonstration: false,
            ...over,
        });

    it("finds nothing wrong with a tree that the stack decrypts, and names its key", async () => {
        const files = { ...everyVariable, ...sealedTree({ pgp: [own.fingerprint] }) };
        assert.deepEqual(await check({ files }), { problems: [], warnings: [], sopsFingerprints: [own.fingerprint] });
    });

    it("says nothing but the syntax of a tree that is not YAML", async () => {
        const { problems } = await check({ files: { "a.yaml": "a: [\n" }, sopsPgpPrivateKey: "no key" });
        assert.equal(problems.length, 1);
        assert.match(problems[0] ?? "", /^gitops\/a\.yaml:\d+:\d+: /);
    });

    it("names a key that is not one, beside the variables, and does not show it", async () => {
        const { problems, sopsFingerprints } = await check({ files: {}, sopsPgpPrivateKey: "hunter2" });
        assert.match(problems.at(-1) ?? "", /^landfall:sopsPgpPrivateKey: not an ASCII-armored PGP private key/);
        assert.ok(problems.length > 1, "the variables that nothing uses");
        assert.doesNotMatch(problems.join(), /hunter2/);
        assert.deepEqual(sopsFingerprints, []);
    });

    it("warns of what Key Vault alone decrypts, in the tree and on the branch", async () => {
        const file = sealedTree({ pgp: ["A".repeat(40)], keyVault: inVault });
        const { problems, warnings } = await check({ files: { ...everyVariable, ...file }, replaced: file });
        assert.match(warnings[0] ?? "", /^the tree: Key Vault alone decrypts clusters\/staging\/s\.sops\.yaml/);
        assert.match(warnings[1] ?? "", /^the branch, until this tree is applied: Key Vault alone/);
        assert.deepEqual(problems, []);
    });

    it("refuses to take a key away that the branch still needs, unless it is lost", async () => {
        const other = "B".repeat(40);
        const replaced = { "clusters/staging/s.sops.yaml": sealedSecret({ pgp: [other] }) };
        assert.match(
            (await check({ replaced })).problems[0] ?? "",
            /^landfall:sopsPgpPrivateKey: the cluster still reads/,
        );
        assert.deepEqual((await check({ replaced, lostSopsKeys: [other] })).problems, []);
    });

    it("refuses what nobody encrypted, beside what the stack cannot decrypt", async () => {
        const other = "B".repeat(40);
        const plain = "apiVersion: v1\nkind: Secret\nmetadata: { name: s }\nstringData: { a: open }\n";
        const files = { ...everyVariable, ...sealedTree({ pgp: [other] }), "apps/plain.yaml": plain };
        const { problems } = await check({ files });
        assert.match(problems[0] ?? "", /^gitops\/apps\/plain\.yaml: Secret s is not encrypted/);
        assert.match(problems[1] ?? "", /^gitops\/clusters\/staging\/s\.sops\.yaml: encrypted to B{40}, which neither/);
    });

    it("names what the environment's build would not find", async () => {
        const files = { ...everyVariable, "clusters/staging/kustomization.yaml": "resources: [gone.yaml]\n" };
        const { problems } = await check({ files });
        assert.match(
            problems.join(),
            /^gitops\/clusters\/staging\/kustomization\.yaml:1: resources names \S+gone\.yaml/,
        );
    });

    it("names what Flux would not fetch", async () => {
        const generator = "configMapGenerator: [{ name: logo, files: [logo.png] }]\n";
        const files = { ...everyVariable, "apps/kustomization.yaml": generator, "apps/logo.png": "" };
        const { problems } = await check({ files });
        assert.match(problems.join("\n"), /^gitops\/apps\/kustomization\.yaml:1: names apps\/logo\.png, which Flux/);
    });
});
