import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { demonstrationKey, isDemonstrationValue } from "../../components/gitops/encryption/demonstration";
import { SecretTool } from "../support/secret-tool";

const folder = "clusters/staging";
const secrets = ["grafana-admin", "podinfo-credentials", "secret-vars", "webhook-token"];

describe("npm run secret -- initialise", function () {
    this.timeout(120_000);
    let tool: SecretTool;
    let output: string;
    let fingerprint: string;
    let production: string;

    const fileOf = (name: string) => `${folder}/${name}.sops.yaml`;
    const valuesOf = (name: string) => tool.decrypted(fileOf(name));
    const recipients = (name: string) =>
        (parse(tool.read(fileOf(name))) as { sops: { pgp: { fp: string }[] } }).sops.pgp.map(({ fp }) => fp);
    const everything = () =>
        Object.fromEntries(
            fs
                .readdirSync(tool.tree, { recursive: true, withFileTypes: true })
                .filter((entry) => entry.isFile())
                .map((entry) => path.join(entry.parentPath, entry.name))
                .map((file) => [file, fs.readFileSync(file, "utf8")]),
        );

    before("runs with an empty keyring, and a value of one's own beside the demonstration's", () => {
        tool = new SecretTool();
        production = tool.read("clusters/production/grafana-admin.sops.yaml");
        tool.succeeds(
            "of one's own",
            "set",
            "staging",
            "smtp",
            "password",
            "--layer",
            "apps",
            "--namespace",
            "podinfo",
        );
        output = tool.succeeds("", "initialise", "staging");
        fingerprint = /Made the key ([0-9A-F]{40})/.exec(output)?.[1] ?? "";
    });
    after(() => tool.remove());

    it("makes a key in the keyring, tells it, and encrypts everything of the environment to it alone", () => {
        assert.notEqual(fingerprint, demonstrationKey);
        assert.match(tool.gpg("--list-secret-keys", fingerprint), /landfall staging/);
        assert.match(output, new RegExp(`--export-secret-keys ${fingerprint} \\| pulumi config set --stack staging`));
        for (const name of [...secrets, "smtp", "decryption-canary-pgp"]) {
            assert.deepEqual(recipients(name), [fingerprint], name);
        }
        assert.match(tool.succeeds("", "check"), /encrypted/);
    });

    it("gives every value that the repository came with a new one, and leaves names as they are", () => {
        for (const [key, value] of secrets.flatMap((name) => Object.entries(valuesOf(name)))) {
            assert.ok(!isDemonstrationValue(value), key);
            assert.ok(value.length >= 32 || key === "admin-user", key);
        }
        assert.equal(valuesOf("grafana-admin")["admin-user"], "admin");
        assert.notEqual(valuesOf("secret-vars").valkey_password, valuesOf("grafana-admin")["admin-password"]);
    });

    it("keeps a value of one's own, and says that anybody could read it", () => {
        assert.deepEqual(valuesOf("smtp"), { password: "of one's own" });
        assert.match(output, /smtp\.sops\.yaml\. Kept, though anybody could read it: password/);
    });

    it("leaves other environments alone, and shows no value", () => {
        assert.equal(tool.read("clusters/production/grafana-admin.sops.yaml"), production);
        for (const value of secrets.flatMap((name) => Object.values(valuesOf(name)))) {
            assert.ok(value === "admin" || !output.includes(value));
        }
    });

    it("changes nothing when it is run again", () => {
        const before = everything();
        assert.match(
            tool.succeeds("", "initialise", "staging"),
            /staging has a key and values of its own; nothing was/,
        );
        assert.deepEqual(everything(), before);
    });

    it("goes on where it was interrupted, with the same key", () => {
        const demonstration = fs.readFileSync(path.join(__dirname, "../../gitops", fileOf("secret-vars")), "utf8");
        tool.write(fileOf("secret-vars"), demonstration);
        const again = tool.succeeds("", "initialise", "staging");
        assert.doesNotMatch(again, /Made the key/);
        assert.deepEqual(recipients("secret-vars"), [fingerprint]);
        assert.ok(!Object.values(valuesOf("secret-vars")).some(isDemonstrationValue));
    });

    it("gives values a new one that were encrypted again to a key of one's own", () => {
        tool.holdDemonstrationKey();
        tool.adoptKey("production", "own production");
        tool.succeeds("", "recipients", "production");
        const said = tool.succeeds("", "initialise", "production");
        const receivers = tool.decrypted("clusters/production/alert-receivers.sops.yaml");
        assert.equal(receivers.watchdog, "https://alert-receivers.invalid/watchdog");
        assert.match(said, /Another service gives watchdog: npm run secret -- set production alert-receivers watchdog/);
        const values = Object.values(tool.decrypted("clusters/production/webhook-token.sops.yaml"));
        assert.equal(values.length, 1);
        assert.ok(!values.some(isDemonstrationValue));
    });

    it("names the environments that there are", () => {
        const { status, output: refusal } = tool.run("", "initialise", "nowhere");
        assert.equal(status, 1);
        assert.match(refusal, /nowhere does not exist; environments are production, staging/);
    });
});
