import * as assert from "node:assert/strict";
import type { FluxObject } from "../../../../components/gitops/readiness/flux-object";
import { evaluate, sourceCommit } from "../../../../components/gitops/readiness/flux-status";
import { content, failing, fluxObject, layerWithArtifact } from "../../../support/flux-objects";

const commit = "c0ffee";
const object = (kind: string, name: string, over: Partial<FluxObject> = {}) => fluxObject(kind, name, commit, over);
const source = object("GitRepository", "flux-system");
const root = object("Kustomization", "flux-system");

describe("evaluate", () => {
    it("is ready when source, layers and releases are Ready at the commit", () => {
        const graph = evaluate(
            [source, root, object("Kustomization", "apps"), object("HelmRelease", "traefik")],
            commit,
        );
        assert.equal(graph.ready, true);
        assert.deepEqual(graph.blockers, []);
    });

    it("is not ready before there is a root Kustomization", () => {
        assert.equal(evaluate([source], commit).ready, false);
    });

    it("is not ready while the source is at another commit, though everything says Ready", () => {
        assert.equal(evaluate([source, root], "abcdef").ready, false);
    });

    it("is not ready while a layer has applied an older revision, though it says Ready", () => {
        const behind = object("Kustomization", "apps", { status: { lastAppliedRevision: "staging@sha1:0ld" } });
        const graph = evaluate([source, root, behind], commit);
        assert.equal(graph.ready, false);
        assert.equal(graph.blockers[0]?.name, "apps");
    });

    it("is not ready while a generation is not observed", () => {
        const metadata = { name: "traefik", namespace: "flux-system", generation: 2 };
        const changed = { ...object("HelmRelease", "traefik"), metadata };
        assert.equal(evaluate([source, root, changed], commit).ready, false);
    });

    it("is ready while what a tenant delivers is not, and shows that all the same", () => {
        const theirs = object("Kustomization", "team", { status: { conditions: [failing("BuildFailed", "no")] } });
        const graph = evaluate(
            [source, root, { ...theirs, metadata: { ...theirs.metadata, namespace: "team-example" } }],
            commit,
        );
        assert.equal(graph.ready, true);
        assert.deepEqual(graph.blockers, []);
        assert.ok(graph.objects.some(({ namespace, ready }) => namespace === "team-example" && !ready));
    });

    it("is not ready while a layer that the root applied is missing", () => {
        const entries = [{ id: "flux-system_apps_kustomize.toolkit.fluxcd.io_Kustomization" }];
        const graph = evaluate(
            [source, object("Kustomization", "flux-system", { status: { inventory: { entries } } })],
            commit,
        );
        assert.deepEqual(
            [graph.ready, graph.blockers[0]?.name, graph.blockers[0]?.reason],
            [false, "apps", "NotFound"],
        );
    });

    describe("where a layer has an artifact of its own", () => {
        const newer = "latest@sha256:beef";
        const problemOf = (...objects: FluxObject[]) => {
            const { ready, blockers } = evaluate([source, root, ...objects], commit);
            assert.equal(ready, blockers.length === 0);
            return blockers.map(({ kind, message }) => `${kind} ${message}`);
        };

        it("is ready when nothing in the artifact changed with the commit, and the layer stayed as it is", () => {
            assert.deepEqual(problemOf(...layerWithArtifact("apps", commit)), []);
        });

        it("is not ready while the artifact is made of an older commit, though the layer has applied it", () => {
            const waiting = `made of staging@sha1:0ld, waiting for staging@sha1:${commit}`;
            assert.deepEqual(problemOf(...layerWithArtifact("apps", "0ld")), [
                `ExternalArtifact ${waiting}`,
                `Kustomization its artifact is ${waiting}`,
            ]);
        });

        it("is not ready while the layer has applied an older artifact", () => {
            const layer = layerWithArtifact("apps", commit, { layer: { lastAppliedRevision: newer } });
            assert.deepEqual(problemOf(...layer), [`Kustomization applied ${newer}, waiting for ${content}`]);
        });

        it("is not ready while there is no artifact", () => {
            const [layer] = layerWithArtifact("apps", commit);
            assert.match(
                problemOf(...(layer ? [layer] : []))[0] ?? "",
                /^Kustomization .* artifact, which is not there/,
            );
        });

        it("is not ready before the generator has seen its newest list of files", () => {
            const condition = { ...failing("Succeeded", "", "Ready", "True"), observedGeneration: 1 };
            const generator = (generation: number) => ({
                kind: "ArtifactGenerator",
                metadata: { name: "apps", namespace: "flux-system", generation },
                status: { conditions: [condition] },
            });
            assert.equal(problemOf(generator(2)).length, 1);
            assert.deepEqual(problemOf(generator(1)), []);
        });

        it("is not ready while a generator that the root applied is missing", () => {
            const entries = [{ id: "flux-system_apps_source.extensions.fluxcd.io_ArtifactGenerator" }];
            const applied = object("Kustomization", "flux-system", { status: { inventory: { entries } } });
            const { ready, blockers } = evaluate([source, applied, ...layerWithArtifact("apps", commit)], commit);
            assert.deepEqual([ready, blockers[0]?.kind, blockers[0]?.reason], [false, "ArtifactGenerator", "NotFound"]);
        });

        it("gives up on a build that failed with the artifact of the commit, and of no other", () => {
            const terminal = (made: string, attempted: string) => {
                const conditions = [failing("BuildFailed", "accumulating resources")];
                const status = { conditions, lastAttemptedRevision: attempted };
                const objects = layerWithArtifact("apps", made, { layer: status });
                const { blockers } = evaluate([source, root, ...objects], commit);
                return blockers.find(({ kind }) => kind === "Kustomization")?.terminal;
            };
            assert.equal(terminal(commit, content), true);
            assert.equal(terminal("0ld", content), false);
            assert.equal(terminal(commit, newer), false);
        });
    });

    it("leaves out what somebody suspended", () => {
        const suspended = object("HelmRelease", "x", { spec: { suspend: true }, status: { conditions: [] } });
        assert.equal(evaluate([source, root, suspended], commit).ready, true);
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
        const { blockers } = evaluate([source, root, apps, infra, release], commit);
        assert.deepEqual(
            blockers.map(({ name, terminal }) => [name, terminal]),
            [
                ["traefik", true],
                ["infra", false],
                ["apps", false],
            ],
        );
    });
});

describe("sourceCommit", () => {
    it("is what Flux has fetched of the fleet repository, and of no other source", () => {
        assert.equal(sourceCommit([object("GitRepository", "other"), source]), commit);
        assert.equal(sourceCommit([object("GitRepository", "other")]), undefined);
        assert.equal(sourceCommit([{ ...source, status: {} }]), undefined);
    });
});
