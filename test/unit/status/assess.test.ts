import * as assert from "node:assert/strict";
import { isKnown } from "../../../tools/status/status";
import { failing, fluxBut, healthyBut, known, recorded, statusOf } from "../../support/observations";

describe("the status of a stack that is Ready", () => {
    const status = statusOf(recorded("healthy"));

    it("is healthy, and knows every part", () => {
        assert.deepEqual(status.problems, []);
        assert.equal(status.healthy, true);
        for (const [name, part] of Object.entries(status)) {
            assert.ok(isKnown(part), name);
        }
    });

    it("has the layers in the order in which they start", () => {
        const layers = known(status.layers);
        const names = layers.map(({ name }) => name);
        assert.equal(layers.length, 14);
        for (const { name, after } of layers) {
            after.forEach((other) => assert.ok(names.indexOf(other) < names.indexOf(name), `${other} before ${name}`));
        }
        assert.ok(layers.every(({ state, waitsFor }) => state === "ready" && waitsFor.length === 0));
    });

    it("names cloud, cluster, Flux and the commit as they were", () => {
        const { cluster } = known(status.cloud);
        assert.equal(cluster?.name, "landfall-staging");
        assert.deepEqual(
            cluster.pools.map(({ name, nodes }) => [name, nodes]),
            [
                ["apps", 1],
                ["system", 1],
            ],
        );
        assert.equal(known(known(status.cluster).nodes).length, 2);
        const flux = known(status.flux);
        assert.equal(flux.version, "v2.9.5");
        assert.equal(flux.controllers.length, 12);
        assert.match(flux.source.commit, /^[0-9a-f]{40}$/);
        assert.equal(known(status.drift).commit, flux.source.commit);
    });

    it("is healthy while a layer is looked at once more, and not while it goes to another revision", () => {
        const progressing = (lastAttemptedRevision: string | undefined) =>
            fluxBut("Kustomization", "mesh", (object) => ({
                ...object,
                status: {
                    ...object.status,
                    ...(lastAttemptedRevision ? { lastAttemptedRevision } : {}),
                    conditions: [{ type: "Ready", status: "Unknown", reason: "Progressing", message: "checking" }],
                },
            }));
        assert.equal(statusOf(healthyBut({ flux: progressing(undefined) })).healthy, true);
        assert.equal(statusOf(healthyBut({ flux: progressing("staging@sha1:another") })).healthy, false);
    });

    it("has the release's layer and the chart's version", () => {
        const traefik = known(status.releases).find(({ name }) => name === "traefik");
        assert.equal(traefik?.layer, "infra");
        assert.match(traefik.version, /^41\.3\.0/);
    });

    it("knows the keys, and the layer that proves them", () => {
        const { keyVault, pgp, proof } = known(status.keys);
        assert.match(known(keyVault).uri, /\/keys\/sops\/[0-9a-f]{32}$/);
        assert.equal(known(pgp)[0]?.fingerprint.length, 40);
        assert.deepEqual(proof, { layer: "canary", state: "ready" });
    });
});

describe("the status of a stack that comes up", () => {
    const status = statusOf(recorded("coming-up"));

    it("is not healthy yet, though nothing is wrong", () => {
        assert.equal(status.healthy, false);
        assert.deepEqual(status.problems, []);
    });

    it("says what waits for what, of layers that are not ready alone", () => {
        const layers = known(status.layers);
        const state = Object.fromEntries(layers.map((layer) => [layer.name, layer]));
        assert.equal(state.canary?.state, "ready");
        assert.equal(state.observability?.state, "working");
        assert.equal(state.apps?.state, "waiting");
        assert.deepEqual(state.apps.waitsFor, ["system-config"]);
        assert.deepEqual(state.apps.after, ["system-config", "canary"]);
    });

    it("says what cannot be read yet, and why", () => {
        assert.deepEqual(status.backups.postgresql, { unknown: "CloudNativePG is not in the cluster yet" });
        assert.equal(known(status.backups.velero).length, 2);
    });
});

describe("the status of a stack with a fault", () => {
    it("begins with the chart that does not exist, its cause, and what to type", () => {
        const { healthy, problems } = statusOf(recorded("broken"));
        assert.equal(healthy, false);
        const [first, second] = problems;
        assert.equal(first?.object, "OCIRepository flux-system/traefik");
        assert.match(first.message, /99\.0\.0/);
        assert.equal(first.cause, "the chart, or this version of it, does not exist at its registry");
        assert.equal(first.command, "kubectl describe ocirepository -n flux-system traefik");
        assert.equal(second?.severity, "warning");
        assert.equal(second.object, "HelmRelease flux-system/jaeger");
        assert.equal(problems.length, 2);
    });

    it("is healthy with a release that is suspended, but says how to go on", () => {
        const flux = fluxBut("HelmRelease", "jaeger", (object) => ({
            ...object,
            spec: { ...object.spec, suspend: true },
        }));
        const { healthy, problems, drift } = statusOf(healthyBut({ flux }));
        assert.equal(healthy, true);
        assert.deepEqual(known(drift).suspended, ["HelmRelease flux-system/jaeger"]);
        assert.match(problems[0]?.command ?? "", /patch helmrelease -n flux-system jaeger .*"suspend":false/);
    });

    it("names the release, not the layer that fails for its sake, and what it holds up", () => {
        const message = "Helm install failed: values don't meet the specifications of the schema(s)";
        const broken = fluxBut("HelmRelease", "cert-manager", (object) => failing(object, "InstallFailed", message));
        const infra = broken.find(({ kind, metadata }) => kind === "Kustomization" && metadata.name === "infra")!;
        const waits = (name: string) => ["infra-config", "apps"].includes(name);
        const flux = broken.map((object) =>
            object === infra
                ? failing(object, "HealthCheckFailed", "health check failed")
                : object.kind === "Kustomization" && waits(object.metadata.name)
                  ? failing(object, "DependencyNotReady", "dependency 'flux-system/infra' is not ready")
                  : object,
        );
        const { problems } = statusOf(healthyBut({ flux }));
        assert.deepEqual(
            problems.map(({ object }) => object),
            ["HelmRelease flux-system/cert-manager"],
        );
        assert.equal(problems[0]?.cause, "the chart refuses these values");
        assert.deepEqual(problems[0].holds, ["infra", "infra-config", "apps"]);
    });

    it("names a layer that fails by itself", () => {
        const flux = fluxBut("Kustomization", "canary", (object) =>
            failing(object, "BuildFailed", "error decrypting: failed to get the data key required"),
        );
        const { problems, keys } = statusOf(healthyBut({ flux }));
        assert.equal(problems[0]?.object, "Kustomization flux-system/canary");
        assert.match(problems[0].cause ?? "", /the cluster has no key for this file/);
        assert.deepEqual(problems[0].holds, ["canary"]);
        assert.deepEqual(known(keys).proof, { layer: "canary", state: "failed" });
    });

    it("names the root beside a layer that fails, and what both hold up", () => {
        const broken = fluxBut("Kustomization", "canary", (object) =>
            failing(object, "BuildFailed", "kustomize build failed"),
        );
        const flux = broken.map((object) =>
            object.kind === "Kustomization" && object.metadata.name === "flux-system"
                ? failing(object, "BuildFailed", "kustomization path not found")
                : object,
        );
        const { problems } = statusOf(healthyBut({ flux }));
        assert.deepEqual(
            problems.map(({ object, holds }) => [object, holds]),
            [
                ["Kustomization flux-system/canary", ["canary"]],
                ["Kustomization flux-system/flux-system", ["canary"]],
            ],
        );
    });

    it("finds the cause in the last warning, where the condition has none", () => {
        const flux = fluxBut("HelmRelease", "valkey", (object) => failing(object, "Failed", "it failed"));
        const involvedObject = { kind: "HelmRelease", namespace: "flux-system", name: "valkey" };
        const event = (message: string, lastTimestamp: string) => ({
            ...{ metadata: { name: lastTimestamp }, involvedObject, type: "Warning", message, lastTimestamp },
        });
        const events = [
            event("no '1.2.3' chart with version", "2026-11-27T21:00:00Z"),
            event("denied the request", "2026-11-27T22:00:00Z"),
        ];
        assert.match(statusOf(healthyBut({ flux, events })).problems[0]?.cause ?? "", /admission refuses it/);
    });

    it("names a layer that somebody deleted", () => {
        const { flux } = recorded("healthy").cluster;
        const left = known(flux).filter(({ metadata }) => metadata.name !== "mesh");
        const { problems, healthy } = statusOf(healthyBut({ flux: left }));
        assert.equal(healthy, false);
        assert.equal(problems[0]?.object, "Kustomization flux-system/mesh");
        assert.match(problems[0].message, /not in the cluster any more/);
    });

    it("names a node that is not ready", () => {
        const nodes = known(recorded("healthy").cluster.nodes).map((node) => ({
            ...node,
            status: { conditions: [{ type: "Ready", status: "Unknown", message: "Kubelet stopped posting" }] },
        }));
        const { problems } = statusOf(healthyBut({ nodes }));
        assert.equal(problems.length, 2);
        assert.match(problems[0]?.message ?? "", /Kubelet stopped posting/);
    });

    it("names a controller of Flux that does not run", () => {
        const deployments = known(recorded("healthy").cluster.deployments).map((deployment) =>
            deployment.metadata.name === "helm-controller" ? { ...deployment, status: {} } : deployment,
        );
        const [problem] = statusOf(healthyBut({ deployments })).problems;
        assert.equal(problem?.object, "Deployment flux-system/helm-controller");
        assert.equal(problem.message, "0 of 1 pods are ready");
    });
});

describe("the status of what cannot be read", () => {
    it("says so in the part's place, and is healthy all the same", () => {
        const unknown = "the API server answers 403 certificates is forbidden";
        const { healthy, certificates, problems } = statusOf(healthyBut({ certificates: { unknown } }));
        assert.deepEqual(certificates, { unknown });
        assert.deepEqual(problems, []);
        assert.equal(healthy, true);
    });

    it("is not healthy where the layers are not known", () => {
        const { healthy } = statusOf(healthyBut({ flux: { unknown: "403" } }));
        assert.equal(healthy, false);
    });

    it("has a server that does not answer as its problem", () => {
        const seen = recorded("healthy");
        const cluster = { ...seen.cluster, server: { unknown: "API server x: ECONNREFUSED" } };
        const { problems } = statusOf({ ...seen, cluster });
        assert.equal(problems[0]?.object, "API server");
        assert.equal(problems[0].command, "npm run doctor");
    });

    it("has the cluster that is not there as its problem, and shows the layers that are to come", () => {
        const seen = recorded("healthy");
        const unknown = { unknown: "stack staging has no cluster yet" };
        const cluster = { ...seen.cluster, server: unknown, flux: unknown };
        const azure = { ...known(seen.azure), cluster: null };
        const status = statusOf({ ...seen, azure, cluster });
        assert.deepEqual(
            status.problems.map(({ object, command }) => [object, command]),
            [["resource group landfall-staging-cluster", "pulumi up"]],
        );
        assert.deepEqual(new Set(known(status.layers).map(({ state }) => state)), new Set(["planned"]));
    });

    it("names a cluster that is stopped, and a node pool that failed", () => {
        const seen = recorded("healthy");
        const azure = known(seen.azure);
        const found = known(azure.cluster)!;
        const [pool, ...pools] = found.properties?.agentPoolProfiles ?? [];
        const properties = {
            ...found.properties,
            powerState: { code: "Stopped" },
            agentPoolProfiles: [{ ...pool!, provisioningState: "Failed" }, ...pools],
        };
        const { problems } = statusOf({ ...seen, azure: { ...azure, cluster: { ...found, properties } } });
        assert.deepEqual(
            problems.map(({ object, message }) => `${object} ${message}`),
            ["cluster landfall-staging is Stopped", "node pool apps is Failed"],
        );
        assert.match(problems[0]?.command ?? "", /^az aks start --resource-group landfall-staging-cluster --name /);
    });
});
