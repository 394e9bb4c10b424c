import * as assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import * as fs from "node:fs";
import type { Checkout } from "./checkout";
import type { Cluster } from "./cluster";
import { type Edit, FleetClone } from "./fleet-clone";

/** Somebody who commits to the fleet repository of staging, and what GitHub's webhook then sends. */
export class FleetPushes {
    constructor(
        private readonly checkout: Checkout,
        private readonly cluster: Cluster,
    ) {}

    /** Pushes a commit that changes a text of each file; gives the commit's id. */
    commit(...edits: readonly Edit[]): string {
        return new FleetClone(this.checkout).push(...edits);
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
