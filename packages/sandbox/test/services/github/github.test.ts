import * as assert from "node:assert/strict";
import { statSync } from "node:fs";
import { join } from "node:path";
import { GitHubFixture } from "../../support/github";

describe("GitHub of the sandbox", () => {
    let hub: GitHubFixture;

    beforeEach(async () => {
        hub = new GitHubFixture();
        await hub.start();
    });

    afterEach(() => hub.stop());

    describe("credentials", () => {
        it("refuses a wrong token with 401, and hides a private repository from whoever has none", async () => {
            await hub.makeFleet();
            const wrong = await hub.call("GET", "/repos/acme/fleet", undefined, "wrong");
            assert.deepEqual([wrong.status, wrong.body.message, wrong.body.status], [401, "Bad credentials", "401"]);
            assert.equal((await hub.call("GET", "/repos/acme/fleet", undefined, null)).status, 404);
            assert.equal((await hub.call("GET", "/repos/other/fleet")).status, 404);
        });

        it("lets a token that reads do nothing else", async () => {
            await hub.makeFleet();
            const ask = (method: string, path: string, body?: object) => hub.call(method, path, body, "reads");
            for (const path of ["", "/branches/main", "/rules/branches/main", "/git/ref/heads/main", "/keys"]) {
                assert.equal((await ask("GET", `/repos/acme/fleet${path}`)).status, 200, path);
            }
            for (const [method, path, needed] of [
                ["POST", "/repos/acme/fleet/git/trees", "contents=write"],
                ["PATCH", "/repos/acme/fleet/git/refs/heads/main", "contents=write"],
                ["POST", "/repos/acme/fleet/keys", "administration=write"],
                ["PATCH", "/repos/acme/fleet", "administration=write"],
                ["DELETE", "/repos/acme/fleet", "administration=write"],
                ["POST", "/repos/acme/fleet/pulls", "pull_requests=write"],
                ["POST", "/orgs/acme/repos", "administration=write"],
            ] as const) {
                const { status, body, headers } = await ask(method, path, {});
                assert.deepEqual(
                    [status, body.message],
                    [403, "Resource not accessible by personal access token"],
                    path,
                );
                assert.equal(headers["x-accepted-github-permissions"], needed);
            }
        });

        it("gives the host keys of its own ssh server without a token", async () => {
            const { status, body } = await hub.call("GET", "/meta", undefined, null);
            assert.equal(status, 200);
            assert.deepEqual(body.ssh_keys, hub.github.sshKeys);
            assert.deepEqual(Object.keys(body.ssh_key_fingerprints as object), [
                "SHA256_ED25519",
                "SHA256_ECDSA",
                "SHA256_RSA",
            ]);
            assert.equal(statSync(join(hub.directory, "github/host-keys/ssh_host_rsa_key")).mode & 0o777, 0o600);
        });
    });

    describe("repositories", () => {
        it("refuses a name that is taken, in any case of letters", async () => {
            await hub.makeFleet();
            const { status, body } = await hub.call("POST", "/orgs/acme/repos", { name: "Fleet" });
            assert.equal(status, 422);
            assert.match(JSON.stringify(body.errors), /name already exists on this account/);
        });

        it("leads from the old name of a renamed repository to the new one", async () => {
            await hub.makeFleet();
            await hub.expectOk("PATCH", "/repos/acme/fleet", { name: "navy" });
            const moved = await hub.call("GET", "/repos/acme/fleet/git/ref/heads/main");
            assert.equal(moved.status, 301);
            const { pathname } = new URL(moved.body.url as string);
            assert.equal((await hub.call("GET", pathname)).status, 200);
        });

        it("finds everything again after a restart", async () => {
            await hub.makeFleet();
            const before = await hub.head();
            await hub.restart();
            assert.equal(await hub.head(), before);
        });

        it("answers 409 to Git data calls on an empty repository", async () => {
            await hub.expectOk("POST", "/orgs/acme/repos", { name: "bare" });
            const { status, body } = await hub.call("POST", "/repos/acme/bare/git/blobs", { content: "x" });
            assert.deepEqual([status, body.message], [409, "Git Repository is empty."]);
        });
    });

    describe("Git data", () => {
        beforeEach(() => hub.makeFleet());

        it("moves a branch only fast-forward, and never from under somebody else's commit", async () => {
            const start = await hub.head();
            const [mine, theirs] = [
                await hub.commit(start, { "a.txt": "mine" }),
                await hub.commit(start, { "a.txt": "theirs" }),
            ];
            await hub.expectOk("PATCH", "/repos/acme/fleet/git/refs/heads/main", { sha: theirs });
            const { status, body } = await hub.call("PATCH", "/repos/acme/fleet/git/refs/heads/main", { sha: mine });
            assert.deepEqual([status, body.message], [422, "Update is not a fast forward"]);
            assert.equal(await hub.head(), theirs);
        });

        it("lets one of many concurrent updates through", async () => {
            const start = await hub.head();
            const rivals = await Promise.all([1, 2, 3, 4, 5].map((n) => hub.commit(start, { "a.txt": String(n) })));
            const answers = await Promise.all(
                rivals.map((sha) => hub.call("PATCH", "/repos/acme/fleet/git/refs/heads/main", { sha })),
            );
            assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 422, 422, 422, 422]);
        });

        it("adds, keeps and deletes files of the base tree, and turns a file into a folder", async () => {
            const first = await hub.commit(await hub.head(), { "a/b.txt": "1", "c.txt": "2" });
            const second = await hub.commit(first, { "a/b.txt": null, "c.txt/d.txt": "3" });
            const { tree } = await hub.expectOk("GET", `/repos/acme/fleet/git/trees/${second}?recursive=1`);
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
                const body = { base_tree: await hub.head(), tree: [{ mode: "100644", type: "blob", ...entry }] };
                const answer = await hub.call("POST", "/repos/acme/fleet/git/trees", body);
                assert.equal(answer.status, 422);
                assert.match(answer.body.message as string, message);
            });
        }

        it("merges a pull request with a merge commit, and refuses one whose head has moved", async () => {
            const change = await hub.commit(await hub.head(), { "a.txt": "1" });
            await hub.expectOk("POST", "/repos/acme/fleet/git/refs", { ref: "refs/heads/change", sha: change });
            const { number } = await hub.expectOk("POST", "/repos/acme/fleet/pulls", {
                title: "t",
                head: "change",
                base: "main",
            });
            const path = `/repos/acme/fleet/pulls/${String(number)}/merge`;
            assert.equal((await hub.call("PUT", path, { sha: "1".repeat(40) })).status, 409);
            const { sha } = await hub.expectOk("PUT", path, { sha: change });
            const { parents } = await hub.expectOk("GET", `/repos/acme/fleet/git/commits/${String(sha)}`);
            assert.equal((parents as { sha: string }[])[1]?.sha, change);
            assert.equal(await hub.head(), sha);
        });
    });

    describe("protection", () => {
        beforeEach(() => hub.makeFleet());

        const requirePull = { required_status_checks: null, required_pull_request_reviews: {}, restrictions: null };

        it("refuses a direct update where administrators are bound too, and allows it where they are not", async () => {
            const next = await hub.commit(await hub.head(), { "a.txt": "1" });
            const path = "/repos/acme/fleet/branches/main/protection";
            await hub.expectOk("PUT", path, { ...requirePull, enforce_admins: true });
            const refused = await hub.call("PATCH", "/repos/acme/fleet/git/refs/heads/main", { sha: next });
            assert.deepEqual(
                [refused.status, refused.body.message],
                [422, "Changes must be made through a pull request."],
            );
            assert.equal((await hub.expectOk("GET", "/repos/acme/fleet/branches/main")).protected, true);
            await hub.expectOk("PUT", path, { ...requirePull, enforce_admins: false });
            await hub.expectOk("PATCH", "/repos/acme/fleet/git/refs/heads/main", { sha: next });
        });

        it("enforces an active ruleset on the default branch and lists its rules for the branch", async () => {
            const next = await hub.commit(await hub.head(), { "a.txt": "1" });
            const conditions = { ref_name: { include: ["~DEFAULT_BRANCH"], exclude: [] } };
            await hub.expectOk("POST", "/repos/acme/fleet/rulesets", {
                name: "r",
                enforcement: "active",
                conditions,
                rules: [{ type: "pull_request" }],
            });
            const refused = await hub.call("PATCH", "/repos/acme/fleet/git/refs/heads/main", { sha: next });
            assert.equal(refused.status, 422);
            assert.match(refused.body.message as string, /^Repository rule violations found/);
            const rules = (await hub.expectOk("GET", "/repos/acme/fleet/rules/branches/main")) as unknown as {
                type: string;
            }[];
            assert.deepEqual(
                rules.map(({ type }) => type),
                ["pull_request"],
            );
        });
    });
});
