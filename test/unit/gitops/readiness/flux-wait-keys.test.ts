import * as assert from "node:assert/strict";
import type { FluxObject } from "../../../../components/gitops/readiness/flux-object";
import type { FluxWaitArgs } from "../../../../components/gitops/readiness/flux-wait";
import { failing, fluxObject, fluxStatus } from "../../../support/flux-objects";
import { handledAt, messageOf, ours, type Poll, readinessOf, wait } from "../../../support/flux-wait";

const layer = (name: string) => fluxObject("Kustomization", name, ours);

describe("waitForFlux, with keys that were changed", () => {
    const undecryptable = fluxObject("Kustomization", "infra", ours, {
        status: {
            conditions: [failing("BuildFailed", "decryption failed for 'x': could not decrypt data key with PGP key")],
            lastAttemptedRevision: `staging@sha1:${ours}`,
        },
    });

    it("has the source fetched and the canaries decrypted with the new ones, though both were Ready before", async () => {
        const graph = fluxStatus(ours, layer("canary"), layer("apps"));
        const requested: string[] = [];
        const cluster = {
            requestReconciliation: (kind: string, _: string, name: string) =>
                Promise.resolve(void requested.push(name)),
        };
        const found = await wait([graph], { cluster });
        assert.match(messageOf(found), /^GitRepository .* waiting for an attempt with this update's keys/);
        assert.deepEqual([...new Set(requested)], ["flux-system", "canary"]);
        assert.equal(readinessOf(await wait([graph])).commit, ours);
    });

    it("has a layer tried again whose build failed with the old ones, and stops if it fails with the new", async () => {
        const healed = await wait([fluxStatus(ours, undecryptable), fluxStatus(ours, layer("infra"))]);
        assert.equal(readinessOf(healed).commit, ours);
        assert.deepEqual(healed.requests, ["GitRepository flux-system", "Kustomization infra"]);
        const failed = await wait([fluxStatus(ours, undecryptable)]);
        assert.match(messageOf(failed), /^Kustomization flux-system\/infra cannot become ready: BuildFailed/);
        assert.ok(failed.seconds < 10, String(failed.seconds));
    });

    it("is not stopped by a build that failed before it was asked for, however long that takes to repeat", async () => {
        const untried = [...Array<Poll>(60).fill(fluxStatus(ours, undecryptable)), fluxStatus(ours)];
        let requests = 0;
        const cluster: Partial<FluxWaitArgs["cluster"]> = {
            requestReconciliation: () => {
                requests += 1;
                return Promise.resolve();
            },
            fluxObjects: () => {
                const source = handledAt(fluxObject("GitRepository", "flux-system", ours), new Date().toISOString());
                const [, ...rest] = (untried.length > 1 ? untried.shift() : untried[0]) as FluxObject[];
                return Promise.resolve([source, ...rest]);
            },
        };
        const found = await wait([], { cluster });
        assert.equal(readinessOf(found).commit, ours);
        assert.equal(requests, 2, "once in twenty seconds");
    });
});
