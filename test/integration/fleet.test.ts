import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { isSuccessor } from "../../components/gitops/fleet/fleet-branch";
import { type FleetPlanArgs, planFleet } from "../../components/gitops/fleet/fleet-plan";
import { githubApi } from "../../components/gitops/fleet/github-api";
import { commitTree } from "../../components/gitops/fleet/manifest-commit";
import { fleetArgs } from "../support/fleet";
import { createGitHub, type GitHub } from "@landfall/sandbox/testing";

const repository = { owner: "acme", name: "fleet" };
const root = "/repos/acme/fleet";
const github = githubApi({ token: "t0ken" });

describe("the tree on its branch", () => {
    let directory: string;
    let hub: GitHub;
    /** Runs before a request reaches GitHub: somebody else who is faster. */
    let meanwhile: ((method: string, url: URL) => Promise<void>) | undefined;
    const realFetch = globalThis.fetch;

    beforeEach(async () => {
        directory = fs.mkdtempSync(path.join(os.tmpdir(), "landfall-fleet-"));
        hub = await createGitHub({ directory, owner: "acme", token: "t0ken" });
        meanwhile = undefined;
        globalThis.fetch = async (input, init) => {
            const url = new URL(input);
            const method = init?.method ?? "GET";
            await meanwhile?.(method, url);
            const headers = init?.headers as Record<string, string>;
            const body = Buffer.from((init?.body as string | undefined) ?? "");
            const answer = await hub.api({ method, url, headers, body });
            const location = answer.headers?.location;
            if (location !== undefined) {
                return globalThis.fetch(location, init);
            }
            const text =
                typeof answer.body === "object" && !Buffer.isBuffer(answer.body)
                    ? JSON.stringify(answer.body)
                    : answer.body;
            return new Response(answer.status === 204 ? null : (text as string), { status: answer.status });
        };
    });

    afterEach(async () => {
        globalThis.fetch = realFetch;
        await hub.close();
        fs.rmSync(directory, { recursive: true });
    });

    const args = (files: Record<string, string>, over: Partial<FleetPlanArgs> = {}): FleetPlanArgs => ({
        ...fleetArgs,
        files,
        ...over,
    });
    const commit = (files: Record<string, string>, over: Partial<FleetPlanArgs> = {}) =>
        commitTree(github, args(files, over), files);
    const createRepository = (changes: object = {}) =>
        github.call("POST", "/orgs/acme/repos", { name: "fleet", private: true, auto_init: true, ...changes });
    const git = (...command: string[]) =>
        execFileSync("git", ["-C", hub.repositoryPath("acme/fleet"), ...command], { encoding: "utf8" }).trim();

    async function somebodyWrites(file: string, content: string): Promise<void> {
        const ref = await github.call<{ object: { sha: string } }>("GET", `${root}/git/ref/heads/staging`);
        const head = await github.call<{ tree: { sha: string } }>("GET", `${root}/git/commits/${ref.object.sha}`);
        const tree = await github.call<{ sha: string }>("POST", `${root}/git/trees`, {
            base_tree: head.tree.sha,
            tree: [{ path: file, mode: "100644", type: "blob", content }],
        });
        const made = await github.call<{ sha: string }>("POST", `${root}/git/commits`, {
            message: "by hand",
            tree: tree.sha,
            parents: [ref.object.sha],
        });
        await github.call("PATCH", `${root}/git/refs/heads/staging`, { sha: made.sha });
    }

    it("is previewed file by file before the repository exists, and nothing is written", async () => {
        const plan = await planFleet(github, args({ "a.yaml": "a: 1\n" }));
        assert.equal(plan.exists, false);
        assert.deepEqual(plan.problems, []);
        assert.deepEqual(
            plan.changes.map(({ path, kind, diff }) => [path, kind, /^\+a: 1$/m.test(diff)]),
            [["a.yaml", "added", true]],
        );
        await assert.rejects(github.call("GET", root), /404/);
    });

    for (const branch of ["staging", "main"]) {
        it(`goes to branch ${branch} of a repository without a commit, and of a new one`, async () => {
            const files = { "README.md": "# What the clusters run\n", "a.yaml": "a: 1\n" };
            for (const [mode, settings] of [
                ["direct", { auto_init: false }],
                ["pullRequest", { auto_init: true }],
            ] as const) {
                await createRepository(settings);
                assert.deepEqual((await planFleet(github, args(files, { branch, mode }))).problems, []);
                const { pullRequestUrl } = await commit(files, { branch, mode });
                assert.equal(pullRequestUrl, "", "there was nothing to review against");
                assert.equal(git("show", `${branch}:README.md`), "# What the clusters run");
                assert.deepEqual((await planFleet(github, args(files, { branch, mode }))).changes, []);
                await github.call("DELETE", root);
            }
        });
    }

    it("does not follow a repository that was renamed, and says where it is", async () => {
        await createRepository();
        await commit({ "a.yaml": "a: 1\n" });
        await github.call("PATCH", root, { name: "navy" });
        const { problems } = await planFleet(github, args({ "a.yaml": "a: 1\n" }));
        assert.match(problems[0] ?? "", /^landfall:fleetRepository: acme\/fleet was renamed to acme\/navy/);
    });

    it("is one commit however many files changed, and none when nothing did", async () => {
        await createRepository();
        await commit({ "a.yaml": "a: 1\n", "b/c.yaml": "c: 1\n" });
        assert.equal(git("rev-list", "--count", "staging"), "1");
        await commit({ "a.yaml": "a: 2\n", "b/c.yaml": "c: 2\n", "d.yaml": "d: 1\n" });
        assert.equal(git("rev-list", "--count", "staging"), "2");
        await commit({ "a.yaml": "a: 2\n", "b/c.yaml": "c: 2\n", "d.yaml": "d: 1\n" });
        assert.equal(git("rev-list", "--count", "staging"), "2");
    });

    it("keeps what somebody changed and the program did not, and says so in no diff", async () => {
        await createRepository();
        await commit({ "a.yaml": "a: 1\n", "b.yaml": "b: 1\n" });
        await somebodyWrites("a.yaml", "a: theirs\n");
        assert.deepEqual((await planFleet(github, args({ "a.yaml": "a: 1\n", "b.yaml": "b: 1\n" }))).changes, []);
        await commit({ "a.yaml": "a: 1\n", "b.yaml": "b: 2\n" });
        assert.equal(git("show", "staging:a.yaml"), "a: theirs");
        assert.equal(git("show", "staging:b.yaml"), "b: 2");
    });

    it("stops at a preview, with the file named, when both sides changed it", async () => {
        await createRepository();
        await commit({ "a.yaml": "a: 1\n" });
        await somebodyWrites("a.yaml", "a: theirs\n");
        const { problems } = await planFleet(github, args({ "a.yaml": "a: ours\n" }));
        assert.match(problems[0] ?? "", /^a\.yaml: changed on the branch .*staging/);
        await assert.rejects(commit({ "a.yaml": "a: ours\n" }), /nothing was committed/);
        assert.equal(git("show", "staging:a.yaml"), "a: theirs");
    });

    it("is committed on the new head when the branch moves meanwhile", async () => {
        await createRepository();
        await commit({ "a.yaml": "a: 1\n" });
        meanwhile = async (method) => {
            if (method === "PATCH") {
                meanwhile = undefined;
                await somebodyWrites("notes.md", "by hand\n");
            }
        };
        await commit({ "a.yaml": "a: 2\n" });
        assert.equal(git("show", "staging:a.yaml"), "a: 2");
        assert.equal(git("show", "staging:notes.md"), "by hand");
        assert.equal(git("rev-list", "--count", "staging"), "3");
    });

    it("is succeeded by what somebody pushes on top of it, and by nothing else", async () => {
        await createRepository();
        const { commit: first } = await commit({ "a.yaml": "a: 1\n" });
        await somebodyWrites("notes.md", "by hand\n");
        const pushed = git("rev-parse", "staging");
        assert.equal(await isSuccessor(github, repository, "staging", first, pushed), true);
        assert.equal(await isSuccessor(github, repository, "staging", pushed, first), false);
        const { commit: second } = await commit({ "a.yaml": "a: 2\n" });
        assert.equal(
            await isSuccessor(github, repository, "staging", first, pushed),
            false,
            "the branch left it behind",
        );
        assert.equal(await isSuccessor(github, repository, "staging", first, second), true);
    });

    it("is not touched while the record of the branch is damaged, which preview and update say", async () => {
        await createRepository();
        await commit({ "a.yaml": "a: 1\n" });
        const [head, base_tree] = [git("rev-parse", "staging"), git("rev-parse", "staging^{tree}")];
        const content = "<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> production\n";
        const tree = [{ path: ".landfall.json", mode: "100644", type: "blob", content }];
        const made = await github.call<{ sha: string }>("POST", `${root}/git/trees`, { base_tree, tree });
        const merge = { message: "merge", tree: made.sha, parents: [head] };
        const { sha } = await github.call<{ sha: string }>("POST", `${root}/git/commits`, merge);
        await github.call("PATCH", `${root}/git/refs/heads/staging`, { sha });
        const damaged =
            /^Error: acme\/fleet, branch staging: \.landfall\.json holds the conflict of a merge; .*git checkout/;
        await assert.rejects(planFleet(github, args({ "a.yaml": "a: 2\n" })), damaged);
        await assert.rejects(commit({ "a.yaml": "a: 2\n" }), damaged);
        assert.equal(git("rev-parse", "staging"), sha);
    });

    it("does not go to a repository with unrelated content, nor to another stack's branch", async () => {
        await createRepository();
        await commit({ "a.yaml": "a: 1\n" });
        const other = await planFleet(github, args({ "a.yaml": "a: 1\n" }, { stack: "production" }));
        assert.match(other.problems[0] ?? "", /^landfall:fleetBranch: .* belongs to stack 'staging'/);
        const beside = await planFleet(github, args({ "a.yaml": "a: 1\n" }, { stack: "live", branch: "live" }));
        assert.match(
            beside.problems.join(),
            /^landfall:fleetRepository: acme\/fleet also holds branch staging of stack/,
        );
        await github.call("DELETE", root);
        await createRepository();
        await github.call("POST", `${root}/git/refs`, { ref: "refs/heads/staging", sha: git("rev-parse", "main") });
        await somebodyWrites("src/main.go", "package main\n");
        const foreign = await planFleet(github, args({ "a.yaml": "a: 1\n" }));
        assert.match(foreign.problems[0] ?? "", /^landfall:fleetRepository: .*unrelated content.*src\/main\.go/);
    });

    it("is offered as a pull request where the branch is protected, which a preview notices", async () => {
        await createRepository();
        await commit({ "a.yaml": "a: 1\n" });
        await github.call("PUT", `${root}/branches/staging/protection`, {
            required_status_checks: null,
            enforce_admins: true,
            required_pull_request_reviews: { required_approving_review_count: 1 },
            restrictions: null,
        });
        const { problems } = await planFleet(github, args({ "a.yaml": "a: 2\n" }));
        assert.match(problems[0] ?? "", /^landfall:commitMode: branch staging is protected/);
        const proposed = await commit({ "a.yaml": "a: 2\n" }, { mode: "pullRequest" });
        assert.match(proposed.pullRequestUrl, /\/pull\/1$/);
        const again = await commit({ "a.yaml": "a: 2\n" }, { mode: "pullRequest" });
        assert.equal(again.pullRequestUrl, proposed.pullRequestUrl);
        assert.equal(git("show", "staging:a.yaml"), "a: 1");
        assert.equal(git("rev-list", "--count", "staging..landfall/staging"), "1");
    });

    it("is refused at a preview when the owner does not exist or the token is not valid", async () => {
        const nobody = await planFleet(github, args({}, { repository: { owner: "nobody", name: "fleet" } }));
        assert.match(nobody.problems[0] ?? "", /^github:owner: GitHub has no user or organisation 'nobody'/);
        const { problems } = await planFleet(githubApi({ token: "wrong" }), args({}));
        assert.match(problems[0] ?? "", /^GITHUB_TOKEN: GitHub refuses it/);
    });
});
