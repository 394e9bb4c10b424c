import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createGitHub, GitHub } from "../../sandbox/github/github";
import { createGitHubProvider } from "../../sandbox/plugins/github/provider";
import { createTlsProvider } from "../../sandbox/plugins/tls/provider";

const repositoryType = "github:index/repository:Repository";
const deployKeyType = "github:index/repositoryDeployKey:RepositoryDeployKey";
const privateKeyType = "tls:index/privateKey:PrivateKey";

interface Answer {
    readonly status: number;
    readonly body: Record<string, unknown>;
}

describe("GitHub of the sandbox", () => {
    let directory: string;
    let github: GitHub;

    beforeEach(async () => {
        directory = mkdtempSync(join(tmpdir(), "landfall-github-"));
        github = await createGitHub({ directory: join(directory, "github"), owner: "acme", token: "right" });
    });

    afterEach(async () => {
        await github.close();
        await rm(directory, { recursive: true });
    });

    async function call(method: string, path: string, body?: object, token: string | null = "right"): Promise<Answer> {
        const answer = await github.api({
            method,
            url: new URL(path, "https://api.github.com"),
            headers: { "user-agent": "test", ...(token !== null && { authorization: `Bearer ${token}` }) },
            body: Buffer.from(body ? JSON.stringify(body) : ""),
        });
        return { status: answer.status, body: (answer.body ?? {}) as Record<string, unknown> };
    }

    async function expectOk(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
        const answer = await call(method, path, body);
        assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
        return answer.body;
    }

    const makeFleet = (): Promise<unknown> =>
        expectOk("POST", "/orgs/acme/repos", { name: "fleet", private: true, auto_init: true });

    async function head(branch = "main"): Promise<string> {
        const { object } = await expectOk("GET", `/repos/acme/fleet/git/ref/heads/${branch}`);
        return (object as { sha: string }).sha;
    }

    /** Commits files through the Git data API without moving a reference. */
    async function commit(parent: string, files: Record<string, string | null>): Promise<string> {
        const tree = Object.entries(files).map(([path, content]) =>
            content === null
                ? { path, mode: "100644", type: "blob", sha: null }
                : { path, mode: "100644", type: "blob", content },
        );
        const made = await expectOk("POST", "/repos/acme/fleet/git/trees", { base_tree: parent, tree });
        const body = { message: "change", tree: made.sha, parents: [parent] };
        return (await expectOk("POST", "/repos/acme/fleet/git/commits", body)).sha as string;
    }

    async function newKey(): Promise<{ readonly file: string; readonly line: string }> {
        const { outputs } = await createTlsProvider().create(privateKeyType, "key", { algorithm: "ED25519" }, 0);
        const file = join(directory, `identity-${String(outputs.publicKeyFingerprintMd5).replaceAll(":", "")}`);
        writeFileSync(file, outputs.privateKeyOpenssh as string, { mode: 0o600 });
        return { file, line: outputs.publicKeyOpenssh as string };
    }

    /** Runs the real git, whose ssh leads to the sandbox instead of github.com and trusts the keys of GET /meta alone. */
    async function git(
        identity: string,
        ...args: string[]
    ): Promise<{ readonly code: number; readonly stderr: string }> {
        const { ssh_keys: keys } = await expectOk("GET", "/meta");
        const knownHosts = join(directory, "known_hosts");
        writeFileSync(knownHosts, (keys as string[]).map((key) => `github.com ${key}\n`).join(""));
        const options = [
            "HostName=127.0.0.1",
            `Port=${github.sshPort}`,
            "HostKeyAlias=github.com",
            "IdentitiesOnly=yes",
        ];
        const all = [...options, `UserKnownHostsFile=${knownHosts}`, "StrictHostKeyChecking=yes", "BatchMode=yes"];
        const ssh = ["ssh", "-F", "/dev/null", "-i", identity, ...all.flatMap((option) => ["-o", option])].join(" ");
        const person = {
            GIT_AUTHOR_NAME: "a",
            GIT_AUTHOR_EMAIL: "a@b",
            GIT_COMMITTER_NAME: "a",
            GIT_COMMITTER_EMAIL: "a@b",
        };
        const child = spawn("git", args, {
            env: { PATH: process.env.PATH, HOME: directory, GIT_SSH_COMMAND: ssh, ...person },
        });
        let stderr = "";
        child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
        const code = await new Promise<number>((resolve) => child.once("close", (exit) => resolve(exit ?? 128)));
        return { code, stderr };
    }

    const register = (line: string, readOnly = true): Promise<Record<string, unknown>> =>
        expectOk("POST", "/repos/acme/fleet/keys", { title: "flux", key: line.trim(), read_only: readOnly });

    describe("credentials", () => {
        it("refuses a wrong token with 401 and hides a private repository from nobody", async () => {
            await makeFleet();
            const wrong = await call("GET", "/repos/acme/fleet", undefined, "wrong");
            assert.deepEqual([wrong.status, wrong.body.message, wrong.body.status], [401, "Bad credentials", "401"]);
            assert.equal((await call("GET", "/repos/acme/fleet", undefined, null)).status, 404);
            assert.equal((await call("GET", "/repos/other/fleet")).status, 404);
        });

        it("gives the host keys of its own ssh server without a token", async () => {
            const { status, body } = await call("GET", "/meta", undefined, null);
            assert.equal(status, 200);
            assert.deepEqual(body.ssh_keys, github.sshKeys);
            assert.deepEqual(Object.keys(body.ssh_key_fingerprints as object), [
                "SHA256_ED25519",
                "SHA256_ECDSA",
                "SHA256_RSA",
            ]);
            assert.equal(statSync(join(directory, "github/host-keys/ssh_host_rsa_key")).mode & 0o777, 0o600);
        });
    });

    describe("repositories", () => {
        it("refuses a name that is taken, in any case of letters", async () => {
            await makeFleet();
            const { status, body } = await call("POST", "/orgs/acme/repos", { name: "Fleet" });
            assert.equal(status, 422);
            assert.match(JSON.stringify(body.errors), /name already exists on this account/);
        });

        it("leads from the old name of a renamed repository to the new one", async () => {
            await makeFleet();
            await expectOk("PATCH", "/repos/acme/fleet", { name: "navy" });
            const moved = await call("GET", "/repos/acme/fleet/git/ref/heads/main");
            assert.equal(moved.status, 301);
            const { pathname } = new URL(moved.body.url as string);
            assert.equal((await call("GET", pathname)).status, 200);
        });

        it("finds everything again after a restart", async () => {
            await makeFleet();
            const before = await head();
            await github.close();
            github = await createGitHub({ directory: join(directory, "github"), owner: "acme", token: "right" });
            assert.equal(await head(), before);
        });

        it("answers 409 to Git data calls on an empty repository", async () => {
            await expectOk("POST", "/orgs/acme/repos", { name: "bare" });
            const { status, body } = await call("POST", "/repos/acme/bare/git/blobs", { content: "x" });
            assert.deepEqual([status, body.message], [409, "Git Repository is empty."]);
        });
    });

    describe("Git data", () => {
        beforeEach(makeFleet);

        it("moves a branch only fast-forward, and never from under somebody else's commit", async () => {
            const start = await head();
            const [mine, theirs] = [
                await commit(start, { "a.txt": "mine" }),
                await commit(start, { "a.txt": "theirs" }),
            ];
            await expectOk("PATCH", "/repos/acme/fleet/git/refs/heads/main", { sha: theirs });
            const { status, body } = await call("PATCH", "/repos/acme/fleet/git/refs/heads/main", { sha: mine });
            assert.deepEqual([status, body.message], [422, "Update is not a fast forward"]);
            assert.equal(await head(), theirs);
        });

        it("lets one of many concurrent updates through", async () => {
            const start = await head();
            const rivals = await Promise.all([1, 2, 3, 4, 5].map((n) => commit(start, { "a.txt": String(n) })));
            const answers = await Promise.all(
                rivals.map((sha) => call("PATCH", "/repos/acme/fleet/git/refs/heads/main", { sha })),
            );
            assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 422, 422, 422, 422]);
        });

        it("adds, keeps and deletes files of the base tree, and turns a file into a folder", async () => {
            const first = await commit(await head(), { "a/b.txt": "1", "c.txt": "2" });
            const second = await commit(first, { "a/b.txt": null, "c.txt/d.txt": "3" });
            const { tree } = await expectOk("GET", `/repos/acme/fleet/git/trees/${second}?recursive=1`);
            const blobs = (tree as { path: string; type: string }[]).filter(({ type }) => type === "blob");
            assert.deepEqual(blobs.map(({ path }) => path).sort(), ["README.md", "c.txt/d.txt"]);
        });

        for (const [title, entry, message] of [
            ["a blob that does not exist", { path: "a", sha: "1".repeat(40) }, /is not a valid blob/],
            ["a path that leaves the tree", { path: "../a", content: "" }, /malformed path component/],
            ["a mode that git does not have", { path: "a", mode: "100600", content: "" }, /100600/],
            ["the deletion of a missing file", { path: "none", sha: null }, /BadObjectState/],
        ] as const) {
            it(`refuses ${title} in a tree`, async () => {
                const body = { base_tree: await head(), tree: [{ mode: "100644", type: "blob", ...entry }] };
                const answer = await call("POST", "/repos/acme/fleet/git/trees", body);
                assert.equal(answer.status, 422);
                assert.match(answer.body.message as string, message);
            });
        }

        it("merges a pull request with a merge commit, and refuses one whose head has moved", async () => {
            const change = await commit(await head(), { "a.txt": "1" });
            await expectOk("POST", "/repos/acme/fleet/git/refs", { ref: "refs/heads/change", sha: change });
            const { number } = await expectOk("POST", "/repos/acme/fleet/pulls", {
                title: "t",
                head: "change",
                base: "main",
            });
            const path = `/repos/acme/fleet/pulls/${String(number)}/merge`;
            assert.equal((await call("PUT", path, { sha: "1".repeat(40) })).status, 409);
            const { sha } = await expectOk("PUT", path, { sha: change });
            const { parents } = await expectOk("GET", `/repos/acme/fleet/git/commits/${String(sha)}`);
            assert.equal((parents as { sha: string }[])[1]?.sha, change);
            assert.equal(await head(), sha);
        });
    });

    describe("protection", () => {
        beforeEach(makeFleet);

        const requirePull = { required_status_checks: null, required_pull_request_reviews: {}, restrictions: null };

        it("refuses a direct update where administrators are bound too, and allows it where they are not", async () => {
            const next = await commit(await head(), { "a.txt": "1" });
            const path = "/repos/acme/fleet/branches/main/protection";
            await expectOk("PUT", path, { ...requirePull, enforce_admins: true });
            const refused = await call("PATCH", "/repos/acme/fleet/git/refs/heads/main", { sha: next });
            assert.deepEqual(
                [refused.status, refused.body.message],
                [422, "Changes must be made through a pull request."],
            );
            assert.equal((await expectOk("GET", "/repos/acme/fleet/branches/main")).protected, true);
            await expectOk("PUT", path, { ...requirePull, enforce_admins: false });
            await expectOk("PATCH", "/repos/acme/fleet/git/refs/heads/main", { sha: next });
        });

        it("enforces an active ruleset on the default branch and lists its rules for the branch", async () => {
            const next = await commit(await head(), { "a.txt": "1" });
            const conditions = { ref_name: { include: ["~DEFAULT_BRANCH"], exclude: [] } };
            await expectOk("POST", "/repos/acme/fleet/rulesets", {
                name: "r",
                enforcement: "active",
                conditions,
                rules: [{ type: "pull_request" }],
            });
            const refused = await call("PATCH", "/repos/acme/fleet/git/refs/heads/main", { sha: next });
            assert.equal(refused.status, 422);
            assert.match(refused.body.message as string, /^Repository rule violations found/);
            const rules = (await expectOk("GET", "/repos/acme/fleet/rules/branches/main")) as unknown as {
                type: string;
            }[];
            assert.deepEqual(
                rules.map(({ type }) => type),
                ["pull_request"],
            );
        });
    });

    describe("git over ssh", () => {
        beforeEach(makeFleet);

        const url = "git@github.com:acme/fleet.git";

        it("clones with the registered key what the Git data API committed", async () => {
            const key = await newKey();
            await register(key.line);
            const next = await commit(await head(), { "clusters/staging/flux.yaml": "kind: Kustomization\n" });
            await expectOk("PATCH", "/repos/acme/fleet/git/refs/heads/main", { sha: next });
            const clone = join(directory, "clone");
            const { code, stderr } = await git(key.file, "clone", "--quiet", url, clone);
            assert.equal(code, 0, stderr);
            assert.equal(readFileSync(join(clone, "clusters/staging/flux.yaml"), "utf8"), "kind: Kustomization\n");
        });

        it("does not let in a key that is not registered, or no longer", async () => {
            const [registered, other] = [await newKey(), await newKey()];
            const { id } = await register(registered.line);
            const strange = await git(other.file, "ls-remote", url);
            assert.match(strange.stderr, /Permission denied \(publickey\)/);
            await expectOk("DELETE", `/repos/acme/fleet/keys/${String(id)}`);
            const revoked = await git(registered.file, "ls-remote", url);
            assert.match(revoked.stderr, /Permission denied \(publickey\)/);
        });

        it("opens no other repository with a key, and says that there is none", async () => {
            await expectOk("POST", "/orgs/acme/repos", { name: "other", auto_init: true });
            const key = await newKey();
            await register(key.line);
            const { code, stderr } = await git(key.file, "ls-remote", "git@github.com:acme/other.git");
            assert.notEqual(code, 0);
            assert.match(stderr, /ERROR: Repository not found\./);
        });

        it("takes a push from a writing key only, and keeps protected branches from it", async () => {
            const [reader, writer] = [await newKey(), await newKey()];
            await register(reader.line);
            await register(writer.line, false);
            const clone = join(directory, "clone");
            assert.equal((await git(reader.file, "clone", "--quiet", url, clone)).code, 0);
            assert.equal(
                (await git(reader.file, "-C", clone, "commit", "--quiet", "--allow-empty", "-m", "images")).code,
                0,
            );
            const refused = await git(reader.file, "-C", clone, "push", "origin", "HEAD:main");
            assert.match(refused.stderr, /marked as read only/);
            assert.equal((await git(writer.file, "-C", clone, "push", "--quiet", "origin", "HEAD:main")).code, 0);
            const protection = {
                required_status_checks: null,
                required_pull_request_reviews: {},
                restrictions: null,
                enforce_admins: false,
            };
            await expectOk("PUT", "/repos/acme/fleet/branches/main/protection", protection);
            await git(writer.file, "-C", clone, "commit", "--quiet", "--allow-empty", "-m", "more");
            const guarded = await git(writer.file, "-C", clone, "push", "origin", "HEAD:main");
            assert.match(guarded.stderr, /GH006: Protected branch update failed for refs\/heads\/main/);
            assert.equal((await git(writer.file, "-C", clone, "push", "--quiet", "origin", "HEAD:images")).code, 0);
        });
    });

    describe("provider plugins", () => {
        const provider = () =>
            createGitHubProvider(async (url, init) => {
                const headers = init.headers as Record<string, string>;
                const answer = await github.api({
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
            const key = { repository: "fleet", title: "flux", key: (await newKey()).line, readOnly: true };
            const deployKey = await plugin.create(deployKeyType, "flux", key, 0);
            assert.match(deployKey.id, /^fleet:\d+$/);
            assert.deepEqual((await plugin.read(repositoryType, "fleet", inputs))?.inputs, inputs);
            assert.deepEqual((await plugin.read(deployKeyType, deployKey.id, key))?.inputs, key);
            await plugin.delete(deployKeyType, deployKey.id, key, deployKey.outputs);
            assert.equal(await plugin.read(deployKeyType, deployKey.id, key), undefined);
        });

        it("see what a person changed, and describe an import in full", async () => {
            const plugin = await configured();
            await plugin.create(repositoryType, "fleet", { name: "fleet", description: "ours" }, 0);
            await expectOk("PATCH", "/repos/acme/fleet", { description: "theirs" });
            const refreshed = await plugin.read(repositoryType, "fleet", { name: "fleet", description: "ours" });
            assert.equal(refreshed?.inputs.description, "theirs");
            const imported = await plugin.read(repositoryType, "fleet", undefined);
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

        it("say which key is in use already, as GitHub does", async () => {
            const plugin = await configured();
            await makeFleet();
            const key = { repository: "fleet", title: "flux", key: (await newKey()).line };
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
                const file = join(directory, "key");
                writeFileSync(file, state.outputs.privateKeyOpenssh as string, { mode: 0o600 });
                const child = spawn("ssh-keygen", ["-y", "-f", file]);
                let shown = "";
                child.stdout.on("data", (chunk: Buffer) => (shown += chunk.toString()));
                await new Promise((resolve) => child.once("close", resolve));
                assert.equal(shown.trim(), (state.outputs.publicKeyOpenssh as string).trim());
                assert.ok((state.outputs.publicKeyOpenssh as string).endsWith("\n"));
                assert.ok(existsSync(file));
            });
        }
    });
});
