import * as assert from "node:assert/strict";
import type * as pulumi from "@pulumi/pulumi";
import { recordFile } from "../../../../components/gitops/fleet/applied-record";
import { applied, blobId } from "../../../../components/gitops/fleet/git-merge";
import { githubApi } from "../../../../components/gitops/fleet/github-api";
import { type CommitMode, commitTree, ManifestCommit } from "../../../../components/gitops/fleet/manifest-commit";
import type { ManifestTree } from "../../../../components/gitops/fleet/manifest-tree";
import { notAToken } from "../../../support/fixtures";
import { answeringGitHub, type GitHubAnswer, type GitHubCall } from "../../../support/github-answers";
import { serializedProvider } from "../../../support/serialized-provider";

const root = "/repos/acme/fleet";
const github = githubApi({ token: "ghp_notatoken" });
const repository = { owner: "acme", name: "fleet" };
const target = (mode: CommitMode) => ({ repository, branch: "staging", stack: "staging", mode });

/** Answers for a repository whose branch `staging` holds files, or does not exist; `over` answers first. */
function branchWith(
    files: ManifestTree | undefined,
    over: (call: GitHubCall) => GitHubAnswer | undefined = () => undefined,
) {
    const blobs = Object.entries(files ?? {}).map(([path, content]) => ({ path, content, sha: blobId(content) }));
    const tree = blobs.map(({ path, sha }) => ({ path, sha, type: "blob" }));
    const found: Record<string, unknown> = {
        ...(files ? { [`GET ${root}/git/ref/heads/staging`]: { object: { sha: "head" } } } : {}),
        [`GET ${root}/git/commits/head`]: { tree: { sha: "head-tree" } },
        [`GET ${root}/git/trees/head-tree?recursive=1`]: { truncated: false, tree },
        [`POST ${root}/git/trees`]: { sha: "new-tree" },
        [`POST ${root}/git/commits`]: { sha: "new" },
        [`POST ${root}/git/refs`]: {},
        [`PATCH ${root}/git/refs/heads/staging`]: {},
        [`GET ${root}/pulls?state=open&head=acme:landfall/staging&base=staging`]: [],
        [`POST ${root}/pulls`]: { html_url: "https://github.com/acme/fleet/pull/1" },
    };
    for (const { sha, content } of blobs) {
        found[`GET ${root}/git/blobs/${sha}`] = { content: Buffer.from(content).toString("base64") };
    }
    return (call: GitHubCall): GitHubAnswer => {
        const body = found[`${call.method} ${call.path}`];
        return over(call) ?? (body === undefined ? { status: 404, body: { message: "Not Found" } } : { body });
    };
}

/** The record of what a stack wrote last time, as a file of its branch. */
function recordOf(files: ManifestTree): ManifestTree {
    const record = Object.fromEntries(
        Object.entries(files).map(([path, content]) => [path, applied(content)] as const),
    );
    return {
        [recordFile]: `${JSON.stringify({ stack: "staging", files: record }, undefined, 2)}\n`,
    };
}

const writes = (calls: readonly GitHubCall[]) =>
    calls.filter(({ method }) => method !== "GET").map(({ method, path }) => `${method} ${path.replace(root, "")}`);

const old = { "a.yaml": "a: 1\n" };
const wanted = { "a.yaml": "a: 2\n" };

describe("commitTree", () => {
    it("makes one commit on top of the branch, and moves the branch by fast-forward alone", async () => {
        await answeringGitHub(branchWith({ ...old, ...recordOf(old) }), async (calls) => {
            const { commit, pullRequestUrl } = await commitTree(github, target("direct"), wanted);
            assert.deepEqual([commit, pullRequestUrl], ["new", ""]);
            assert.deepEqual(writes(calls), ["POST /git/trees", "POST /git/commits", "PATCH /git/refs/heads/staging"]);
            const [tree, made, move] = calls.filter(({ method }) => method !== "GET").map(({ body }) => body);
            const { base_tree: base, tree: entries } = tree as { base_tree: string; tree: { path: string }[] };
            assert.equal(base, "head-tree");
            assert.deepEqual(
                entries.map(({ path }) => path),
                ["a.yaml", recordFile],
            );
            assert.deepEqual((made as { parents: string[] }).parents, ["head"]);
            assert.deepEqual(move, { sha: "new", force: false });
        });
    });

    it("writes nothing in the mode none, whatever there is to change", async () => {
        await answeringGitHub(branchWith({ ...old, ...recordOf(old) }), async (calls) => {
            const { commit, pullRequestUrl } = await commitTree(github, target("none"), wanted);
            assert.deepEqual([commit, pullRequestUrl], ["head", ""]);
            assert.deepEqual(writes(calls), []);
        });
    });

    it("writes nothing when the branch holds the tree already", async () => {
        for (const mode of ["direct", "pullRequest"] as const) {
            await answeringGitHub(branchWith({ ...old, ...recordOf(old) }), async (calls) => {
                assert.equal((await commitTree(github, target(mode), old)).commit, "head");
                assert.deepEqual(writes(calls), []);
            });
        }
    });

    it("proposes the commit as a pull request, and leaves the branch where it is", async () => {
        await answeringGitHub(branchWith({ ...old, ...recordOf(old) }), async (calls) => {
            const { commit, pullRequestUrl } = await commitTree(github, target("pullRequest"), wanted);
            assert.deepEqual([commit, pullRequestUrl], ["head", "https://github.com/acme/fleet/pull/1"]);
            assert.deepEqual(writes(calls), ["POST /git/trees", "POST /git/commits", "POST /git/refs", "POST /pulls"]);
            const { ref } = calls.find(({ path }) => path.endsWith("/git/refs"))?.body as { ref: string };
            assert.equal(ref, "refs/heads/landfall/staging");
        });
    });

    it("makes a branch that does not exist yet without a review, as there is nothing to review against", async () => {
        for (const mode of ["direct", "pullRequest"] as const) {
            await answeringGitHub(branchWith(undefined), async (calls) => {
                assert.equal((await commitTree(github, target(mode), wanted)).commit, "new");
                assert.deepEqual(writes(calls), ["POST /git/trees", "POST /git/commits", "POST /git/refs"]);
                assert.deepEqual(calls.at(-1)?.body, { ref: "refs/heads/staging", sha: "new" });
            });
        }
    });

    it("names the file that both sides changed, and writes nothing", async () => {
        const theirs = { "a.yaml": "a: theirs\n", ...recordOf(old) };
        await answeringGitHub(branchWith(theirs), async (calls) => {
            await assert.rejects(
                commitTree(github, target("direct"), wanted),
                /nothing was committed:\na\.yaml: changed on the/,
            );
            assert.deepEqual(writes(calls), []);
        });
    });

    it("gives up when the branch moves each time, and says what to do", async () => {
        const moved = { status: 422, body: { message: "Update is not a fast forward" } };
        const answer = branchWith({ ...old, ...recordOf(old) }, ({ method }) =>
            method === "PATCH" ? moved : undefined,
        );
        await answeringGitHub(answer, async (calls) => {
            await assert.rejects(
                commitTree(github, target("direct"), wanted),
                /branch staging of acme\/fleet moved 5 times in a row; run up again/,
            );
            assert.equal(writes(calls).filter((write) => write.startsWith("PATCH")).length, 5);
        });
    });

    it("passes on what GitHub refuses for another reason", async () => {
        const refused = { status: 422, body: { message: "Repository rule violations found" } };
        const answer = branchWith({ ...old, ...recordOf(old) }, ({ method }) =>
            method === "PATCH" ? refused : undefined,
        );
        await answeringGitHub(answer, () =>
            assert.rejects(commitTree(github, target("direct"), wanted), /422 Repository rule violations found/),
        );
    });
});

interface Inputs {
    readonly repository: typeof repository;
    readonly branch: string;
    readonly stack: string;
    readonly mode: CommitMode;
    readonly tree: { readonly text: string };
    readonly changes: Record<string, string>;
    readonly plannedAt: string;
}

describe("ManifestCommit", () => {
    const inputs = (over: Partial<Inputs> = {}): Inputs => ({
        ...target("direct"),
        tree: { text: JSON.stringify(wanted) },
        changes: {},
        plannedAt: "12:00",
        ...over,
    });
    let provider: pulumi.dynamic.ResourceProvider<Inputs>;

    before(async () => {
        const program = () =>
            new ManifestCommit("tree", { ...target("direct"), files: wanted, changes: {}, plannedAt: "12:00" });
        provider = await serializedProvider(program);
    });

    it("commits from the text that the engine holds", async () => {
        const answer = branchWith({ ...old, ...recordOf(old) });
        await answeringGitHub(answer, async (calls) => {
            const created = await provider.create(inputs());
            assert.equal(created.id, "acme/fleet/staging");
            assert.equal((created.outs as { commit: string }).commit, "new");
            assert.equal(writes(calls).length, 3);
        });
    });

    it("is updated when the branch would change, and only then", async () => {
        const same = await provider.diff?.("id", inputs(), inputs({ mode: "pullRequest", tree: { text: "{}" } }));
        assert.deepEqual(same, { changes: false, replaces: [] });
        const changes = { "a.yaml": "changed (+1 -1)" };
        const changed = await provider.diff?.("id", inputs(), inputs({ changes, plannedAt: "13:00" }));
        assert.deepEqual(changed, { changes: true, replaces: [] });
    });

    it("is not changed by the plan that it carried out, with which a refresh compares it", async () => {
        const changes = { "a.yaml": "changed (+1 -1)" };
        const created: { readonly outs?: unknown } = await answeringGitHub(
            branchWith({ ...old, ...recordOf(old) }),
            () => provider.create(inputs({ changes })),
        );
        const diff = async (plannedAt: string) => provider.diff?.("id", created.outs, inputs({ changes, plannedAt }));
        assert.equal((await diff("12:00"))?.changes, false);
        assert.equal((await diff("13:00"))?.changes, true, "the same changes, planned again");
    });

    it("is another one on another branch, or in another repository", async () => {
        const branch = await provider.diff?.("id", inputs(), inputs({ branch: "other" }));
        assert.deepEqual(branch, { changes: true, replaces: ["branch"] });
        const moved = await provider.diff?.("id", inputs(), inputs({ repository: { owner: "acme", name: "other" } }));
        assert.deepEqual(moved, { changes: true, replaces: ["repository"] });
    });

    it("leaves the content where it is on destroy", async () => {
        await answeringGitHub(
            () => ({}),
            async (calls) => {
                await provider.delete?.("id", inputs());
                assert.deepEqual(calls, []);
            },
        );
    });

    describe("on a refresh", () => {
        const props = { ...target("direct"), commit: "head", pullRequestUrl: "" };
        const read = (files: ManifestTree | undefined, at = "head") => {
            const moved = ({ path }: GitHubCall) =>
                files && path.endsWith("/ref/heads/staging") ? { body: { object: { sha: at } } } : undefined;
            return answeringGitHub(branchWith(files, moved), async (calls) => {
                const result = await provider.read?.("id", props);
                assert.deepEqual(writes(calls), []);
                return result;
            });
        };

        it("is as it was when nobody moved the branch", async () => {
            assert.deepEqual(await read(old), { id: "id", props });
        });

        it("is where somebody moved the branch", async () => {
            assert.deepEqual(await read(old, "moved"), { id: "id", props: { ...props, commit: "moved" } });
        });

        it("is gone with the branch, so that the next update makes it again", async () => {
            assert.deepEqual(await read(undefined), { id: "" });
        });

        it("fails when GitHub does not say, and keeps the state", async () => {
            const forbidden = () => ({ status: 403, body: { message: "Resource not accessible" } });
            await assert.rejects(
                answeringGitHub(forbidden, async () => provider.read?.("id", props)),
                /403 Resource not accessible/,
            );
        });
    });

    it("commits with github:token where the stack has one, and with GITHUB_TOKEN otherwise", async () => {
        const sent = async (token: string | undefined) => {
            const configured = await serializedProvider(
                () =>
                    new ManifestCommit("tree", { ...target("direct"), files: wanted, changes: {}, plannedAt: "12:00" }),
            );
            const get = (key: string) => (key === "github:token" ? token : undefined);
            await configured.configure?.({ config: { get, require: () => assert.fail() } });
            return answeringGitHub(branchWith(old), async (calls) => {
                await configured.read?.("id", { ...target("direct"), commit: "head", pullRequestUrl: "" });
                return calls[0]?.headers.authorization;
            });
        };
        assert.equal(await sent("ghp_configured"), "Bearer ghp_configured");
        assert.equal(await sent(undefined), `Bearer ${notAToken}`);
    });
});
