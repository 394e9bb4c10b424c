import * as assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createGitHubProvider } from "../../../plugins/github/provider";
import { createTlsProvider } from "../../../plugins/tls/provider";
import { GitHubFixture } from "../../support/github";

const repositoryType = "github:index/repository:Repository";
const deployKeyType = "github:index/repositoryDeployKey:RepositoryDeployKey";
const privateKeyType = "tls:index/privateKey:PrivateKey";

describe("provider plugins of GitHub and tls", () => {
    let hub: GitHubFixture;

    beforeEach(async () => {
        hub = new GitHubFixture();
        await hub.start();
    });

    afterEach(() => hub.stop());

    const provider = () =>
        createGitHubProvider(async (url, init) => {
            const headers = init.headers as Record<string, string>;
            const answer = await hub.github.api({
                method: init.method ?? "GET",
                url: new URL(url),
                headers,
                body: Buffer.from((init.body as string | undefined) ?? ""),
            });
            const { body } = answer;
            const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
            return new Response(text ?? null, { status: answer.status, headers: answer.headers });
        });

    async function configured(): Promise<ReturnType<typeof provider>> {
        const made = provider();
        await made.configure({ owner: "acme", token: "right" });
        return made;
    }

    it("make a repository, its key, and read both back without a difference", async () => {
        const plugin = await configured();
        const inputs = { name: "fleet", visibility: "private", autoInit: true };
        const repository = await plugin.create(repositoryType, "fleet", inputs, 0);
        assert.equal(repository.id, "fleet");
        assert.equal(repository.outputs.sshCloneUrl, "git@github.com:acme/fleet.git");
        assert.equal(repository.outputs.defaultBranch, "main");
        const key = { repository: "fleet", title: "flux", key: (await hub.newKey()).line, readOnly: true };
        const deployKey = await plugin.create(deployKeyType, "flux", key, 0);
        assert.match(deployKey.id, /^fleet:\d+$/);
        assert.deepEqual((await plugin.read(repositoryType, "fleet", inputs, {}))?.inputs, inputs);
        assert.deepEqual((await plugin.read(deployKeyType, deployKey.id, key, {}))?.inputs, key);
        await plugin.delete(deployKeyType, deployKey.id, key, deployKey.outputs, 0);
        assert.equal(await plugin.read(deployKeyType, deployKey.id, key, {}), undefined);
    });

    it("see what a person changed, and describe an import in full", async () => {
        const plugin = await configured();
        await plugin.create(repositoryType, "fleet", { name: "fleet", description: "ours" }, 0);
        await hub.expectOk("PATCH", "/repos/acme/fleet", { description: "theirs" });
        const refreshed = await plugin.read(repositoryType, "fleet", { name: "fleet", description: "ours" }, {});
        assert.equal(refreshed?.inputs.description, "theirs");
        const imported = await plugin.read(repositoryType, "fleet", undefined, {});
        assert.equal(imported?.inputs.visibility, "public");
    });

    it("rename a repository in place and replace a deploy key for any change", async () => {
        const plugin = await configured();
        const renamed = await plugin.diff(repositoryType, "a", { name: "a" }, { name: "b" });
        assert.deepEqual(renamed, { updates: ["name"], replaces: [] });
        const key = { repository: "a", title: "t", key: "ssh-ed25519 AAAA" };
        const replaced = await plugin.diff(deployKeyType, "a:1", key, { ...key, readOnly: false });
        assert.deepEqual(replaced, { updates: [], replaces: ["readOnly"] });
        const commented = await plugin.diff(deployKeyType, "a:1", key, {
            ...key,
            key: "ssh-ed25519 AAAA me@here\n",
        });
        assert.deepEqual(commented, { updates: [], replaces: [] });
    });

    it("refuse unknown inputs, missing ones, and types that they do not know, by name", async () => {
        const plugin = await configured();
        const { failures } = await plugin.check(deployKeyType, "k", undefined, {
            repository: "a",
            title: "t",
            readonly: true,
        });
        assert.deepEqual(
            failures?.map(({ property }) => property),
            ["readonly", "key"],
        );
        await assert.rejects(
            plugin.check("github:index/team:Team", "t", undefined, {}),
            /no stand-in for github:index\/team:Team/,
        );
    });

    it("keep a branch protection that names its repository by node id", async () => {
        const plugin = await configured();
        const repository = await plugin.create(repositoryType, "fleet", { name: "fleet", autoInit: true }, 0);
        const type = "github:index/branchProtection:BranchProtection";
        const inputs = { repositoryId: repository.outputs.nodeId, pattern: "main", enforceAdmins: true };
        const { id, outputs } = await plugin.create(type, "main", inputs, 0);
        assert.deepEqual((await plugin.read(type, id, inputs, {}))?.inputs, inputs);
        await assert.rejects(plugin.create(type, "again", inputs, 0), /Name already protected: main/);
        await plugin.delete(type, id, inputs, outputs, 0);
        await plugin.delete(type, id, inputs, outputs, 0);
    });

    it("say which key is in use already, as GitHub does", async () => {
        const plugin = await configured();
        await hub.makeFleet();
        const key = { repository: "fleet", title: "flux", key: (await hub.newKey()).line };
        await plugin.create(deployKeyType, "one", key, 0);
        await assert.rejects(
            plugin.create(deployKeyType, "two", key, 0),
            /422 Validation Failed .*key is already in use/,
        );
    });

    for (const [algorithm, rest, header] of [
        ["RSA", {}, "BEGIN RSA PRIVATE KEY"],
        ["ECDSA", { ecdsaCurve: "P384" }, "BEGIN EC PRIVATE KEY"],
        ["ED25519", {}, "BEGIN PRIVATE KEY"],
    ] as const) {
        it(`make ${algorithm} keys that ssh-keygen reads, with the private halves secret`, async () => {
            const state = await createTlsProvider().create(privateKeyType, "key", { algorithm, ...rest }, 0);
            assert.match(state.outputs.privateKeyPem as string, new RegExp(header));
            assert.deepEqual(state.secrets, ["privateKeyOpenssh", "privateKeyPem", "privateKeyPemPkcs8"]);
            const file = join(hub.directory, "key");
            writeFileSync(file, state.outputs.privateKeyOpenssh as string, { mode: 0o600 });
            const child = spawn("ssh-keygen", ["-y", "-f", file]);
            let shown = "";
            child.stdout.on("data", (chunk: Buffer) => (shown += chunk.toString()));
            await new Promise((resolve) => child.once("close", resolve));
            assert.equal(shown.trim(), (state.outputs.publicKeyOpenssh as string).trim());
            assert.ok((state.outputs.publicKeyOpenssh as string).endsWith("\n"));
        });
    }
});
