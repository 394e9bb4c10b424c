import * as assert from "node:assert/strict";
import type { FluxObject } from "../../../../components/gitops/readiness/flux-object";
import { fluxObject, fluxStatus } from "../../../support/flux-objects";
import { ours, readinessOf, wait } from "../../../support/flux-wait";

const changed = "2026-01-01T12:00:00.000Z";
const cluster = { configMapChanged: () => Promise.resolve(changed) };

/** A layer, Ready at the commit, whose newest attempt ended at a time and took so long. */
function layer(name: string, lastReconciled: string, lastReconciledDuration: string, filled = true): FluxObject {
    return fluxObject("Kustomization", name, ours, {
        spec: filled ? { postBuild: { substituteFrom: [{ name: "cluster-vars" }] } } : {},
        status: { history: [{ lastReconciled, lastReconciledDuration }] },
    });
}

/** The layer with Secret `secret-vars`, which it first applied as it is at a time. */
const canary = (firstReconciled: string) =>
    fluxObject("Kustomization", "canary", ours, {
        status: {
            history: [{ firstReconciled, lastReconciled: "2026-01-01T13:00:00Z", lastReconciledDuration: "1s" }],
        },
    });

/** A layer that substitutes from that Secret as well, whose newest attempt ended at a time. */
const user = (lastReconciled: string, sources = ["cluster-vars", "secret-vars"]) =>
    fluxObject("Kustomization", "caches", ours, {
        spec: { postBuild: { substituteFrom: sources.map((name) => ({ name })) } },
        status: { history: [{ lastReconciled, lastReconciledDuration: "1s" }] },
    });

describe("waitForFlux, when a secret variable of the tree has changed", () => {
    it("has a layer built anew that was built with the old value, and waits for it", async () => {
        const before = fluxStatus(ours, canary("2026-01-01T12:10:00Z"), user("2026-01-01T12:09:59Z"));
        const after = fluxStatus(ours, canary("2026-01-01T12:10:00Z"), user("2026-01-01T12:10:03Z"));
        const found = await wait([before, after], { cluster });
        assert.equal(found.polls, 2);
        assert.ok(found.requests.includes("Kustomization caches"), found.requests.join());
    });

    it("sees a change that Flux applies during the wait", async () => {
        const layer = user("2026-01-01T12:09:59Z");
        const working = { ...layer, status: { ...layer.status, conditions: [] } };
        const polls = [
            fluxStatus(ours, canary("2026-01-01T12:00:00Z"), working),
            fluxStatus(ours, canary("2026-01-01T12:10:00Z"), layer),
            fluxStatus(ours, canary("2026-01-01T12:10:00Z"), user("2026-01-01T12:10:03Z")),
        ];
        assert.equal((await wait(polls, { cluster })).polls, 3);
    });

    it("asks nothing of a layer that takes no secret variables", async () => {
        const other = user("2026-01-01T12:09:59Z", ["cluster-vars"]);
        const found = await wait([fluxStatus(ours, canary("2026-01-01T12:10:00Z"), other)], { cluster });
        assert.ok(!found.requests.includes("Kustomization caches"), found.requests.join());
    });
});

describe("waitForFlux, when a variable of the tree has changed", () => {
    it("has a layer built anew that was built with the old value, and waits for it", async () => {
        const old = fluxStatus(ours, layer("mesh", "2026-01-01T11:59:00Z", "2s"));
        const found = await wait([old, old, fluxStatus(ours, layer("mesh", "2026-01-01T12:00:05Z", "840ms"))], {
            cluster,
        });
        assert.equal(readinessOf(found).objects.length, 3);
        assert.equal(found.polls, 3);
        assert.ok(found.requests.includes("Kustomization mesh"), found.requests.join());
    });

    it("counts from when an attempt began: one that was under way was built with the old value", async () => {
        const underWay = fluxStatus(ours, layer("mesh", "2026-01-01T12:01:00Z", "1m30.5s"));
        const found = await wait([underWay, fluxStatus(ours, layer("mesh", "2026-01-01T12:01:00Z", "59s"))], {
            cluster,
        });
        assert.equal(found.polls, 2);
    });

    it("asks nothing of a layer that was built since, nor of one that takes no variables", async () => {
        const since = layer("mesh", "2026-01-01T12:00:05Z", "1s");
        const without = layer("plain", "2026-01-01T11:00:00Z", "1s", false);
        const found = await wait([fluxStatus(ours, since, without)], { cluster });
        assert.deepEqual(found.requests, ["GitRepository flux-system"]);
    });
});
