import * as assert from "node:assert/strict";
import type { FluxObject } from "../../../../components/gitops/readiness/flux-object";
import { isTerminal } from "../../../../components/gitops/readiness/terminal-failure";
import { failing, fluxObject } from "../../../support/flux-objects";

const commit = "c0ffee";
const digest = "sha256:abc";
const object = (kind: string, name: string, over: Partial<FluxObject> = {}) => fluxObject(kind, name, commit, over);

describe("a failure", () => {
    const layer = (at: string, reason = "BuildFailed", message = "no such file or directory") =>
        object("Kustomization", "infra", {
            status: { conditions: [failing(reason, message)], lastAttemptedRevision: `staging@sha1:${at}` },
        });

    it("to build this commit is terminal, and to build an older one is not", () => {
        assert.equal(isTerminal(layer(commit), [], commit), true);
        assert.equal(isTerminal(layer("0ld"), [], commit), false);
    });

    it("to apply is not terminal", () => {
        assert.equal(isTerminal(layer(commit, "ReconciliationFailed", "no matches for kind"), [], commit), false);
    });

    describe("of a release", () => {
        const chart = (revision = `1.0.0@${digest}`) =>
            object("OCIRepository", "traefik", { status: { observedGeneration: 1, artifact: { revision } } });
        const release = (
            message: string,
            generation = 1,
            conditions = [failing("InstallFailed", message)],
        ): FluxObject => {
            const made = object("HelmRelease", "traefik", {
                spec: { chartRef: { kind: "OCIRepository", name: "traefik" } },
                status: { conditions, lastAttemptedGeneration: 1, lastAttemptedRevisionDigest: digest },
            });
            const label = "kustomize.toolkit.fluxcd.io";
            const labels = { [`${label}/name`]: "infra", [`${label}/namespace`]: "flux-system" };
            return { ...made, metadata: { ...made.metadata, generation, labels } };
        };
        const refused = "values don't meet the specifications of the schema(s) in the following chart(s):";
        const infra = layer(commit, "Progressing", "");

        it("is terminal when the chart refuses its values, though Helm tries on", () => {
            assert.equal(isTerminal(release(refused), [infra, chart()], commit), true);
        });

        it("is not terminal when it may pass", () => {
            assert.equal(isTerminal(release("failed calling webhook"), [infra, chart()], commit), false);
        });

        it("is not terminal before its layer has seen the commit that may mend it", () => {
            assert.equal(isTerminal(release(refused), [layer("0ld"), chart()], commit), false);
            const stalled = release("", 1, [failing("RetriesExceeded", "", "Stalled", "True")]);
            assert.equal(isTerminal(stalled, [layer("0ld"), chart()], commit), false);
            assert.equal(isTerminal(stalled, [infra, chart()], commit), true);
        });

        it("is not terminal before Helm has tried the new values, or the new chart", () => {
            assert.equal(isTerminal(release(refused, 2), [infra, chart()], commit), false);
            assert.equal(isTerminal(release(refused), [infra, chart("1.1.0@sha256:def")], commit), false);
        });
    });
});
