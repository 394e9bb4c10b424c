import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { generateKey } from "openpgp";
import { GitHubDeployer, organization } from "../../tools/drill/github-deployer";
import { useCheckout } from "../support/checkout";
import { newManifest, podinfoCredentials, podinfoDeployment } from "../support/checkout-tree";
import type { Run } from "../support/command";
import { lock } from "@landfall/sandbox";

const stackFile = "Pulumi.staging.yaml";
const privateKey = "landfall:sopsPgpPrivateKey";
const setPrivateKey = `pulumi config set --stack staging --secret ${privateKey} < private-key.asc`;
const demonstrationKey = fs.readFileSync(
    path.join(__dirname, "../../packages/sandbox/keys/demonstration.private.asc"),
    "utf8",
);

describe("an update that cannot succeed", function () {
    const checkout = useCheckout(this);
    let untouched: readonly string[];
    let unknownKey: Run;

    before("starts a sandbox, by a start that is refused", async () => {
        const restore = checkout.edit(stackFile, set("landfall:vnetCird", "10.10.0.0/16"));
        unknownKey = await checkout.start("staging");
        restore();
        untouched = await checkout.azureResources();
        // What the deployer may do on the subscription is there before anything else.
        assert.deepEqual(
            untouched.filter((type) => !/^Microsoft\.Authorization\/role(Assignments|Definitions)$/.test(type)),
            [],
        );
    });

    /** What `npm start` says when it fails. Nothing has changed in Azure or on GitHub then. */
    async function refused(...repositories: string[]): Promise<string> {
        const { code, output, report } = await checkout.start("staging");
        assert.equal(code, 1, output);
        assert.doesNotMatch(output, /^ +at /m, "a stack trace");
        assert.deepEqual(report.git, { commits: 0, files: 0 });
        assert.deepEqual(await checkout.azureResources(), untouched);
        const folder = path.join(checkout.session().fleetRepositories, organization);
        assert.deepEqual(fs.existsSync(folder) ? fs.readdirSync(folder) : [], repositories);
        return output;
    }

    async function refusedWith(file: string, ...changes: ((text: string) => string)[]): Promise<string> {
        const restore = checkout.edit(file, (text) => changes.reduce((changed, change) => change(changed), text));
        return refused().finally(restore);
    }

    it("names an unknown key, with the nearest one", () => {
        assert.equal(unknownKey.code, 1, unknownKey.output);
        assert.match(unknownKey.output, /landfall:vnetCird: is not a setting; did you mean landfall:vnetCidr\?/);
    });

    it("keeps a second start out while another command is at work, and names its process", async () => {
        const release = lock(checkout.sandbox);
        const { code, output } = await checkout.run("start").finally(release);
        assert.equal(code, 1, output);
        const holder = `by process ${process.pid}; wait for it, or set LANDFALL_SANDBOX`;
        assert.match(output, new RegExp(`already being started or changed in .* ${holder}`));
    });

    describe("lists every wrong setting at once", () => {
        let output: string;

        before(async () => {
            output = await refusedWith(
                stackFile,
                set("landfall:colour", "blue"),
                set("landfall:vnetCidr", "10.10.0.0/33"),
                set("landfall:kubernetesVersion", '"1.30"'),
                remove("github:owner"),
            );
        });

        for (const [title, line] of [
            [
                "an unknown key, with those that there are",
                /landfall:colour: is not a setting; .*the settings are .*vnetCidr/,
            ],
            ["a malformed CIDR", /landfall:vnetCidr: 10\.10\.0\.0\/33 is not a CIDR; write a\.b\.c\.d\/n/],
            ["an unsupported version", /landfall:kubernetesVersion: "1\.30" is not allowed; write 1\.35 or 1\.36/],
            [
                "a missing github:owner",
                /github:owner: names no GitHub user or .*: pulumi config set github:owner <name>/,
            ],
        ] as const) {
            it(`names ${title}`, () => assert.match(output, line));
        }
    });

    it("names a missing setting that has no default", async () => {
        const output = await refusedWith(stackFile, remove("landfall:clusterTier"));
        assert.match(output, /Stack 'staging' is missing configuration value 'clusterTier'/);
    });

    it("names file and line of a malformed manifest", async () => {
        const malformed = (text: string) => text.replace(/^metadata:$/m, "metadata: [\n");
        const output = await refusedWith(podinfoDeployment, malformed);
        assert.match(output, new RegExp(`${podinfoDeployment}:\\d+:\\d+: `));
    });

    it("names a missing private key, and how to set it", async () => {
        await checkout.output("pulumi", "config", "rm", privateKey);
        assert.match(await refused(), new RegExp(`${privateKey}: is not set; set the key .*: ${setPrivateKey}`));
    });

    it("names a private key that the stack file holds in plain text, and does not show it", async () => {
        const lines = demonstrationKey.trim().split("\n");
        const block = lines.map((line) => `    ${line}\n`).join("");
        const output = await refusedWith(stackFile, set(privateKey, `|\n${block}`));
        assert.match(
            output,
            new RegExp(`${privateKey}: is in plain text in ${stackFile}; encrypt it: ${setPrivateKey}`),
        );
        assert.ok(!output.includes(lines[5] ?? ""));
    });

    describe("lists everything at once that is wrong outside of the settings", () => {
        let output: string;

        before(async () => {
            const userIDs = [{ name: "somebody else" }];
            await setKey((await generateKey({ userIDs, format: "armored" })).privateKey);
            const restore = checkout.edit(newManifest, () =>
                [
                    "apiVersion: v1",
                    "kind: Secret",
                    "metadata:",
                    "  name: ${zone_name}",
                    "data:",
                    "  a: aHVudGVyMg==",
                    "",
                ].join("\n"),
            );
            output = await refusedWith(stackFile, set("landfall:registryName", "contoso")).finally(restore);
            await setKey(demonstrationKey);
        });

        for (const [title, line] of [
            [
                "a registry's name that somebody has",
                /landfall:registryName: the registry name contoso cannot be had \(.*\); choose another: pulumi config set/,
            ],
            [
                "a file that is encrypted to another key",
                new RegExp(
                    `gitops/${podinfoCredentials}: encrypted to [0-9A-F]{40}, which neither this stack's key .* nor its Key Vault key .* can decrypt; .*npm run secret -- recipients staging`,
                ),
            ],
            [
                "a Secret that is not encrypted",
                new RegExp(`${newManifest}: Secret \\S+ is not encrypted; .*sops encrypt --in-place`),
            ],
            [
                "a variable that nobody produces",
                new RegExp(
                    `${newManifest}:4: \\$\\{zone_name\\} is not produced by the program; add it to ClusterVars`,
                ),
            ],
        ] as const) {
            it(`names ${title}`, () => assert.match(output, line));
        }

        it("shows no Secret", () => assert.doesNotMatch(output, /hunter2|aHVudGVyMg/));
    });

    describe("with a repository that holds something else", () => {
        before(async () => {
            const github = new GitHubDeployer(() => checkout.session());
            await github.call("POST", `orgs/${organization}/repos`, { name: "fleet-staging", auto_init: true });
            const content = Buffer.from("package main\n").toString("base64");
            const commit = { message: "Add a program", content };
            await github.call("PUT", `repos/${organization}/fleet-staging/contents/main.go`, commit);
        });

        it("names a file of it, and leaves it alone", async () => {
            const repository = path.join(checkout.session().fleetRepositories, organization, "fleet-staging.git");
            const references = () => execFileSync("git", ["-C", repository, "show-ref"], { encoding: "utf8" });
            const before = references();
            const output = await refused("fleet-staging.git");
            const what =
                /landfall-example\/fleet-staging holds unrelated content \(branch main: main\.go\); name an empty/;
            assert.match(output, new RegExp(`landfall:fleetRepository: ${what.source}`));
            assert.equal(references(), before);
        });
    });

    async function setKey(armored: string): Promise<void> {
        const args = ["pulumi", "config", "set", "--secret", privateKey];
        const { code, output } = await checkout.launch(args, { input: armored }).ended;
        assert.equal(code, 0, output);
    }
});

/** Sets a key of a stack file's `config:`. */
function set(key: string, value: string): (text: string) => string {
    return (text) => {
        const line = new RegExp(`^  ${key}:.*\n`, "m");
        return line.test(text) ? text.replace(line, `  ${key}: ${value}\n`) : `${text.trimEnd()}\n  ${key}: ${value}\n`;
    };
}

function remove(key: string): (text: string) => string {
    return (text) => text.replace(new RegExp(`^  ${key}: .*\n`, "m"), "");
}
