import * as assert from "node:assert/strict";
import type { FluxObject } from "../../../components/gitops/readiness/flux-object";
import { slowestChain } from "../../../tools/sandbox/layer-times";
import { layersTable } from "../../../tools/sandbox/report";

describe("the layers that a start waited for", () => {
    const noon = Date.parse("2026-01-01T12:00:00Z");
    const at = (seconds: number) => new Date(noon + seconds * 1000).toISOString();
    const object = (kind: string, name: string, created: number, rest: object) =>
        ({
            kind,
            metadata: { name, namespace: "flux-system", generation: 1, creationTimestamp: at(created) },
            ...rest,
        }) as FluxObject;
    const ready = (seconds: number) => ({ type: "Ready", status: "True", lastTransitionTime: at(seconds) });
    const attempt = (took: string, status = "ReconciliationSucceeded") => ({
        lastReconciledDuration: took,
        lastReconciledStatus: status,
    });

    interface Layer {
        readonly readyAt: number;
        readonly took: string;
        readonly health: string;
        readonly after?: readonly string[];
        readonly releases?: readonly string[];
        readonly failed?: boolean;
    }

    const layer = (name: string, { readyAt, took, health, after = [], releases = [], failed }: Layer) => [
        object("Kustomization", name, 0, {
            spec: {
                dependsOn: after.map((each) => ({ name: each })),
                sourceRef: { kind: "ExternalArtifact", name },
            },
            status: {
                conditions: [
                    ready(readyAt),
                    { type: "Healthy", status: "True", message: `Health check passed in ${health}` },
                ],
                history: [attempt(took), ...(failed ? [attempt("1s", "HealthCheckFailed")] : [])],
                inventory: {
                    entries: releases.map((each) => ({ id: `flux-system_${each}_helm.toolkit.fluxcd.io_HelmRelease` })),
                },
            },
        }),
        object("ExternalArtifact", name, 2, { status: { artifact: { revision: "r", lastUpdateTime: at(3) } } }),
    ];
    const release = (name: string, created: number, readyAt: number, helm: string) =>
        object("HelmRelease", name, created, {
            status: { conditions: [ready(readyAt)], lastAttemptedReleaseActionDuration: helm },
        });

    const start = [
        ...layer("namespaces", { readyAt: 6, took: "2s", health: "500ms" }),
        ...layer("crds", { readyAt: 5, took: "2s", health: "1s" }),
        ...layer("infra", {
            readyAt: 21,
            took: "14s",
            health: "12.5s",
            after: ["crds", "namespaces"],
            releases: ["traefik", "cert-manager"],
        }),
        release("traefik", 9, 14, "3s"),
        release("cert-manager", 9, 20, "8s"),
        ...layer("chaos", { readyAt: 15, took: "5s", health: "4s", after: ["crds"] }),
        ...layer("apps", { readyAt: 1 * 60 + 30, took: "5s", health: "5s", after: ["infra", "crds"], failed: true }),
    ];

    it("are those that each waited for the one before it, with what they spent their time on", () => {
        assert.deepEqual(slowestChain(start, noon), [
            {
                name: "namespaces",
                waited: 4,
                waitedFor: "artifact",
                idle: 1,
                build: 1.5,
                health: 0.5,
                readyAt: 6,
                failures: 0,
            },
            {
                ...{ name: "infra", waited: 7, waitedFor: "namespaces", idle: 1, build: 1.5, health: 12.5 },
                ...{ slowest: { name: "cert-manager", waited: 3, helm: 8 }, readyAt: 21, failures: 0 },
            },
            { name: "apps", waited: 85, waitedFor: "infra", idle: 64, build: 0, health: 5, readyAt: 90, failures: 1 },
        ]);
    });

    it("are none when no layer became Ready meanwhile", () => {
        assert.deepEqual(slowestChain(start, noon + 91_000), []);
    });

    it("stand in a table", () => {
        assert.equal(
            layersTable(slowestChain(start, noon)),
            [
                "CRITICAL PATH  READY   AFTER       IDLE                  BUILD  HEALTH  SLOWEST RELEASE",
                "namespaces     6.0 s   artifact    1.0 s                 1.5 s  0.5 s",
                "infra          21.0 s  namespaces  1.0 s                 1.5 s  12.5 s  cert-manager: chart 3.0 s, Helm 8.0 s",
                "apps           90.0 s  infra       64.0 s, 1 try failed  0.0 s  5.0 s",
            ].join("\n"),
        );
    });
});
