import * as assert from "node:assert/strict";
import { recordFile } from "../../../../components/gitops/fleet/applied-record";
import { type FleetPlanArgs, planFleet } from "../../../../components/gitops/fleet/fleet-plan";
import { applied, blobId } from "../../../../components/gitops/fleet/git-merge";
import { githubApi } from "../../../../components/gitops/fleet/github-api";
import type { ManifestTree } from "../../../../components/gitops/fleet/manifest-tree";
import { notAToken } from "../../../support/fixtures";
import { fleetArgs, soundFleet } from "../../../support/fleet";
import { answeringGitHub, type GitHubAnswer } from "../../../support/github-answers";

const root = "/repos/acme/fleet";

interface World {
    /** Files of each branch; undefined while there is no repository. */
    readonly branches?: Readonly<Record<string, ManifestTree>>;
    /** Answers first, by path. */
    readonly over?: Readonly<Record<string, GitHubAnswer>>;
}

const args: FleetPlanArgs = { ...fleetArgs, files: { "a.yaml": "a: 2\n" } };

/** The repository as GitHub shows it to an owner. */
const fleet = { ...soundFleet, permissions: { admin: true, push: true } };

/** What a stack wrote to its branch last time, with its record. */
function written(files: ManifestTree, stack = "staging"): ManifestTree {
    const record = Object.fromEntries(Object.entries(files).map(([path, content]) => [path, applied(content)]));
    return { ...files, [recordFile]: `${JSON.stringify({ stack, files: record }, undefined, 2)}\n` };
}

function answers({ branches, over = {} }: World): (call: { path: string }) => GitHubAnswer {
    const found: Record<string, unknown> = { "/meta": { ssh_keys: ["ssh-ed25519 AAAA"] }, "/users/acme": {} };
    if (branches) {
        found[root] = fleet;
        found[`${root}/branches?per_page=100&page=1`] = Object.keys(branches).map((name) => ({ name }));
    }
    for (const [branch, files] of Object.entries(branches ?? {})) {
        const blobs = Object.entries(files).map(([path, content]) => ({ path, content, sha: blobId(content) }));
        found[`${root}/git/ref/heads/${branch}`] = { object: { sha: `${branch}-head` } };
        found[`${root}/git/commits/${branch}-head`] = { tree: { sha: `${branch}-tree` } };
        found[`${root}/git/trees/${branch}-tree?recursive=1`] = {
            truncated: false,
            tree: blobs.map(({ path, sha }) => ({ path, sha, type: "blob" })),
        };
        found[`${root}/rules/branches/${branch}`] = [];
        found[`${root}/branches/${branch}`] = { protected: false };
        for (const { sha, content } of blobs) {
            found[`${root}/git/blobs/${sha}`] = { content: Buffer.from(content).toString("base64") };
        }
        const record = files[recordFile];
        if (record !== undefined) {
            const path = `${root}/contents/${recordFile}?ref=${encodeURIComponent(branch)}`;
            found[path] = { content: Buffer.from(record).toString("base64") };
        }
    }
    return ({ path }) => over[path] ?? (path in found ? { body: found[path] } : { status: 404, body: {} });
}

function plan(world: World, changes: Partial<FleetPlanArgs> = {}) {
    return answeringGitHub(answers(world), async (calls) => {
        const found = await planFleet(githubApi({ token: notAToken }), { ...args, ...changes });
        assert.deepEqual(
            calls.filter(({ method }) => method !== "GET"),
            [],
            "a plan writes nothing",
        );
        return found;
    });
}

const problemsOf = async (world: World, changes?: Partial<FleetPlanArgs>) => (await plan(world, changes)).problems;

describe("planFleet", () => {
    it("plans every file for a repository that does not exist yet", async () => {
        const found = await plan({});
        assert.deepEqual([found.exists, found.head, found.problems], [false, undefined, []]);
        assert.deepEqual(
            found.changes.map(({ path, kind, addedLines }) => [path, kind, addedLines]),
            [["a.yaml", "added", 1]],
        );
        assert.equal(found.knownHosts, "github.com ssh-ed25519 AAAA\n");
    });

    it("plans what differs from the branch, and keeps what the branch holds of it", async () => {
        const found = await plan({ branches: { staging: written({ "a.yaml": "a: 1\n", "gone.yaml": "g: 1\n" }) } });
        assert.deepEqual([found.exists, found.head], [true, "staging-head"]);
        assert.deepEqual(
            found.changes.map(({ path, kind, addedLines, removedLines }) => [path, kind, addedLines, removedLines]),
            [
                ["a.yaml", "changed", 1, 1],
                ["gone.yaml", "removed", 0, 1],
            ],
        );
        assert.match(found.changes[0]?.diff ?? "", /^-a: 1\n\+a: 2$/m);
        assert.deepEqual(found.replaced, { "a.yaml": "a: 1\n", "gone.yaml": "g: 1\n" });
    });

    it("plans nothing for a branch that holds the tree", async () => {
        const { changes, problems } = await plan({ branches: { staging: written(args.files) } });
        assert.deepEqual([changes, problems], [[], []]);
    });

    it("commits nothing in mode none, and wants the branch to exist", async () => {
        const branches = { main: {}, staging: written({ "a.yaml": "a: 1\n" }) };
        const { changes, replaced } = await plan({ branches }, { mode: "none" });
        assert.deepEqual([changes, replaced], [[], { "a.yaml": "a: 1\n" }]);
        const [problem] = await problemsOf({ branches: { main: {} } }, { mode: "none" });
        assert.match(problem ?? "", /^landfall:commitMode: none, but acme\/fleet has no branch staging/);
    });

    it("names an owner that does not exist", async () => {
        const over = { "/users/acme": { status: 404, body: {} } };
        assert.match((await problemsOf({ over }))[0] ?? "", /^github:owner: GitHub has no user or organisation 'acme'/);
    });

    it("names the permissions that the token lacks", async () => {
        const branches = { main: {}, staging: written(args.files) };
        const over = { [root]: { body: { ...fleet, permissions: { admin: false, push: false } } } };
        const problems = await problemsOf({ branches, over });
        assert.match(problems[0] ?? "", /^GITHUB_TOKEN may not administer acme\/fleet; grant it Administration/);
        assert.match(problems[1] ?? "", /may not push to acme\/fleet; grant it Contents/);
        assert.equal((await problemsOf({ branches, over }, { mode: "none" })).length, 1);
        const preview = await plan({ branches, over }, { changes: false });
        assert.deepEqual([preview.problems, preview.warnings], [[], problems], "a preview needs to read only");
    });

    it("names the setting of an organisation that allows no deploy keys, before there is a repository and after", async () => {
        const over = { "/orgs/acme": { body: { deploy_keys_enabled_for_repositories: false } } };
        for (const branches of [undefined, { staging: written(args.files) }]) {
            const [problem] = await problemsOf({ ...(branches ? { branches } : {}), over });
            assert.match(
                problem ?? "",
                /^github:owner: the organisation acme allows no deploy keys.*an owner allows them/,
            );
        }
        const allowed = { "/orgs/acme": { body: { deploy_keys_enabled_for_repositories: true } } };
        assert.deepEqual(await problemsOf({ over: allowed }), []);
        const unknown = { "/orgs/acme": { status: 403, body: { message: "Resource not accessible" } } };
        assert.deepEqual(await problemsOf({ over: unknown }), []);
    });

    it("names a token that GitHub refuses, and fails for another refusal", async () => {
        const over = { [root]: { status: 401, body: { message: "Bad credentials" } } };
        assert.match(
            (await problemsOf({ over }))[0] ?? "",
            /GitHub refuses it, or github:token \(401 Bad credentials\)/,
        );
        const forbidden = { [root]: { status: 403, body: { message: "SSO" } } };
        await assert.rejects(plan({ over: forbidden }), /403 SSO/);
    });

    it("warns of a token that ends within two weeks", async () => {
        const branches = { staging: written(args.files) };
        const ending = async (days: number) => {
            const end = new Date(Date.now() + days * 24 * 3_600_000).toISOString().replace("T", " ");
            const headers = { "github-authentication-token-expiration": end.replace(/\..*/, " UTC") };
            return (await plan({ branches, over: { "/rate_limit": { body: {}, headers } } })).warnings;
        };
        assert.match((await ending(13)).join(), /^GITHUB_TOKEN: it ends at \d{4}-.*Z; issue another before$/);
        assert.deepEqual([await ending(15), (await plan({ branches })).warnings], [[], []]);
    });

    it("leaves a repository alone that holds something else, or another stack's branch", async () => {
        const foreign = await problemsOf({ branches: { main: { "README.md": "", "main.go": "package main\n" } } });
        assert.match(foreign[0] ?? "", /^landfall:fleetRepository: .* unrelated content \(branch main: main\.go\)/);
        assert.deepEqual(await problemsOf({ branches: { main: { "README.md": "", LICENSE: "" } } }), []);
        const other = await problemsOf({ branches: { staging: written({}, "production") } });
        assert.match(
            other[0] ?? "",
            /^landfall:fleetBranch: .* belongs to stack 'production'.* pulumi stack rename production$/,
        );
    });

    it("leaves a repository alone that another stack shares, whatever the other's branch is called", async () => {
        const branches = { staging: written(args.files), "env/live": written({}, "production"), topic: { a: "" } };
        const problems = await problemsOf({ branches });
        assert.equal(problems.length, 1, problems.join("\n"));
        assert.match(
            problems[0] ?? "",
            /^landfall:fleetRepository: acme\/fleet also holds branch env\/live of stack 'production'.*of its own/,
        );
        const proposals = {
            staging: written(args.files),
            "landfall/staging": written({}),
            "image-updates": written({}),
        };
        assert.deepEqual(await problemsOf({ branches: proposals }), []);
        const noRecord = { staging: written(args.files), other: { [recordFile]: "<<<<<<<" } };
        assert.deepEqual(await problemsOf({ branches: noRecord }), []);
    });

    it("asks for every page of branches", async () => {
        const names = Array.from({ length: 100 }, (_, index) => ({ name: `b${index}` }));
        const over = {
            [`${root}/branches?per_page=100&page=1`]: { body: names },
            [`${root}/branches?per_page=100&page=2`]: { body: [{ name: "late" }] },
            [`${root}/contents/${recordFile}?ref=late`]: {
                body: { content: Buffer.from('{"stack":"production"}').toString("base64") },
            },
        };
        assert.match((await problemsOf({ branches: { main: {} }, over })).join(), /branch late of stack 'production'/);
    });

    it("names the state of a repository that nothing can be written to", async () => {
        const over = { [root]: { body: { ...fleet, archived: true } } };
        assert.match((await problemsOf({ branches: { staging: written(args.files) }, over })).join(), /is archived/);
    });

    it("replaces what GitHub left in a new repository, whose branch may be the stack's", async () => {
        const branches = { main: { "README.md": "# fleet\n", LICENSE: "theirs\n" } };
        const files = { "README.md": "# What the clusters run\n", "a.yaml": "a: 1\n" };
        const { changes, problems } = await plan({ branches }, { branch: "main", files });
        assert.deepEqual(problems, []);
        assert.deepEqual(
            changes.map(({ path, kind }) => [path, kind]),
            [
                ["README.md", "changed"],
                ["a.yaml", "added"],
            ],
        );
        const edited = { main: { ...written({ "README.md": "# old\n" }), "README.md": "# theirs\n" } };
        assert.equal((await problemsOf({ branches: edited }, { branch: "main", files })).length, 1);
    });

    it("names the file that both sides changed", async () => {
        const branch = { ...written({ "a.yaml": "a: 1\n" }), "a.yaml": "a: theirs\n" };
        const [problem] = await problemsOf({ branches: { staging: branch } });
        assert.match(problem ?? "", /^a\.yaml: changed on the branch .*; take the change of branch staging/);
    });

    describe("with a branch that is protected", () => {
        const branches = { staging: written({ "a.yaml": "a: 1\n" }) };
        const rules = {
            [`${root}/rules/branches/staging`]: { body: [{ type: "pull_request" }, { type: "deletion" }] },
        };
        const classic = {
            [`${root}/branches/staging`]: { body: { protected: true } },
            [`${root}/branches/staging/protection`]: {
                body: { required_pull_request_reviews: {}, lock_branch: { enabled: false }, restrictions: null },
            },
        };

        for (const [kind, over, rule] of [
            ["a ruleset", rules, "pull_request"],
            ["branch protection", classic, "required_pull_request_reviews"],
        ] as const) {
            it(`offers a pull request in the place of a direct commit, for ${kind}`, async () => {
                const [problem] = await problemsOf({ branches, over });
                assert.match(
                    problem ?? "",
                    new RegExp(`is protected \\(${rule}\\).* landfall:commitMode pullRequest$`),
                );
                assert.deepEqual(await problemsOf({ branches, over }, { mode: "pullRequest" }), []);
            });
        }

        it("takes a plan of GitHub without rules and protection for a branch that nothing protects", async () => {
            const message = "Upgrade to GitHub Pro or make this repository public to enable this feature.";
            const upgrade = { status: 403, body: { message } };
            const withoutRules = { [`${root}/rules/branches/staging`]: upgrade };
            const withoutProtection = {
                [`${root}/branches/staging`]: { body: { protected: true } },
                [`${root}/branches/staging/protection`]: upgrade,
            };
            assert.deepEqual(await problemsOf({ branches, over: { ...withoutRules, ...withoutProtection } }), []);
            const refused = { [`${root}/rules/branches/staging`]: { status: 403, body: { message: "SSO" } } };
            await assert.rejects(plan({ branches, over: refused }), /403 SSO/);
        });

        it("has nothing against it while there is nothing to commit", async () => {
            assert.deepEqual(await problemsOf({ branches: { staging: written(args.files) }, over: rules }), []);
        });
    });
});
