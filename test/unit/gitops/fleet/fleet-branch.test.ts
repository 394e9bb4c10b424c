import * as assert from "node:assert/strict";
import { isSuccessor } from "../../../../components/gitops/fleet/fleet-branch";
import { githubApi } from "../../../../components/gitops/fleet/github-api";
import { answeringGitHub } from "../../../support/github-answers";

const repository = { owner: "acme", name: "fleet" };

/** Whether `new` succeeds `ours` where the branch is at `head`, and GitHub compares the two as told. */
function successor(head: string | undefined, status: string | undefined): Promise<boolean> {
    const missing = { status: 404, body: { message: "Not Found" } };
    return answeringGitHub(
        ({ path }) => {
            if (path === "/repos/acme/fleet/git/ref/heads/staging") {
                return head === undefined ? missing : { body: { object: { sha: head } } };
            }
            assert.equal(path, "/repos/acme/fleet/compare/ours...new");
            return status === undefined ? missing : { body: { status } };
        },
        () => isSuccessor(githubApi({ token: "ghp_notatoken" }), repository, "staging", "ours", "new"),
    );
}

describe("isSuccessor", () => {
    it("is the branch's head, if ours is in its history", async () => {
        assert.equal(await successor("new", "ahead"), true);
        assert.equal(await successor("new", "identical"), true);
    });

    it("is no head that ours is not part of", async () => {
        assert.equal(await successor("new", "behind"), false);
        assert.equal(await successor("new", "diverged"), false);
        assert.equal(await successor("new", undefined), false);
    });

    it("is nothing that the branch has left behind, or that is on no branch", async () => {
        assert.equal(await successor("newer", "ahead"), false);
        assert.equal(await successor(undefined, "ahead"), false);
    });
});
