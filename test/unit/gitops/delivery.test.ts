import * as assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { chooseLogin } from "../../../components/azure/kubeconfig";
import { Delivery } from "../../../components/gitops/delivery";
import { contractProblems } from "../../../components/gitops/flux/cluster-vars";
import { platformArgs } from "../../../components/platform-args";
import type { RestoredVolumes } from "../../../components/recovery/restored-volumes";
import { dependsOn, deploy, isSecretInput, isSecretOutput, only, valueOf } from "../../support/deploy";
import { configuration } from "../../support/fixtures";
import { FakeCluster, fleetMocks, mockCommit, preflightOf } from "../../support/platform";
import { withoutWaiting } from "../../support/time";

const configMap = "kubernetes:core/v1:ConfigMap";
const readinessType = "pulumi-nodejs:dynamic/gitops:FluxReadiness";

const cloud = {
    cluster_name: "landfall-staging",
    dns_owner: "landfall-staging",
    standby: "false",
    external_dns_mode: "no-dry-run",
    tenant_id: "tenant",
    subscription_id: "subscription",
    resource_group: "landfall-staging-durable",
    key_vault_name: "kv",
    key_vault_url: "https://kv.vault.azure.net/",
    registry: "acme.azurecr.io",
    storage_account: "acmebackups",
    backup_container: "velero",
    database_container: "postgresql",
    cluster_generation: "0123456789abcdef01234567",
    database_bootstrap: "initdb",
    database_source: "none",
    database_recovery_target: "{}",
    log_container: "loki",
    cert_manager_client_id: "id-of-cert-manager",
    examples_client_id: "id-of-examples",
    external_dns_client_id: "id-of-external-dns",
    external_secrets_client_id: "id-of-external-secrets",
    loki_client_id: "id-of-loki",
    postgresql_client_id: "id-of-postgresql",
    velero_client_id: "id-of-velero",
};

describe("Delivery", () => {
    let cluster: FakeCluster;

    beforeEach(async () => {
        cluster = new FakeCluster();
        await cluster.start();
    });

    afterEach(() => cluster.stop());

    /** Delivers to the fake cluster with the settings of staging, changed as given. */
    function deliver(
        changes: Record<string, unknown> = {},
        preview = false,
        isEntered = true,
        volumes?: RestoredVolumes,
    ) {
        const configured = configuration("staging", changes);
        const program = () => {
            const args = platformArgs(configured, preflightOf(configured.settings), chooseLogin({}), {});
            return new Delivery("landfall", {
                fleet: args.fleet,
                flux: args.flux,
                clusters: {
                    blue: {
                        clusterUid: "0123456789abcdef01234567",
                        kubeconfig: pulumi.secret(cluster.api.kubeconfig()),
                        isEntered,
                        volumes,
                        controllerClientIds: { "kustomize-controller": "id-of-kustomize-controller" },
                        clusterVars: { ...args.clusterVars, ...cloud },
                    },
                },
                sopsFingerprints: ["AA", "BB"],
            });
        };
        return deploy(program, fleetMocks, { preview });
    }

    it("has the provider compare with the kubeconfig in the state where nobody enters the cluster", async () => {
        const ignored = async (isEntered: boolean) =>
            only((await deliver({}, true, isEntered)).resources, "pulumi:providers:kubernetes").ignoreChanges;
        assert.deepEqual([await ignored(true), await ignored(false)], [[], ["kubeconfig"]]);
    });

    const variables = async (changes?: Record<string, unknown>) => {
        const { data } = only((await deliver(changes)).resources, configMap).inputs;
        return data as Record<string, string>;
    };

    it("binds its provider to one cluster, whatever its name or login", async () => {
        const { resources } = await deliver();
        const { inputs } = only(resources, "pulumi:providers:kubernetes");
        assert.equal(inputs.clusterIdentifier, "0123456789abcdef01234567");
        assert.equal(inputs.enableServerSideApply, "true");
        assert.equal(inputs.enablePatchForce, "true");
        assert.ok(isSecretInput(inputs.kubeconfig));
    });

    it("keeps the state of a cluster that a refresh cannot reach", async () => {
        const { inputs } = only((await deliver()).resources, "pulumi:providers:kubernetes");
        assert.ok(!("deleteUnreachable" in inputs));
    });

    it("keeps the claims of volumes that come back for Velero before anything is made, and asks Velero once Flux is there", async () => {
        const volumes = { backup: "daily-1", claims: ["valkey/data-valkey-0"] };
        const restores = "/apis/velero.io/v1/namespaces/velero/restores";
        const phases: (string | undefined)[] = [undefined, undefined, "New"];
        cluster.api.answers[`${restores}/`] = () =>
            phases.length > 0 && phases.shift() === undefined
                ? { status: 404, body: { message: "not found" } }
                : { status: 200, body: { status: { phase: "Completed" } } };
        cluster.api.answers["/api/v1/namespaces/default/persistentvolumeclaims"] = () => ({ status: 422, body: {} });
        await deliver({}, true, true, volumes);
        const changes = () =>
            cluster.api.requests
                .map(({ request }) => request.replace(/\?.*/, ""))
                .filter((request) => /^(POST|DELETE) .*(policies|policybindings|claims)/.test(request));
        assert.deepEqual(changes(), [], "a preview asks for nothing");
        await withoutWaiting(() => deliver({}, false, true, volumes));
        const policies = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolic";
        assert.deepEqual(changes().slice(0, 3), [
            `POST ${policies}ies`,
            `POST ${policies}ybindings`,
            "POST /api/v1/namespaces/default/persistentvolumeclaims",
        ]);
        await until(() => changes().length === 5);
        assert.deepEqual(changes().slice(3), [
            `DELETE ${policies}ybindings/landfall-volumes-first`,
            `DELETE ${policies}ies/landfall-volumes-first`,
        ]);
    });

    it("gives the cluster a deploy key that GitHub has accepted", async () => {
        const { resources } = await deliver();
        const deployKey = only(resources, "github:index/repositoryDeployKey:RepositoryDeployKey", "-deploy-key");
        assert.ok(dependsOn(only(resources, "kubernetes:core/v1:Secret", "-git"), deployKey));
    });

    it("lets what is in the cluster vanish with the provider that is bound to it", async () => {
        const { resources } = await deliver();
        const provider = only(resources, "pulumi:providers:kubernetes");
        assert.equal(only(resources, "landfall:gitops:Flux").deletedWith, provider.urn);
    });

    it("tells Flux the client ids of its controllers", async () => {
        const { resources } = await deliver();
        const instance = JSON.stringify(only(resources, "kubernetes:fluxcd.controlplane.io/v1:FluxInstance").inputs);
        assert.ok(instance.includes("id-of-kustomize-controller"));
    });

    it("tells the tree where the cloud's resources are, which mesh to install and whether Flux may commit", async () => {
        const data = await variables({ "landfall:serviceMesh": "linkerd", "landfall:imageAutomation": "true" });
        for (const [name, value] of Object.entries(cloud)) {
            assert.equal(data[name], value);
        }
        assert.deepEqual([data.service_mesh, data.image_automation_suspended], ["linkerd", "false"]);
        assert.equal(data.fleet_url, "https://github.com/acme/fleet-staging");
        assert.equal(data.fleet_branch, "staging");
    });

    it("tells the tree the facts that the contract names, and nothing else", async () => {
        const names = Object.keys(await variables());
        assert.deepEqual(contractProblems({ "all.yaml": names.map((name) => `${name}: \${${name}}\n`).join("") }), []);
    });

    it("gives the tree a name below which its hosts are, with a domain and without one", async () => {
        for (const [domain, expected] of [
            ["apps.example.com", "apps.example.com"],
            ["", "staging.internal"],
        ] as const) {
            const data = await variables({ "landfall:domain": domain });
            assert.deepEqual([data.domain, data.environment], [expected, "staging"]);
        }
    });

    it("waits for the deployer's role before it changes the cluster", async () => {
        await deliver();
        const [{ request, authorization } = { request: "" }] = cluster.api.requests;
        assert.match(request, /selfsubjectaccessreviews/);
        assert.equal(authorization, "Bearer t0ken");
    });

    it("waits at the end for the commit, with the variables and keys of this update", async () => {
        const { resources, result } = await deliver();
        const readiness = only(resources, readinessType);
        assert.ok(dependsOn(readiness, only(resources, "kubernetes:kustomize.toolkit.fluxcd.io/v1:Kustomization")));
        const { kubeconfig, commit, variables, keys, clusterUid, branch } = readiness.inputs;
        assert.ok(isSecretInput(kubeconfig));
        assert.equal(commit, mockCommit);
        assert.deepEqual(variables, only(resources, configMap).inputs.data);
        assert.deepEqual(keys, ["ssh-ed25519 AAAAdeploy", "AA", "BB"]);
        assert.deepEqual([clusterUid, branch], ["0123456789abcdef01234567", "staging"]);
        assert.equal(await valueOf(result.fluxStatus.blue!), `2 objects Ready at ${mockCommit}`);
        assert.equal(await isSecretOutput(result.fluxStatus.blue!), false);
    });

    it("asks the cluster nothing in a preview", async () => {
        await deliver({}, true);
        assert.deepEqual(cluster.api.requests, []);
    });
});

async function until(isSo: () => boolean): Promise<void> {
    for (const end = Date.now() + 10_000; !isSo() && Date.now() < end;) {
        await new Promise((resolve) => setTimeout(resolve, 20));
    }
}
