import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHmac } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Checkout } from "./checkout";
import type { Cluster } from "./cluster";
import { organization } from "./github-deployer";

/** In a file of the tree, which may be a new one, what is replaced and by what. */
export type Edit = readonly [file: string, from: RegExp | string, to: string];

/** Somebody who commits to the fleet repository of staging, and what GitHub's webhook then sends. */
export class FleetPushes {
    constructor(
        private readonly checkout: Checkout,
        private readonly cluster: Cluster,
    ) {}

    /** Pushes a commit that changes a text of each file; gives the commit's id. */
    commit(...edits: readonly Edit[]): string {
        const bare = path.join(this.checkout.session().fleetRepositories, organization, "fleet-staging.git");
        const clone = fs.mkdtempSync(path.join(this.checkout.directory, "fleet-"));
        const git = (...args: string[]) => execFileSync("git", args, { encoding: "utf8", stdio: "pipe" }).trim();
        git("clone", "--quiet", "--branch", "staging", bare, clone);
        const author = ["-c", "user.name=Operator", "-c", "user.email=operator@example.org"];
        for (const [file, from, to] of edits) {
            const full = path.join(clone, file);
            const text = fs.existsSync(full) ? fs.readFileSync(full, "utf8") : "";
            assert.notEqual(text.replace(from, to), text, file);
            fs.mkdirSync(path.dirname(full), { recursive: true });
            fs.writeFileSync(full, text.replace(from, to));
        }
        git("-C", clone, "add", "--all");
        git("-C", clone, ...author, "commit", "--quiet", "--allow-empty", "--message=A change");
        git("-C", clone, "push", "--quiet");
        return git("-C", clone, "rev-parse", "HEAD");
    }

    /** The token that GitHub signs its requests with. */
    webhookToken(): Promise<string> {
        return this.cluster.secret("flux-system", "webhook-token", "token");
    }

    /** Posts what GitHub posts after a push, signed with this token; gives the status of the answer. */
    async post(secret: string): Promise<number> {
        const receiver = ["receiver", "github", "-n", "flux-system", "-o", "jsonpath={.status.webhookPath}"];
        const at = await this.cluster.kubectl("get", ...receiver);
        const body = JSON.stringify({ ref: "refs/heads/staging" });
        const signature = `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
        const headers = {
            "content-type": "application/json",
            "x-github-event": "push",
            "x-hub-signature-256": signature,
        };
        return (await fetch(`http://${await this.receiverAddress()}${at}`, { method: "POST", headers, body })).status;
    }

    private async receiverAddress(): Promise<string> {
        const [running] = (await this.checkout.status()).clusters;
        const lines = (running?.processes ?? []).map(({ pid }) => fs.readFileSync(`/proc/${pid}/cmdline`, "utf8"));
        const address = /--receiverAddr=(127\.[^\0]+)/.exec(lines.join("\0"))?.[1];
        assert.ok(address, "notification-controller does not run");
        return address;
    }
}
