import * as assert from "node:assert/strict";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { GitAccess } from "../../../../components/gitops/fleet/fleet-repository";
import { Flux, type FluxArgs } from "../../../../components/gitops/flux/flux";
import { all, dependsOn, deploy, isSecretInput, only, type Registered } from "../../../support/deploy";

const types = {
    namespace: "kubernetes:core/v1:Namespace",
    secret: "kubernetes:core/v1:Secret",
    vars: "kubernetes:core/v1:ConfigMap",
    operator: "kubernetes:helm.sh/v3:Release",
    instance: "kubernetes:fluxcd.controlplane.io/v1:FluxInstance",
    source: "kubernetes:source.toolkit.fluxcd.io/v1:GitRepository",
    root: "kubernetes:kustomize.toolkit.fluxcd.io/v1:Kustomization",
};

const controllers = {
    "kustomize-controller": "11111111-0000-0000-0000-000000000000",
    "source-controller": "22222222-0000-0000-0000-000000000000",
    "image-reflector-controller": "33333333-0000-0000-0000-000000000000",
};

const vars = { cluster_name: "landfall-staging", environment: "staging" } as FluxArgs["clusterVars"];

/** What Flux registers in a cluster of its own; the keys come in without a mark, as from a provider that sets none. */
async function flux(changes: Partial<FluxArgs> = {}): Promise<readonly Registered[]> {
    const { resources } = await deploy(() => {
        const cluster = new pulumi.ComponentResource("test:index:Cluster", "cluster");
        const provider = new kubernetes.Provider("cluster", { kubeconfig: "{}" });
        const git: GitAccess = {
            url: pulumi.output("ssh://git@github.com/acme/fleet.git"),
            branch: "staging",
            provider: "generic",
            credentials: pulumi.output<Record<string, string>>({
                identity: "private",
                "identity.pub": "public",
                known_hosts: "github.com ssh-ed25519 AAAA\n",
            }),
            publicKey: pulumi.output("public"),
        };
        const args = {
            environment: "staging",
            git,
            sopsPgpPrivateKey: "pgp",
            clusterVars: vars,
            controllerClientIds: controllers,
            readyTimeoutMinutes: 15,
        };
        new Flux("flux", { ...args, ...changes }, { provider, deletedWith: cluster });
    });
    return resources;
}

/** The inputs of a custom resource. */
function specOf(resource: Registered): Record<string, unknown> {
    return resource.inputs.spec as Record<string, unknown>;
}

interface Patch {
    readonly target: { readonly kind: string; readonly name: string; readonly annotationSelector?: string };
    readonly patch: string;
}

async function patches(): Promise<readonly Patch[]> {
    const { kustomize } = specOf(only(await flux(), types.instance)) as { kustomize: { patches: readonly Patch[] } };
    return kustomize.patches;
}

/** What the patches do to the objects of a kind, by the objects' names. */
async function operations(kind: string): Promise<Record<string, { path: string; value: unknown }[]>> {
    const found: Record<string, { path: string; value: unknown }[]> = {};
    for (const { target, patch } of (await patches()).filter(({ target }) => target.kind === kind)) {
        (found[target.name] ??= []).push(...(JSON.parse(patch) as { path: string; value: unknown }[]));
    }
    return found;
}

describe("Flux", () => {
    it("puts everything below itself, into the cluster that it is given, and lets it vanish with that cluster", async () => {
        const resources = await flux();
        const [component] = all(resources, "landfall:gitops:Flux");
        const cluster = only(resources, "test:index:Cluster");
        const provider = only(resources, "pulumi:providers:kubernetes");
        // The engine gives a child its parent's deletedWith.
        assert.equal(component?.deletedWith, cluster.urn);
        const inCluster = resources.filter(({ type }) => type.startsWith("kubernetes:"));
        assert.deepEqual([...new Set(inCluster.map(({ type }) => type))].sort(), Object.values(types).sort());
        for (const { name, parent, provider: reference } of inCluster) {
            assert.equal(parent, component.urn, name);
            assert.equal(reference, `${provider.urn}::${provider.id}`, name);
        }
    });

    it("hands the deploy key and the PGP key to the engine as secrets, though nothing before it marked them", async () => {
        const resources = await flux();
        const git = only(resources, types.secret, "-git").inputs.stringData as { value: Record<string, string> };
        assert.ok(isSecretInput(git));
        assert.deepEqual(git.value, {
            identity: "private",
            "identity.pub": "public",
            known_hosts: "github.com ssh-ed25519 AAAA\n",
        });
        const sops = only(resources, types.secret, "-sops-gpg").inputs.stringData as { value: Record<string, string> };
        assert.ok(isSecretInput(sops));
        assert.deepEqual(sops.value, { "sops.asc": "pgp" });
    });

    it("installs the operator and Flux at fixed versions, Flux at one without the holes of older releases", async () => {
        const resources = await flux();
        const { version, chart } = only(resources, types.operator).inputs;
        assert.match(String(version), /^\d+\.\d+\.\d+$/);
        assert.equal(chart, "oci://ghcr.io/controlplaneio-fluxcd/charts/flux-operator");
        const { distribution } = specOf(only(resources, types.instance)) as { distribution: Record<string, string> };
        assert.equal(distribution.registry, "ghcr.io/fluxcd");
        const [, minor, patch] = /^2\.(\d+)\.(\d+)$/.exec(distribution.version ?? "")?.map(Number) ?? [];
        assert.ok(minor! > 9 || (minor === 9 && patch! >= 5), distribution.version);
    });

    it("leaves out the operator's page, which has no login", async () => {
        assert.deepEqual(only(await flux(), types.operator).inputs.values, { web: { enabled: false } });
    });

    it("locks tenants down and keeps strangers off the controllers", async () => {
        const { cluster } = specOf(only(await flux(), types.instance)) as { cluster: Record<string, unknown> };
        assert.equal(cluster.multitenant, true);
        assert.equal(cluster.networkPolicy, true);
        assert.equal(cluster.tenantDefaultServiceAccount, undefined, "another one might have rights");
    });

    it("waits for the operator and the controllers as long as is set", async () => {
        const resources = await flux({ readyTimeoutMinutes: 7 });
        assert.equal(only(resources, types.operator).inputs.timeout, 420);
        const { metadata } = only(resources, types.instance).inputs as { metadata: { annotations: unknown } };
        assert.deepEqual(metadata.annotations, {
            "pulumi.com/waitFor": "condition=Ready",
            "pulumi.com/timeoutSeconds": "420",
        });
    });

    it("gives three controllers the identities that they act with in Azure, and no other", async () => {
        const annotation = (clientId: string) => [
            {
                op: "add",
                path: "/metadata/annotations",
                value: { "azure.workload.identity/client-id": clientId },
            },
        ];
        assert.deepEqual(
            await operations("ServiceAccount"),
            Object.fromEntries(Object.entries(controllers).map(([name, clientId]) => [name, annotation(clientId)])),
        );
        const labelled = Object.entries(await operations("Deployment"))
            .filter(([, list]) => list.some(({ path }) => path.endsWith("/azure.workload.identity~1use")))
            .map(([name]) => name);
        assert.deepEqual(labelled.sort(), Object.keys(controllers).sort());
    });

    it("gives what teams make controllers of their own, which have no identity in Azure", async () => {
        const { sharding } = specOf(only(await flux(), types.instance));
        assert.deepEqual(sharding, { key: "sharding.fluxcd.io/key", shards: ["tenants"] });
        const identities = (await patches()).filter(({ patch }) => patch.includes("azure.workload.identity~1use"));
        assert.equal(identities.length, Object.keys(controllers).length);
        for (const { target } of identities) {
            assert.equal(target.annotationSelector, "!sharding.fluxcd.io/role", target.name);
        }
    });

    it("takes those out of the policy by which Flux's pods reach everything", async () => {
        const { "allow-egress": list } = await operations("NetworkPolicy");
        const values = ["source-controller", "kustomize-controller", "helm-controller"].map(
            (name) => `${name}-tenants`,
        );
        assert.deepEqual(list, [
            {
                op: "replace",
                path: "/spec/podSelector",
                value: { matchExpressions: [{ key: "app", operator: "NotIn", values }] },
            },
        ]);
    });

    it("lets a new revision end health checks of layers, and never a half-way Helm install", async () => {
        const gate = "CancelHealthCheckOnNewRevision=true";
        const { "kustomize-controller": layers, "helm-controller": releases } = await operations("Deployment");
        assert.ok(layers?.some(({ value }) => String(value).includes(gate)));
        assert.ok(releases && !releases.some(({ value }) => String(value).includes(gate)));
    });

    it("makes a variable that nobody sets an error", async () => {
        const { "kustomize-controller": list } = await operations("Deployment");
        assert.ok(list?.some(({ value }) => String(value).includes("StrictPostBuildSubstitutions=true")));
    });

    it("follows the branch with the deploy key", async () => {
        const { url, provider, ref, secretRef } = specOf(only(await flux(), types.source));
        assert.deepEqual([url, provider], ["ssh://git@github.com/acme/fleet.git", "generic"]);
        assert.deepEqual([ref, secretRef], [{ branch: "staging" }, { name: "flux-system" }]);
    });

    it("starts from the environment's folder, with decryption, the cluster's facts, and rights that it names", async () => {
        const spec = specOf(only(await flux({ environment: "production" }), types.root));
        assert.equal(spec.path, "./clusters/production");
        assert.equal(spec.serviceAccountName, "kustomize-controller");
        assert.deepEqual(spec.decryption, { provider: "sops", secretRef: { name: "sops-gpg" } });
        assert.deepEqual(spec.postBuild, { substituteFrom: [{ kind: "ConfigMap", name: "cluster-vars" }] });
        assert.deepEqual(spec.sourceRef, { kind: "GitRepository", name: "flux-system" });
        assert.equal(spec.prune, true);
        assert.equal(spec.deletionPolicy, "Orphan");
    });

    it("tells the tree the cluster's facts", async () => {
        const { inputs } = only(await flux(), types.vars);
        assert.deepEqual(inputs.data, vars);
        const { labels } = inputs.metadata as { labels: Record<string, string> };
        assert.equal(labels["reconcile.fluxcd.io/watch"], "Enabled");
    });

    it("names objects as they refer to each other", async () => {
        const nameOf = ({ inputs }: Registered) => (inputs.metadata as { name: string; namespace?: string }).name;
        const resources = await flux();
        assert.deepEqual(all(resources, types.secret).map(nameOf).sort(), ["flux-system", "sops-gpg"]);
        assert.equal(nameOf(only(resources, types.vars)), "cluster-vars");
        assert.equal(nameOf(only(resources, types.source)), "flux-system");
        assert.equal(nameOf(only(resources, types.root)), "flux-system");
        for (const { inputs, name, type } of resources.filter(({ type }) => type.startsWith("kubernetes:"))) {
            const { namespace } = { ...(inputs.metadata as object), ...inputs } as { namespace?: string };
            assert.equal(namespace, type === types.namespace ? undefined : "flux-system", name);
        }
    });

    it("lets Flux start once it has its keys, its facts and its source", async () => {
        const resources = await flux();
        const root = only(resources, types.root);
        assert.ok(dependsOn(root, only(resources, types.source)));
        const source = only(resources, types.source);
        for (const type of [types.instance, types.vars, types.secret]) {
            for (const before of all(resources, type)) {
                assert.ok(dependsOn(source, before) || dependsOn(root, before), before.name);
            }
        }
        assert.ok(dependsOn(only(resources, types.instance), only(resources, types.operator)));
    });
});
