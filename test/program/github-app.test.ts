import * as assert from "node:assert/strict";
import * as path from "node:path";
import { probableCause } from "../../components/gitops/readiness/probable-cause";
import { GitHubDeployer, organization } from "../../tools/drill/github-deployer";
import { useCheckout } from "../support/checkout";
import { keepLayers } from "../support/checkout-tree";
import { Cluster } from "../support/cluster";
import { newAppKey } from "../support/github-app";
import { until } from "../support/until";
import { control } from "@landfall/sandbox";
import type { GitHubAppOptions } from "@landfall/sandbox/testing";

type Installation = Partial<GitHubAppOptions["installation"]>;

const stackFile = "Pulumi.staging.yaml";
const repository = `${organization}/fleet-staging`;

/** A stack without a token and without a deploy key: the program is one App, Flux another that may read alone. */
describe("a stack whose program and Flux are GitHub Apps", function () {
    const checkout = useCheckout(this, { systems: [] });
    const cluster = new Cluster(checkout);
    const keys = { program: newAppKey(), flux: newAppKey() };

    async function install({ program, flux }: { program?: Installation; flux?: Installation } = {}): Promise<void> {
        const permissions = { administration: "write", contents: "write" } as const;
        const apps: GitHubAppOptions[] = [
            { id: "1", publicKey: keys.program.publicKey, installation: { id: "10", permissions, ...program } },
            {
                id: "2",
                publicKey: keys.flux.publicKey,
                installation: {
                    ...{ id: "20", permissions: { contents: "read" }, repositories: ["fleet-staging"] },
                    ...flux,
                },
            },
        ];
        const query = new URLSearchParams({ apps: JSON.stringify(apps) });
        await control(checkout.sandbox, "POST", `/github-apps?${query.toString()}`);
    }

    /** The engine with the settings below, and without the token that a sandbox has in its environment. */
    const pulumi = (command: readonly string[], input?: string) => {
        const file = path.join(checkout.sandbox, "stacks", stackFile);
        const words = ["pulumi", ...command, "--stack=staging", `--config-file=${file}`];
        return checkout.launch(["exec", "env", "--unset=GITHUB_TOKEN", ...words], { input: input ?? "" }).ended;
    };
    const up = () => pulumi(["up", "--yes", "--skip-preview"]);

    async function set(key: string, value: string, ...options: string[]): Promise<void> {
        const { code, output } = await pulumi(["config", "set", ...options, key], value);
        assert.equal(code, 0, output);
    }

    it("is refused while a key stands in its settings as it is", async () => {
        keepLayers(checkout, ["canary"]);
        const pem = JSON.stringify(keys.program.privateKey);
        const restore = checkout.edit(stackFile, (text) =>
            `${text}  github:appAuth: { id: "1", installationId: "10", pemFile: ${pem} }\n`.replace(
                "imageAutomation: true",
                "imageAutomation: false",
            ),
        );
        const { code, output } = await checkout.start("staging");
        restore();
        assert.notEqual(code, 0, output);
        assert.match(output, /github:appAuth.*: is in plain text/);
    });

    it("is made, committed and read without token and deploy key", async () => {
        checkout.edit(stackFile, (text) => text.replace("imageAutomation: true", "imageAutomation: false"));
        // Writes the settings into the sandbox's copy, to which the Apps are added.
        await checkout.output("pulumi", "stack", "ls");
        await set("github:appAuth.id", "1", "--path");
        await set("github:appAuth.installationId", "10", "--path");
        await set("github:appAuth.pemFile", keys.program.privateKey, "--path", "--secret");
        await set("landfall:fluxAppId", "2");
        await set("landfall:fluxAppInstallationId", "20");
        await set("landfall:fluxAppPrivateKey", keys.flux.privateKey, "--secret");
        const owner = new GitHubDeployer(() => checkout.session());
        await owner.call("POST", `orgs/${organization}/repos`, { name: "fleet-staging", private: true });
        await install();
        const { code, output } = await up();
        assert.equal(code, 0, output);
        assert.deepEqual(await owner.call("GET", `repos/${repository}/keys`), []);
        const source = await cluster.get<Source>({ kind: "gitrepository", name: "flux-system" });
        assert.deepEqual([source.spec.provider, source.spec.url], ["github", `https://github.com/${repository}.git`]);
        const commit = await checkout.output("git", "rev-parse");
        assert.ok(source.status.artifact.revision.endsWith(commit), source.status.artifact.revision);
    });

    it("says that Flux's App is suspended, in a preview and in the cluster", async () => {
        await install({ flux: { suspended: true } });
        const preview = await pulumi(["preview"]);
        assert.notEqual(preview.code, 0, preview.output);
        assert.match(preview.output, /landfall:fluxAppInstallationId: the installation is suspended; have an owner/);
        await cluster.kubectl("rollout", "restart", "deployment/source-controller", "-n", "flux-system");
        const message = await until(
            "Flux to miss its repository",
            () => cluster.message({ kind: "gitrepository", name: "flux-system" }, "Ready", "False"),
            (text) => text !== "",
        );
        assert.match(probableCause(message) ?? "", /GitHub gives Flux's App \(landfall:fluxAppId\) no token/, message);
    });

    for (const [title, installation, message] of [
        ["is suspended", { suspended: true }, /github:appAuth\.installationId: the installation is suspended; have/],
        ["was removed", { id: "11" }, /github:appAuth\.installationId: the App has no such installation; its address/],
        [
            "may not push",
            { permissions: { administration: "write", contents: "read" } },
            /github:appAuth: the App may not push to \S+; grant its installation Contents: read and write/,
        ],
    ] as const) {
        it(`says that the program's App ${title}, and changes nothing`, async () => {
            await install({ program: installation });
            const before = await checkout.output("git", "rev-parse");
            const { code, output } = await up();
            assert.notEqual(code, 0, output);
            assert.match(output, message);
            assert.equal(await checkout.output("git", "rev-parse"), before);
        });
    }

    it("goes on once both Apps are as they were", async () => {
        await install();
        const before = await checkout.output("git", "rev-parse");
        checkout.edit("gitops/layers/canary/kustomization.yaml", (text) => `${text}# changed\n`);
        const { code, output } = await up();
        assert.equal(code, 0, output);
        assert.notEqual(await checkout.output("git", "rev-parse"), before);
    });
});

interface Source {
    readonly spec: { readonly provider: string; readonly url: string };
    readonly status: { readonly artifact: { readonly revision: string } };
}
