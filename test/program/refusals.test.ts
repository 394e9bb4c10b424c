import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { generateKey } from "openpgp";
import { control, type WorldStatus } from "@landfall/sandbox";
import { Checkout, type Run } from "../support/checkout";

const stackFile = "Pulumi.staging.yaml";
const privateKey = "landfall:sopsPgpPrivateKey";
const setPrivateKey = `pulumi config set --stack staging --secret ${privateKey} < private-key.asc`;
const demonstrationKey = fs.readFileSync(
    path.join(__dirname, "../../packages/sandbox/keys/demonstration.private.asc"),
    "utf8",
);

describe("an update that cannot succeed", function () {
    this.timeout(240_000);
    const checkout = new Checkout();
    let untouched: readonly string[];
    let first: Run;
    let second: Run;

    before("starts a sandbox, by a start that is refused, and another one meanwhile", async () => {
        const restore = checkout.edit(stackFile, set("landfall:vnetCird", "10.10.0.0/16"));
        [first, second] = await Promise.all([checkout.start("staging"), whileLocked()]);
        restore();
        untouched = await resources();
        // What the deployer may do on the subscription is there before anything else.
        assert.deepEqual(
            untouched.filter((type) => !/^Microsoft\.Authorization\/role(Assignments|Definitions)$/.test(type)),
            [],
        );
    });

    after(() => checkout.remove());

    const resources = async () => (await control<WorldStatus>(checkout.sandbox, "GET", "/status")).azureResources;

    async function whileLocked(): Promise<Run> {
        while (!fs.existsSync(`${checkout.sandbox}.lock`)) {
            await new Promise((resolve) => setTimeout(resolve, 10));
        }
        return checkout.run("start");
    }

    /** What `npm start` says when it fails. Nothing has changed in Azure or on GitHub then. */
    async function refused(...repositories: string[]): Promise<string> {
        const { code, output, report } = await checkout.start("staging");
        assert.equal(code, 1, output);
        assert.doesNotMatch(output, /^ +at /m, "a stack trace");
        assert.deepEqual(report.git, { commits: 0, files: 0 });
        assert.deepEqual(await resources(), untouched);
        const folder = path.join(checkout.session().fleetRepositories, "landfall-example");
        assert.deepEqual(fs.existsSync(folder) ? fs.readdirSync(folder) : [], repositories);
        return output;
    }

    async function refusedWith(file: string, ...changes: ((text: string) => string)[]): Promise<string> {
        const restore = checkout.edit(file, (text) => changes.reduce((changed, change) => change(changed), text));
        return refused().finally(restore);
    }

    it("names an unknown key, with the nearest one", () => {
        assert.equal(first.code, 1, first.output);
        assert.match(first.output, /landfall:vnetCird: is not a setting; did you mean landfall:vnetCidr\?/);
    });

    it("keeps a second start out while one is at work, and names its process", () => {
        assert.equal(second.code, 1, second.output);
        assert.match(
            second.output,
            /already being started or changed in .* by process \d+; wait for it, or set LANDFALL_SANDBOX/,
        );
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
        const output = await refusedWith("gitops/systems/podinfo/deployment.yaml", malformed);
        assert.match(output, /gitops\/systems\/podinfo\/deployment\.yaml:\d+:\d+: /);
    });

    it("names a missing private key, and how to set it", async () => {
        await checkout.run("pulumi", "config", "rm", privateKey);
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
        const manifest = "gitops/clusters/staging/wrong.yaml";
        let output: string;

        before(async () => {
            const userIDs = [{ name: "somebody else" }];
            await setKey((await generateKey({ userIDs, format: "armored" })).privateKey);
            const restore = checkout.edit(manifest, () =>
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
                /gitops\/clusters\/staging\/podinfo-credentials\.sops\.yaml: encrypted to [0-9A-F]{40}, which neither this stack's key .* nor its Key Vault key .* can decrypt; .*npm run secret -- recipients staging/,
            ],
            [
                "a Secret that is not encrypted",
                /gitops\/clusters\/staging\/wrong\.yaml: Secret \S+ is not encrypted; .*sops encrypt --in-place/,
            ],
            [
                "a variable that nobody produces",
                /gitops\/clusters\/staging\/wrong\.yaml:4: \$\{zone_name\} is not produced by the program; add it to ClusterVars/,
            ],
        ] as const) {
            it(`names ${title}`, () => assert.match(output, line));
        }

        it("shows no Secret", () => assert.doesNotMatch(output, /hunter2|aHVudGVyMg/));
    });

    describe("with a repository that holds something else", () => {
        before(() => {
            github("POST", "/orgs/landfall-example/repos", { name: "fleet", auto_init: true });
            const content = Buffer.from("package main\n").toString("base64");
            github("PUT", "/repos/landfall-example/fleet/contents/main.go", { message: "Add a program", content });
        });

        it("names a file of it, and leaves it alone", async () => {
            const repository = path.join(checkout.session().fleetRepositories, "landfall-example", "fleet.git");
            const references = () => execFileSync("git", ["-C", repository, "show-ref"], { encoding: "utf8" });
            const before = references();
            const output = await refused("fleet.git");
            const what = /landfall-example\/fleet holds unrelated content \(branch main: main\.go\); name an empty/;
            assert.match(output, new RegExp(`landfall:fleetRepository: ${what.source}`));
            assert.equal(references(), before);
        });
    });

    async function setKey(armored: string): Promise<void> {
        const args = ["pulumi", "config", "set", "--secret", privateKey];
        const { code, output } = await checkout.launch(args, { input: armored }).ended;
        assert.equal(code, 0, output);
    }

    /** A request to the sandbox's GitHub by somebody with its token, which stands on no command line. */
    function github(method: string, url: string, body: unknown): void {
        const script = `(async () => {
            const [method, url, body] = process.argv.slice(1);
            const headers = { authorization: "Bearer " + process.env.GITHUB_TOKEN };
            const answer = await fetch("https://api.github.com" + url, { method, headers, body });
            if (!answer.ok) throw new Error(answer.status + " " + (await answer.text()));
        })()`;
        const env = { PATH: process.env.PATH, ...checkout.session().environment };
        execFileSync(process.execPath, ["-e", script, method, url, JSON.stringify(body)], { env });
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
