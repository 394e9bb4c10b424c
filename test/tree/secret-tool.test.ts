import * as assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { SecretTool } from "../support/secret-tool";

describe("npm run secret", function () {
    this.timeout(60_000);
    const file = "clusters/staging/smtp.sops.yaml";
    let tool: SecretTool;
    let directory: string;

    before(() => {
        tool = new SecretTool();
        directory = tool.directory;
    });
    after(() => tool.remove());

    const secret = (input: string, ...args: string[]) => tool.run(input, ...args);
    const succeeds = (input: string, ...args: string[]) => tool.succeeds(input, ...args);
    const read = (name: string) => tool.read(name);
    const decrypted = () => tool.decrypted(file);
    const recipients = (name: string) =>
        (parse(read(name)) as { sops: { pgp: { fp: string }[] } }).sops.pgp.map(({ fp }) => fp);

    it("makes an encrypted Secret from a value on standard input, with the public key alone", () => {
        succeeds("first value\n", "set", "staging", "smtp", "password", "--layer", "apps", "--namespace", "podinfo");
        assert.match(read(file), /kind: Secret[^]*name: smtp[^]*namespace: podinfo[^]*password: ENC\[/);
        assert.match(read("clusters/staging/apps/kustomization.yaml"), /- \.\.\/smtp\.sops\.yaml/);
        assert.match(read("layers/apps/kustomization.yaml"), /name: smtp \}\n +path: \.\.\/take-secret\.yaml/);
        assert.equal(succeeds("", "check").includes("encrypted"), true);
    });

    it("leaves no plain text in any file", () => {
        const found = spawnSync("grep", ["-rl", "first value", directory], { encoding: "utf8" });
        assert.equal(found.stdout, "");
    });

    it("sets another value of a Secret that exists, for who has the private key, and nobody else", () => {
        assert.match(secret("x", "set", "staging", "smtp", "user").output, /sops set .* failed/);
        tool.holdDemonstrationKey();
        succeeds('two\nlines: "quoted"\n', "set", "staging", "smtp", "user");
        assert.deepEqual(decrypted(), { password: "first value", user: 'two\nlines: "quoted"' });
    });

    it("refuses a layer or environment that does not exist, an empty value, and a new Secret without namespace", () => {
        assert.match(secret("x", "set", "nowhere", "smtp", "user").output, /environments are production, staging/);
        const unknown = secret("x", "set", "staging", "new", "user", "--layer", "app", "--namespace", "podinfo");
        assert.match(unknown.output, /--layer app does not exist; layers are apps, backup/);
        assert.match(secret("x", "set", "staging", "apps/smtp", "user").output, /is not the name of a Secret/);
        assert.match(secret("", "set", "staging", "smtp", "user").output, /the value is empty/);
        assert.match(secret("x", "set", "staging", "new", "user").output, /say its layer and namespace: --layer/);
        assert.equal(secret("", "set", "staging").status, 2);
    });

    it("refuses a variable that would be more than its value in the YAML that Flux writes it into", () => {
        const set = (value: string, key = "valkey_password") => tool.run(value, "set", "staging", "secret-vars", key);
        for (const value of [
            "a: b",
            "a #b",
            "1e5",
            "0123",
            "true",
            "null",
            '"quoted',
            "{a",
            "two\nlines",
            "-",
            "=a b",
        ]) {
            const { status, output } = set(value);
            assert.equal(status, 1, value);
            assert.match(output, /the value of valkey_password would be more than text where Flux substitutes it/);
        }
        assert.match(set("fits", "valkey-password").output, /valkey-password cannot be the name of a variable/);
        for (const value of ["Az09_-.~+/=%", "-1e5a"]) {
            assert.equal(set(value).status, 0, value);
            assert.equal(tool.decrypted("clusters/staging/secret-vars.sops.yaml").valkey_password, value);
        }
    });

    it("moves an environment to a key of its own, the canary included, and leaves the others alone", () => {
        const before = read("clusters/production/podinfo-credentials.sops.yaml");
        const fingerprint = tool.adoptKey("staging", "own");
        const wrong = secret("", "check");
        assert.equal(wrong.status, 1);
        assert.match(wrong.output, /clusters\/staging\/\.sops\.pub\.asc: is \w+, but \.sops\.yaml names D9422CA5/);
        succeeds("", "recipients", "staging");
        assert.deepEqual(recipients(file), [fingerprint]);
        assert.deepEqual(recipients("clusters/staging/decryption-canary-pgp.sops.yaml"), [fingerprint]);
        assert.equal(read("clusters/production/podinfo-credentials.sops.yaml"), before);
        succeeds("", "check");
    });

    it("rotates the data key, after which the Secret reads the same", () => {
        const value = () => /password: (\S+)/.exec(read(file))?.[1];
        const before = value();
        succeeds("", "rotate", "staging");
        assert.notEqual(value(), before);
        assert.equal(decrypted().password, "first value");
    });

    it("check names each file that is wrong, what is wrong, and what to do", () => {
        const plain = path.join(tool.tree, "clusters/staging/plain.yaml");
        fs.writeFileSync(plain, "apiVersion: v1\nkind: Secret\nmetadata: {name: plain}\nstringData: {a: b}\n");
        const { status, output } = secret("", "check");
        assert.equal(status, 1);
        assert.match(
            output,
            /^gitops\/clusters\/staging\/plain\.yaml: Secret plain is not encrypted; .*npm run secret/m,
        );
        fs.rmSync(plain);
    });

    it("keeps an unencrypted Secret out of a commit once the hook is installed, by what is staged", () => {
        const git = (...args: string[]) =>
            spawnSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.org", ...args], {
                cwd: directory,
                env: { ...tool.environment, GIT_CONFIG_GLOBAL: "/dev/null" },
                encoding: "utf8",
            });
        git("init", "--quiet");
        git("config", "core.hooksPath", ".githooks");
        const plain = path.join(tool.tree, "clusters/staging/plain.yaml");
        fs.writeFileSync(plain, "apiVersion: v1\nkind: Secret\nmetadata: {name: plain}\nstringData: {a: b}\n");
        git("add", "gitops");
        fs.rmSync(plain);
        const refused = git("commit", "--message", "one");
        assert.notEqual(refused.status, 0);
        assert.match(refused.stderr, /plain\.yaml: Secret plain is not encrypted/);
        git("add", "gitops");
        const accepted = git("commit", "--message", "two");
        assert.equal(accepted.status, 0, accepted.stderr);
    });
});
