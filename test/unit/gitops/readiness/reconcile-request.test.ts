import * as assert from "node:assert/strict";
import type { FluxObject } from "../../../../components/gitops/readiness/flux-object";
import {
    attemptedSince,
    dependsOnKeys,
    type Freshness,
    needsReconcile,
    staleReason,
} from "../../../../components/gitops/readiness/reconcile-request";
import { failing, fluxObject } from "../../../support/flux-objects";
import { handledAt } from "../../../support/flux-wait";

const before = "2026-01-01T11:59:59.999Z";
const asked = "2026-01-01T12:00:00.000Z";
const freshness: Freshness = { asked, variablesChanged: "2026-01-01T10:00:00.000Z" };

const object = (kind: string, name: string, over: Partial<FluxObject> = {}) => fluxObject(kind, name, "c0ffee", over);
const source = object("GitRepository", "flux-system");
const check = object("Kustomization", "canary");

/** A layer that takes the variables, whose newest attempt ended at a time and took so long. */
const attempted = (lastReconciled: string, lastReconciledDuration: string) =>
    object("Kustomization", "apps", {
        spec: { postBuild: { substituteFrom: [{ name: "cluster-vars" }] } },
        status: { history: [{ lastReconciled, lastReconciledDuration }] },
    });

describe("dependsOnKeys", () => {
    it("is true for the root source and the decryption check alone", () => {
        assert.deepEqual([source, check].map(dependsOnKeys), [true, true]);
        const others = [
            object("Kustomization", "flux-system"),
            object("GitRepository", "team"),
            attempted(asked, "1s"),
        ];
        assert.deepEqual(others.map(dependsOnKeys), [false, false, false]);
        const theirs = { ...check, metadata: { ...check.metadata, namespace: "team" } };
        assert.equal(dependsOnKeys(theirs), false);
    });
});

describe("attemptedSince", () => {
    it("counts from the millisecond of the request, and takes a later request for an answer", () => {
        assert.equal(attemptedSince(handledAt(source, before), asked), false);
        assert.equal(attemptedSince(handledAt(source, asked), asked), true);
        assert.equal(attemptedSince(handledAt(source, "2026-01-01T14:00:00.5+01:00"), asked), true);
    });

    it("is false for what was never asked", () => {
        assert.equal(attemptedSince(source, asked), false);
    });
});

describe("staleReason", () => {
    it("names the keys until what depends on them was attempted", () => {
        assert.match(staleReason(check, freshness) ?? "", /this update's keys/);
        assert.equal(staleReason(handledAt(check, asked), freshness), undefined);
    });

    it("names the variables for an attempt that started before they changed, whenever it ended", () => {
        for (const [end, duration, stale] of [
            ["2026-01-01T10:00:30Z", "31s", true],
            ["2026-01-01T10:00:30Z", "29s", false],
            ["2026-01-01T10:01:00Z", "1m0.5s", true],
            ["2026-01-01T11:00:00Z", "1h0m1s", true],
            ["2026-01-01T10:00:01Z", "840ms", false],
        ] as const) {
            const reason = staleReason(attempted(end, duration), freshness);
            assert.equal(reason !== undefined, stale, `${end} ${duration}`);
            if (reason !== undefined) {
                assert.match(reason, /the present cluster-vars/);
            }
        }
    });

    it("is undefined for a layer that takes no variables", () => {
        const layer = { ...attempted("2026-01-01T09:00:00Z", "1s"), spec: {} };
        assert.equal(staleReason(layer, freshness), undefined);
    });
});

describe("needsReconcile", () => {
    const failed = object("Kustomization", "apps", { status: { conditions: [failing("BuildFailed", "no")] } });

    it("asks for what depends on keys, what failed to build, and what is stale, once", () => {
        const stale = attempted("2026-01-01T09:00:00Z", "1s");
        for (const wanted of [source, check, failed, stale]) {
            assert.equal(needsReconcile(wanted, freshness), true, wanted.metadata.name);
            assert.equal(needsReconcile(handledAt(wanted, asked), freshness), false, wanted.metadata.name);
        }
    });

    it("asks for nothing else", () => {
        const fresh = attempted("2026-01-01T11:00:00Z", "1s");
        const release = object("HelmRelease", "traefik", { status: { conditions: [failing("BuildFailed", "no")] } });
        const applying = object("Kustomization", "apps", {
            status: { conditions: [failing("HealthCheckFailed", "")] },
        });
        assert.deepEqual(
            [fresh, release, applying].map((one) => needsReconcile(one, freshness)),
            [false, false, false],
        );
    });

    it("leaves alone what somebody suspended", () => {
        assert.equal(needsReconcile({ ...failed, spec: { suspend: true } }, freshness), false);
    });
});
