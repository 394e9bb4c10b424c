import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { demonstrationKey } from "../../components/gitops/encryption/demonstration";
import { SecretTool } from "../support/secret-tool";

const repository = path.join(__dirname, "../..");
const subscription = "5ab5c21b-1111-4222-8333-123456789abc";
const tenant = "7e4a47a1-1111-4222-8333-123456789abc";
const account = ["--subscription", subscription, "--tenant", tenant];
const all = [...account, "--github-owner", "acme", "--domain", "k8s.acme.example", "--repository", "acme/platform"];

/** A copy of the repository on a machine where nobody is logged in to Azure or GitHub. */
describe("npm run init", function () {
    this.timeout(120_000);
    let tool: SecretTool;

    beforeEach(() => {
        tool = new SecretTool("init");
        fs.readdirSync(repository)
            .filter((file) => /^Pulumi\..*yaml$/.test(file))
            .forEach((file) => fs.copyFileSync(path.join(repository, file), path.join(tool.directory, file)));
        const programs = path.join(tool.directory, "bin");
        fs.mkdirSync(programs);
        fs.symlinkSync(path.join(process.env.LANDFALL_BINARIES ?? "", "sops"), path.join(programs, "sops"));
        tool.environment.PATH = `${programs}:/usr/bin:/bin`;
        tool.environment.TMPDIR = path.join(tool.directory, "tmp");
        fs.mkdirSync(tool.environment.TMPDIR);
        delete tool.environment.GITHUB_TOKEN;
        delete tool.environment.GITHUB_OWNER;
    });
    afterEach(() => tool.remove());

    const read = (file: string) => fs.readFileSync(path.join(tool.directory, file), "utf8");
    const config = (stack: string) =>
        (parse(read(`Pulumi.${stack}.yaml`)) as { config: Record<string, unknown> }).config;
    /** What a user would commit. */
    const files = () => {
        const tree = fs.readdirSync(tool.tree, { recursive: true, withFileTypes: true });
        const paths = [...tree, ...fs.readdirSync(tool.directory, { withFileTypes: true })]
            .filter((entry) => entry.isFile())
            .map((entry) => path.join(entry.parentPath, entry.name));
        return new Map(paths.map((file) => [file, fs.readFileSync(file, "utf8")]));
    };
    const drafts = () => fs.readdirSync(path.join(tool.directory, "tmp")).filter((name) => name.includes("init"));

    it("writes the answers into the stack's files and nothing else there, with a key and Secrets of one's own", () => {
        const before = read("Pulumi.staging.yaml").split("\n");
        const output = tool.succeeds("", ...all, "--location", "northeurope", "--vnet", "10.77.0.0/16");
        const changed = read("Pulumi.staging.yaml").split("\n");
        assert.deepEqual(
            changed.filter((line, at) => line !== before[at]),
            [
                "  azure-native:location: northeurope",
                "  github:owner: acme",
                "  landfall:vnetCidr: 10.77.0.0/16",
                "  landfall:nodeSubnetCidr: 10.77.0.0/22",
                "  landfall:domain: k8s.acme.example",
                '  landfall:ciRepository: ""',
            ],
        );
        const deploy = read("Pulumi.staging.deploy.yaml");
        for (const line of [`tenantId: ${tenant}`, `subscriptionId: ${subscription}`, "repository: acme/platform"]) {
            assert.ok(deploy.includes(line), deploy);
        }
        assert.match(deploy, /# Replace all three/);
        const [, fingerprint = ""] =
            /--export-secret-keys ([0-9A-F]{40}) \| pulumi config set --stack staging/.exec(output) ?? [];
        assert.notEqual(fingerprint, demonstrationKey);
        assert.match(tool.gpg("--list-secret-keys", fingerprint), /landfall staging/);
        assert.match(
            output,
            /Next, .*\n {2}az account set --subscription 5ab5c21b\S+\n {2}npm run doctor .*\n {2}pulumi stack init staging/,
        );
        assert.match(output, /^ {2}Pulumi\.staging\.yaml$/m);
        assert.equal(tool.decrypted("clusters/staging/grafana-admin.sops.yaml")["admin-user"], "admin");
        assert.deepEqual(drafts(), []);
    });

    it("writes nothing when it is run again, and says what another answer takes the place of", () => {
        tool.succeeds("", ...all);
        const before = files();
        assert.match(tool.succeeds("", ...account), /Everything was so already; nothing was written/);
        assert.deepEqual(files(), before);
        const { output } = tool.run("", ...account, "--domain", "other.example");
        assert.match(output, /Pulumi\.staging\.yaml {2}landfall:domain: k8s\.acme\.example → other\.example/);
        assert.equal(config("staging")["github:owner"], "acme");
        assert.equal(config("staging")["landfall:domain"], "other.example");
    });

    it("names every answer that is missing, as an option, and every one that is wrong, and writes nothing", () => {
        const before = files();
        const { status, output } = tool.run(
            "",
            "--vnet",
            "10.244.0.0/16",
            "--location",
            "west-europe",
            "--tenant",
            "contoso",
        );
        assert.equal(status, 1, output);
        for (const line of [
            /--vnet 10\.244\.0\.0\/16: 10\.244\.0\.0\/16 overlaps 10\.244\.0\.0\/16 of landfall:podCidr; choose a range that is free/,
            /--location west-europe: azure-native:location: names no Azure region/,
            /--tenant contoso: contoso is not an id: az account show/,
            /^Nobody can be asked without a terminal\. Give:$/m,
            /^ {2}--subscription ID {2}Azure subscription \(nobody is logged in to Azure: .*pulumi is not on the PATH/m,
            /^ {2}--github-owner NAME .*GitHub does not say: is not set, nor is GITHUB_TOKEN/m,
            /^ {2}--domain DOMAIN /m,
            /^ {2}--repository OWNER\/NAME .*origin is not on GitHub/m,
            /^Nothing was written\.$/m,
        ]) {
            assert.match(output, line);
        }
        assert.deepEqual(files(), before);
    });

    it("writes nothing when the Secrets cannot be made, which comes last", () => {
        const before = files();
        fs.rmSync(path.join(tool.directory, "bin/sops"));
        const { status, output } = tool.run("", ...all);
        assert.equal(status, 1, output);
        assert.match(output, /sops cannot be started .*install sops 3\.11 or newer/);
        assert.deepEqual(files(), before);
        assert.deepEqual(drafts(), []);
    });

    it("makes a stack that does not exist, with an environment, ranges and a deployment of its own", () => {
        const output = tool.succeeds("", "--stack", "qa", ...all);
        const ranges = ["vnetCidr", "podCidr", "serviceCidr"].map((key) => config("qa")[`landfall:${key}`]);
        assert.deepEqual(ranges, ["10.30.0.0/16", "10.246.0.0/16", "172.22.0.0/16"]);
        assert.match(read("Pulumi.qa.deploy.yaml"), /^# How Pulumi Deployments runs stack qa\. .*--stack qa\n/);
        assert.ok(output.includes("  gitops/clusters/qa/kustomization.yaml\n"), output);
        const own = /--export-secret-keys ([0-9A-F]{40})/.exec(output)?.[1] ?? "";
        assert.match(tool.gpg("--list-secret-keys", own), /landfall qa/);
        assert.deepEqual(Object.keys(tool.decrypted("clusters/qa/secret-vars.sops.yaml")), ["valkey_password"]);
    });

    it("asks a person, proposes what is known, and asks again after an answer that cannot be", async () => {
        const typed: [prompt: string, text: string][] = [
            ["Azure subscription: ", "mine\r"],
            ["Azure subscription: ", `${subscription}\r`],
            ["Entra tenant of the subscription: ", `${tenant}\r`],
            ["Azure region [westeurope]: ", "\r"],
            ["Address range of the virtual network [10.10.0.0/16]: ", "10.20.0.0/16\r"],
            ["Address range of the virtual network [10.10.0.0/16]: ", "\r"],
            ["owns the fleet repository: ", "acme\r"],
            ["or none: ", "none\r"],
            ["or none [none]: ", "\r"],
            ["which Pulumi Deployments runs: ", "acme/platform\r"],
            ["[Y/n] ", "\r"],
        ];
        const { status, shown } = await tool.atTerminal(answering(typed));
        assert.equal(status, 0, shown);
        assert.match(shown, /mine is not an id/);
        assert.match(shown, /10\.20\.0\.0\/16 overlaps 10\.20\.0\.0\/16 of landfall:vnetCidr of stack production/);
        assert.match(shown, /landfall:domain: staging\.landfall\.example → none/);
        assert.doesNotMatch(shown, /: (\S+) → \1\s/);
        assert.equal(config("staging")["landfall:domain"], "");
        assert.equal(config("staging")["landfall:vnetCidr"], "10.10.0.0/16");
        assert.deepEqual(drafts(), []);
    });

    it("writes nothing when a person gives up, at a question or at the last one", async () => {
        const before = files();
        const first = await tool.atTerminal(answering([["Azure subscription: ", "\u0003"]]));
        assert.equal(first.status, 1, first.shown);
        assert.match(first.shown, /Nothing was written/);
        const last = await tool.atTerminal(
            answering([
                ["or none [none]: ", "\r"],
                ["[Y/n] ", "n\r"],
            ]),
            ...all,
            "--location",
            "westus",
            "--vnet",
            "10.99.0.0/16",
        );
        assert.equal(last.status, 1, last.shown);
        assert.deepEqual(files(), before);
        assert.equal(tool.gpg("--list-secret-keys"), "");
    });
});

/** Types each text once its prompt is the last thing shown. */
function answering(typed: readonly (readonly [prompt: string, text: string])[]) {
    const left = [...typed];
    let seen = 0;
    return (shown: string) => {
        const [next] = left;
        const at = next === undefined ? -1 : shown.indexOf(next[0], seen);
        if (next === undefined || at < 0) {
            return undefined;
        }
        left.shift();
        seen = at + next[0].length;
        return next[1];
    };
}
