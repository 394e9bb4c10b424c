import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { overlaps, parseCidr } from "../../components/settings/cidr";
import { check } from "../../tools/tree/check";
import { describeFinding } from "../../tools/tree/finding";
import { renderTree } from "../../tools/tree/render";
import { SecretTool } from "../support/secret-tool";

const repository = path.join(__dirname, "../..");
const stacks = ["staging", "production"];

/** A copy of the repository with a third environment, made as docs/tree.md says. */
describe("npm run tree -- add environment", function () {
    this.timeout(120_000);
    let tool: SecretTool;
    let earlier: ReadonlyMap<string, string>;
    let output: string;

    before(() => {
        tool = new SecretTool();
        stacks.forEach((stack) => copyStack(stack));
        earlier = filesIn(tool.directory);
        tool.gpg("--passphrase", "", "--quick-generate-key", "qa", "default", "default", "never");
        const key = path.join(tool.directory, "g/qa.asc");
        fs.writeFileSync(key, tool.gpg("--armor", "--export", "qa"));
        const result = tool.runTree("add", "environment", "qa", "--pgp-key", key);
        assert.equal(result.status, 0, result.output);
        output = result.output;
    });
    after(() => tool.remove());

    function copyStack(stack: string): void {
        const file = `Pulumi.${stack}.yaml`;
        fs.copyFileSync(path.join(repository, file), path.join(tool.directory, file));
    }

    it("adds one folder, one stack file and rules of .sops.yaml: a file for each layer and each Secret", () => {
        const now = filesIn(tool.directory);
        const changed = [...now].filter(([file, text]) => earlier.get(file) !== text).map(([file]) => file);
        const secrets = changed.filter((file) => file.endsWith(".sops.yaml") && path.basename(file) !== ".sops.yaml");
        const layers = fs.readdirSync(path.join(tool.tree, "clusters/staging"), { withFileTypes: true });
        assert.deepEqual(
            changed.filter((file) => !secrets.includes(file)).sort(),
            [
                "Pulumi.qa.yaml",
                "gitops/.sops.yaml",
                "gitops/clusters/qa/.sops.pub.asc",
                "gitops/clusters/qa/kustomization.yaml",
                ...layers
                    .filter((entry) => entry.isDirectory())
                    .map(({ name }) => `gitops/clusters/qa/${name}/kustomization.yaml`),
            ].sort(),
        );
        const expected = filesIn(path.join(tool.tree, "clusters/staging"));
        assert.equal(secrets.length, [...expected.keys()].filter((file) => file.endsWith(".sops.yaml")).length);
        changed.forEach((file) => assert.ok(output.includes(`  ${file}\n`), `${file} is not in:\n${output}`));
    });

    it("keeps every rule, with each mesh", async () => {
        const tree = await renderTree(tool.tree);
        assert.ok(tree.environments.includes("qa"));
        assert.equal((await check(tree)).map(describeFinding).join("\n"), "");
    });

    it("encrypts its Secrets to its own key alone, with values of their own", () => {
        const file = "clusters/qa/secret-vars.sops.yaml";
        const { sops } = parse(tool.read(file)) as { sops: { pgp: { fp: string }[] } };
        const fingerprint = /^fpr:+([0-9A-F]+):/m.exec(tool.gpg("--with-colons", "--list-keys", "qa"))?.[1];
        assert.deepEqual(
            sops.pgp.map(({ fp }) => fp),
            [fingerprint],
        );
        const values = Object.values(tool.decrypted(file));
        assert.equal(new Set(values).size, values.length);
        values.forEach((value) => assert.ok(value.length >= 40, "32 random bytes"));
    });

    it("takes address ranges that no other stack has, and a domain of its own", () => {
        const config = (stack: string) => {
            const text = fs.readFileSync(path.join(tool.directory, `Pulumi.${stack}.yaml`), "utf8");
            return (parse(text) as { config: Record<string, unknown> }).config;
        };
        const ranges = (stack: string) =>
            ["vnetCidr", "podCidr", "serviceCidr"].map((key) => parseCidr(String(config(stack)[`landfall:${key}`]))!);
        for (const range of ranges("qa")) {
            for (const other of stacks.flatMap(ranges)) {
                assert.ok(!overlaps(range, other), `${range.text} overlaps ${other.text}`);
            }
        }
        assert.equal(config("qa")["landfall:domain"], "qa.landfall.example");
        assert.deepEqual(Object.keys(config("qa")), Object.keys(config("staging")));
    });

    it("refuses a name that exists or is invalid, an unknown model, and what is not a public key", () => {
        const refusals: readonly (readonly [readonly string[], RegExp])[] = [
            [["qa"], /an environment qa cannot be added: gitops\/clusters\/qa exists/],
            [["base"], /an environment base cannot be added: gitops\/clusters\/base exists/],
            [["Q_A"], /Q_A cannot be the name of an environment: write 1 to 40 lower-case letters/],
            [["dev", "--like", "stagin"], /--like stagin does not exist; environments are production, qa, staging/],
            [["dev", "--pgp-key", "package.json"], /--pgp-key package\.json is not an ASCII-armored PGP public key/],
        ];
        for (const [args, message] of refusals) {
            const result = tool.runTree("add", "environment", ...args);
            assert.equal(result.status, 1);
            assert.match(result.output, message);
        }
        assert.ok(!fs.existsSync(path.join(tool.tree, "clusters/dev")));
    });

    it("names the commands for the key and the Secrets, without a key; they complete the environment", async () => {
        const result = tool.runTree("add", "environment", "dev");
        assert.equal(result.status, 0, result.output);
        tool.adoptKey("dev", "dev");
        const commands = [...result.output.matchAll(/^ {2}npm run secret -- (.*)$/gm)].map(([, args = ""]) => args);
        assert.ok(commands.includes("set dev podinfo-credentials jwt-secret --layer apps --namespace podinfo"));
        for (const args of commands) {
            tool.succeeds("a-value-of-at-least-thirty-two-characters", ...args.split(" "));
        }
        const tree = await renderTree(tool.tree);
        assert.equal((await check(tree)).map(describeFinding).join("\n"), "");
    });
});

function filesIn(directory: string): Map<string, string> {
    const files = fs
        .readdirSync(directory, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)))
        .filter((file) => !file.startsWith("g/") && !file.startsWith("node_modules/"));
    return new Map(files.map((file) => [file, fs.readFileSync(path.join(directory, file), "utf8")]));
}
