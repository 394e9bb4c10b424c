import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { generateKey } from "openpgp";
import { parse } from "yaml";
import { type PgpKey, pgpKeys, privateKeys } from "../../../../components/gitops/encryption/decryption-keys";
import {
    demonstrationKey,
    demonstrationProblems,
    demonstrationTenant,
    isDemonstrationValue,
    isPlaceholder,
} from "../../../../components/gitops/encryption/demonstration";
import { isCanary } from "../../../../components/gitops/encryption/sops-recipients";
import { plainValues } from "../../../../components/gitops/encryption/sops-values";
import { environmentsIn, loadManifestTree, type ManifestTree } from "../../../../components/gitops/fleet/manifest-tree";
import { sopsFile } from "../../../support/sops-file";
import { demonstrationTenant as tenantOfSandboxes } from "@landfall/sandbox";

const root = path.join(__dirname, "../../../..");
const gitops = path.join(root, "gitops");
const armored = fs.readFileSync(path.join(root, "packages/sandbox/keys/demonstration.private.asc"), "utf8");

/** A user's name says nothing that anybody must not know. */
const harmless = ["grafana-admin.sops.yaml admin-user"];

describe("the demonstration", () => {
    let own: { readonly privateKey: string; readonly publicKey: string; readonly keys: readonly PgpKey[] };
    const values: { readonly file: string; readonly key: string; readonly value: string }[] = [];

    before("makes a key, and reads every value that the repository comes with", async () => {
        const made = await generateKey({ userIDs: [{ name: "own" }], format: "armored" });
        own = { ...made, keys: await pgpKeys(made.privateKey) };
        const keys = await privateKeys(armored);
        for (const environment of environmentsIn(gitops)) {
            const files = Object.entries(loadManifestTree(gitops, environment));
            for (const [file, text] of files.filter(([name]) => name.endsWith(".sops.yaml") && !isCanary(name))) {
                const plain = (await plainValues(parse(text) as object, keys)) ?? new Map<string, string>();
                plain.forEach((value, key) => values.push({ file: path.basename(file), key, value }));
            }
        }
    });

    const problems = (files: ManifestTree, keys = own.keys, privateKey = own.privateKey) =>
        demonstrationProblems(files, "staging", keys, privateKey);

    it("is known by its key", async () => {
        assert.equal((await pgpKeys(armored))[0]?.fingerprint, demonstrationKey);
        const lines = await problems({}, await pgpKeys(armored), armored);
        assert.match(lines[0] ?? "", /^landfall:sopsPgpPrivateKey: .*npm run secret -- initialise staging$/);
    });

    it("is known by each secret value that the repository comes with, and by no other", () => {
        const secret = values.filter(({ file, key }) => !harmless.includes(`${file} ${key}`));
        assert.ok(secret.length >= 12, `${secret.length} values`);
        assert.deepEqual(
            secret
                .filter(({ value }) => !isDemonstrationValue(value) && !isPlaceholder(value))
                .map(({ file, key }) => `${file} ${key}`),
            [],
        );
        assert.ok(!["", "admin", "yes"].some(isDemonstrationValue));
    });

    it("is found in a tree that is encrypted to its key", async () => {
        const files = Object.fromEntries(
            Object.entries(loadManifestTree(gitops, "staging")).filter(([file]) =>
                file.startsWith("clusters/staging/"),
            ),
        );
        const lines = await problems(files);
        const encrypted = Object.keys(files).filter((file) => file.endsWith(".sops.yaml"));
        assert.equal(lines.length, encrypted.length);
        assert.ok(
            lines.every((line) =>
                /^gitops\/clusters\/staging\/\S+: is encrypted to the demonstration's key/.test(line),
            ),
        );
    });

    for (const part of ["data", "stringData"] as const) {
        it(`is found in ${part} that was encrypted again to a key of one's own, and not shown`, async () => {
            const value = values.find(({ key }) => key === "jwt-secret")?.value ?? "";
            const text = part === "data" ? Buffer.from(value).toString("base64") : value;
            const other = Buffer.from("own").toString("base64");
            const file = await sopsFile({ "jwt-secret": text, other }, own.publicKey, part);
            const lines = await problems({ "clusters/staging/s.sops.yaml": file });
            assert.equal(lines.length, 1);
            assert.match(
                lines[0] ?? "",
                /^gitops\/clusters\/staging\/s\.sops\.yaml: jwt-secret came with the repository/,
            );
            assert.ok(!lines.join().includes(value));
        });
    }

    it("is found in an address that is still to be set", async () => {
        const file = await sopsFile({ watchdog: "https://alert-receivers.invalid/watchdog" }, own.publicKey);
        assert.match(
            (await problems({ "clusters/staging/s.sops.yaml": file })).join(),
            /s\.sops\.yaml: watchdog is an address of nobody's; npm run secret -- set staging \S+ watchdog$/,
        );
        assert.ok(!isPlaceholder("https://hooks.example/invalid/"));
    });

    it("is not found in values of one's own, nor in what only Key Vault decrypts", async () => {
        const stranger = await generateKey({ userIDs: [{ name: "stranger" }], format: "armored" });
        const files = {
            "clusters/staging/own.sops.yaml": await sopsFile({ password: "of one's own" }, own.publicKey),
            "clusters/staging/closed.sops.yaml": await sopsFile({ password: "closed" }, stranger.publicKey),
        };
        assert.deepEqual(await problems(files), []);
    });

    it("has a tenant that Entra cannot have, and that every sandbox has", () => {
        assert.equal(demonstrationTenant, tenantOfSandboxes);
        assert.match(demonstrationTenant, /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    });
});
