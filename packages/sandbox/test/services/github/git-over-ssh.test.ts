import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { GitHubFixture } from "../../support/github";

describe("git over ssh", () => {
    let hub: GitHubFixture;

    beforeEach(async () => {
        hub = new GitHubFixture();
        await hub.start();
    });

    afterEach(() => hub.stop());

    beforeEach(() => hub.makeFleet());

    const url = "git@github.com:acme/fleet.git";

    it("clones with the registered key what the Git data API committed", async () => {
        const key = await hub.newKey();
        await hub.register(key);
        const next = await hub.commit(await hub.head(), { "clusters/staging/flux.yaml": "kind: Kustomization\n" });
        await hub.expectOk("PATCH", "/repos/acme/fleet/git/refs/heads/main", { sha: next });
        const clone = join(hub.directory, "clone");
        const { code, stderr } = await hub.git(key, "clone", "--quiet", url, clone);
        assert.equal(code, 0, stderr);
        assert.equal(readFileSync(join(clone, "clusters/staging/flux.yaml"), "utf8"), "kind: Kustomization\n");
    });

    it("does not let in a key that is not registered, or no longer", async () => {
        const [registered, other] = [await hub.newKey(), await hub.newKey()];
        const { id } = await hub.register(registered);
        const strange = await hub.git(other, "ls-remote", url);
        assert.match(strange.stderr, /Permission denied \(publickey\)/);
        await hub.expectOk("DELETE", `/repos/acme/fleet/keys/${String(id)}`);
        const revoked = await hub.git(registered, "ls-remote", url);
        assert.match(revoked.stderr, /Permission denied \(publickey\)/);
    });

    it("opens no other repository with a key, and says that there is none", async () => {
        await hub.expectOk("POST", "/orgs/acme/repos", { name: "other", auto_init: true });
        const key = await hub.newKey();
        await hub.register(key);
        const { code, stderr } = await hub.git(key, "ls-remote", "git@github.com:acme/other.git");
        assert.notEqual(code, 0);
        assert.match(stderr, /ERROR: Repository not found\./);
    });

    it("takes a push from a writing key only, and keeps protected branches from it", async () => {
        const [reader, writer] = [await hub.newKey(), await hub.newKey()];
        await hub.register(reader);
        await hub.register(writer, false);
        const clone = join(hub.directory, "clone");
        assert.equal((await hub.git(reader, "clone", "--quiet", url, clone)).code, 0);
        assert.equal(
            (await hub.git(reader, "-C", clone, "commit", "--quiet", "--allow-empty", "-m", "images")).code,
            0,
        );
        const refused = await hub.git(reader, "-C", clone, "push", "origin", "HEAD:main");
        assert.match(refused.stderr, /marked as read only/);
        assert.equal((await hub.git(writer, "-C", clone, "push", "--quiet", "origin", "HEAD:main")).code, 0);
        const protection = {
            required_status_checks: null,
            required_pull_request_reviews: {},
            restrictions: null,
            enforce_admins: false,
        };
        await hub.expectOk("PUT", "/repos/acme/fleet/branches/main/protection", protection);
        await hub.git(writer, "-C", clone, "commit", "--quiet", "--allow-empty", "-m", "more");
        const guarded = await hub.git(writer, "-C", clone, "push", "origin", "HEAD:main");
        assert.match(guarded.stderr, /GH006: Protected branch update failed for refs\/heads\/main/);
        assert.equal((await hub.git(writer, "-C", clone, "push", "--quiet", "origin", "HEAD:images")).code, 0);
    });
});
