import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHmac } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { clusterOf } from "../../tools/sandbox/flux-status";
import { Checkout } from "../support/checkout";
import { Team, until } from "../support/team";

/**
 * Flux's Receiver for the fleet repository. Requests go to the controller where it listens: the way there, through the Ingress and
 * Flux's network policy, is not proved.
 */
describe("GitHub's webhook", function () {
    this.timeout(240_000);
    const checkout = new Checkout();
    const platform = new Team(checkout, "flux-system");
    const source = ["gitrepository", "flux-system", "-n", "flux-system", "-o"];
    let token: string;

    before("starts staging", async () => {
        const { code, output } = await checkout.start("staging");
        assert.equal(code, 0, output);
        const secret = await platform.kubectl("get", "secret", "webhook-token", "-n", "flux-system", "-o", "json");
        token = Buffer.from((JSON.parse(secret) as { data: { token: string } }).data.token, "base64").toString("utf8");
    });

    after(() => checkout.remove());

    it("with the wrong signature is refused, and asks Flux for nothing", async () => {
        const before = await requestedAt();
        assert.notEqual(await post("another token"), 200);
        assert.equal(await requestedAt(), before);
    });

    it("has Flux fetch what was pushed at once", async () => {
        const commit = pushCommit();
        assert.equal(await post(token), 200);
        const revision = () => platform.kubectl("get", ...source, "jsonpath={.status.artifact.revision}");
        // The source's own interval is a minute.
        await until(new RegExp(commit), revision, "the source's revision", 20);
    });

    const requestedAt = () =>
        platform.kubectl("get", ...source, "jsonpath={.metadata.annotations.reconcile\\.fluxcd\\.io/requestedAt}");

    /** Posts what GitHub posts after a push, signed with this token; gives the status of the answer. */
    async function post(secret: string): Promise<number> {
        const receiver = ["receiver", "github", "-n", "flux-system", "-o", "jsonpath={.status.webhookPath}"];
        const at = await platform.kubectl("get", ...receiver);
        const body = JSON.stringify({ ref: "refs/heads/staging" });
        const signature = `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
        const headers = {
            "content-type": "application/json",
            "x-github-event": "push",
            "x-hub-signature-256": signature,
        };
        return (await fetch(`http://${await receiverAddress()}${at}`, { method: "POST", headers, body })).status;
    }

    async function receiverAddress(): Promise<string> {
        const cluster = await clusterOf(checkout.sandbox, "staging");
        const lines = (cluster?.processes ?? []).map(({ pid }) => fs.readFileSync(`/proc/${pid}/cmdline`, "utf8"));
        const address = /--receiverAddr=(127\.[^\0]+)/.exec(lines.join("\0"))?.[1];
        assert.ok(address, "notification-controller does not run");
        return address;
    }

    /** Gives the commit's id. */
    function pushCommit(): string {
        const bare = path.join(checkout.session().fleetRepositories, "landfall-example", "fleet.git");
        const clone = path.join(checkout.directory, "fleet");
        const git = (...args: string[]) => execFileSync("git", args, { encoding: "utf8", stdio: "pipe" }).trim();
        git("clone", "--quiet", "--branch", "staging", bare, clone);
        const author = ["-c", "user.name=Operator", "-c", "user.email=operator@example.org"];
        git("-C", clone, ...author, "commit", "--quiet", "--allow-empty", "--message=Nothing");
        git("-C", clone, "push", "--quiet");
        return git("-C", clone, "rev-parse", "HEAD");
    }
});
