import * as assert from "node:assert/strict";
import * as path from "node:path";
import { surroundings } from "../../../components/preflight/surroundings";
import { UserError } from "../../../components/user-error";
import { notAToken } from "../../support/fixtures";
import { fleetArgs } from "../../support/fleet";
import { answeringGitHub } from "../../support/github-answers";

const gitops = path.join(__dirname, "../../../gitops");
const { github, tree } = surroundings({ token: notAToken }, gitops);

describe("the surroundings of a program", () => {
    it("load the tree from the folder, for one environment", () => {
        const files = Object.keys(tree.load("staging"));
        assert.ok(files.includes("clusters/staging/kustomization.yaml"));
        assert.throws(() => tree.load("nowhere"), /gitops\/clusters\/nowhere does not exist/);
    });

    it("ask GitHub with the token", async () => {
        const answer = ({ path }: { path: string }) =>
            path === "/meta" ? { body: { ssh_keys: [] } } : { status: path === "/users/acme" ? 200 : 404, body: {} };
        await answeringGitHub(answer, async (calls) => {
            assert.equal((await github.planFleet(fleetArgs)).exists, false);
            assert.ok(calls.every(({ headers }) => headers.authorization === `Bearer ${notAToken}`));
        });
    });

    it("say what GitHub answered when it cannot be asked, without a stack", async () => {
        const forbidden = () => ({ status: 403, body: { message: "Resource protected by organization SAML" } });
        await assert.rejects(
            answeringGitHub(forbidden, () => github.planFleet(fleetArgs)),
            (error: Error) => error instanceof UserError && error.message.includes("403 Resource protected"),
        );
    });
});
