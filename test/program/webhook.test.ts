import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHmac } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { useCheckout } from "../support/checkout";
import { Cluster } from "../support/cluster";
import { organization } from "../support/github-deployer";
import { until } from "../support/until";

interface Source {
    readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
    readonly status: { readonly lastHandledReconcileAt?: string; readonly artifact?: { readonly revision: string } };
}

/**
 * Flux's Receiver for the fleet repository. The test sends requests to the address on which the controller listens. It
 * does not prove that they get there through the Ingress and Flux's network policy.
 */
describe("GitHub's webhook", function () {
    const checkout = useCheckout(this);
    const cluster = new Cluster(checkout);
    let token: string;

    before("starts staging", async () => {
        await checkout.up();
        token = await cluster.secret("flux-system", "webhook-token", "token");
    });

    it("is refused with a wrong signature, and Flux is not asked to fetch", async () => {
        const before = requestOf(await source());
        assert.equal(await post("another token"), 400);
        assert.equal(requestOf(await source()), before);
    });

    it("has Flux fetch at once what was pushed", async () => {
        const before = requestOf(await source());
        const commit = pushCommit();
        assert.equal(await post(token), 200);
        // The source looks every minute by itself too, so the request is what tells.
        const request = requestOf(await source());
        assert.notEqual(request, before);
        const { status } = await until(
            "Flux to fetch",
            source,
            (seen) => seen.status.lastHandledReconcileAt === request,
        );
        assert.ok(status.artifact?.revision.endsWith(commit), status.artifact?.revision);
    });

    const source = () => cluster.get<Source>({ kind: "gitrepository", name: "flux-system" });
    const requestOf = ({ metadata }: Source) => metadata.annotations?.["reconcile.fluxcd.io/requestedAt"];

    /** Posts what GitHub posts after a push, signed with this token; gives the status of the answer. */
    async function post(secret: string): Promise<number> {
        const receiver = ["receiver", "github", "-n", "flux-system", "-o", "jsonpath={.status.webhookPath}"];
        const at = await cluster.kubectl("get", ...receiver);
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
        const [running] = (await checkout.status()).clusters;
        const lines = (running?.processes ?? []).map(({ pid }) => fs.readFileSync(`/proc/${pid}/cmdline`, "utf8"));
        const address = /--receiverAddr=(127\.[^\0]+)/.exec(lines.join("\0"))?.[1];
        assert.ok(address, "notification-controller does not run");
        return address;
    }

    /** Gives the commit's id. */
    function pushCommit(): string {
        const bare = path.join(checkout.session().fleetRepositories, organization, "fleet-staging.git");
        const clone = path.join(checkout.directory, "fleet");
        const git = (...args: string[]) => execFileSync("git", args, { encoding: "utf8", stdio: "pipe" }).trim();
        git("clone", "--quiet", "--branch", "staging", bare, clone);
        const author = ["-c", "user.name=Operator", "-c", "user.email=operator@example.org"];
        git("-C", clone, ...author, "commit", "--quiet", "--allow-empty", "--message=Nothing");
        git("-C", clone, "push", "--quiet");
        return git("-C", clone, "rev-parse", "HEAD");
    }
});
