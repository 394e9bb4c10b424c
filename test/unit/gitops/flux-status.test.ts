import * as assert from "node:assert/strict";
import { type FluxObject, judge } from "../../../components/gitops/flux-status";

const commit = "c0ffee";
const revision = `staging@sha1:${commit}`;
const ready = { type: "Ready", status: "True", reason: "ReconciliationSucceeded", message: "Applied" };

function object(kind: string, name: string, over: Partial<FluxObject> = {}): FluxObject {
    return {
        kind,
        metadata: { name, namespace: "flux-system", generation: 1 },
        spec: { sourceRef: { kind: "GitRepository", name: "flux-system" }, ...over.spec },
        status: {
            observedGeneration: 1,
            conditions: [ready],
            ...(kind === "GitRepository" ? { artifact: { revision } } : { lastAppliedRevision: revision }),
            ...over.status,
        },
    };
}

const failing = (reason: string, message: string, type = "Ready", status = "False") => ({
    type,
    status,
    reason,
    message,
});
const source = object("GitRepository", "flux-system");
const root = object("Kustomization", "flux-system");

describe("judge", () => {
    it("is ready when source, layers and releases are Ready at the commit", () => {
        const graph = judge([source, root, object("Kustomization", "apps"), object("HelmRelease", "traefik")], commit);
        assert.equal(graph.ready, true);
        assert.deepEqual(graph.blockers, []);
    });

    it("is not ready before there is a root Kustomization", () => {
        assert.equal(judge([source], commit).ready, false);
    });

    it("is not ready while the source is at another commit, though everything says Ready", () => {
        assert.equal(judge([source, root], "abcdef").ready, false);
    });

    it("is not ready while a layer has applied an older revision, though it says Ready", () => {
        const behind = object("Kustomization", "apps", { status: { lastAppliedRevision: "staging@sha1:0ld" } });
        const graph = judge([source, root, behind], commit);
        assert.equal(graph.ready, false);
        assert.equal(graph.blockers[0]?.name, "apps");
    });

    it("is not ready while a generation is not observed", () => {
        const changed = { ...object("HelmRelease", "traefik"), metadata: { name: "t", namespace: "n", generation: 2 } };
        assert.equal(judge([source, root, changed], commit).ready, false);
    });

    it("is not ready while a layer that the root applied is missing", () => {
        const entries = [{ id: "flux-system_apps_kustomize.toolkit.fluxcd.io_Kustomization" }];
        const graph = judge(
            [source, object("Kustomization", "flux-system", { status: { inventory: { entries } } })],
            commit,
        );
        assert.deepEqual(
            [graph.ready, graph.blockers[0]?.name, graph.blockers[0]?.reason],
            [false, "apps", "NotFound"],
        );
    });

    it("leaves out what somebody suspended", () => {
        const suspended = object("HelmRelease", "x", { spec: { suspend: true }, status: { conditions: [] } });
        assert.equal(judge([source, root, suspended], commit).ready, true);
    });

    it("names the first failing object, not those that wait for it", () => {
        const infra = object("Kustomization", "infra", {
            status: { conditions: [failing("HealthCheckFailed", "traefik not ready")] },
        });
        const apps = object("Kustomization", "apps", {
            spec: { dependsOn: [{ name: "infra" }] },
            status: { conditions: [failing("DependencyNotReady", "dependency infra is not ready")] },
        });
        const release = object("HelmRelease", "traefik", {
            status: {
                conditions: [failing("InstallFailed", "values"), failing("RetriesExceeded", "", "Stalled", "True")],
            },
        });
        const { blockers } = judge([source, root, apps, infra, release], commit);
        assert.deepEqual(
            blockers.map(({ name, terminal }) => [name, terminal]),
            [
                ["traefik", true],
                ["infra", false],
                ["apps", false],
            ],
        );
    });

    it("counts a failed build of this commit as terminal, and of an older one not", () => {
        const broken = (at: string) =>
            object("Kustomization", "apps", {
                status: {
                    conditions: [failing("BuildFailed", "cannot get sops data key")],
                    lastAttemptedRevision: `staging@sha1:${at}`,
                },
            });
        assert.equal(judge([source, root, broken(commit)], commit).blockers[0]?.terminal, true);
        assert.equal(judge([source, root, broken("0ld")], commit).blockers[0]?.terminal, false);
    });
});
