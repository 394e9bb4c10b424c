import * as assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { contractProblems } from "../../../components/gitops/flux/cluster-vars";
import { Delivery, type DeliveryArgs } from "../../../components/gitops/delivery";
import { DEPLOYER } from "../../support/azure";
import { deploy, dependsOn, isSecretInput, isSecretOutput, only, valueOf } from "../../support/deploy";
import { settings as settingsOf } from "../../support/fixtures";
import { failing, fluxGraph, fluxObject } from "../../support/flux-objects";
import { answeringGitHub } from "../../support/github-answers";
import { COMMIT, FakeCluster, FLEET_MOCKS, preflightOf } from "../../support/platform";
import { withoutWaiting } from "../../support/time";

const CONFIG_MAP = "kubernetes:core/v1:ConfigMap";

const CLIENT_IDS = [
    "kustomize-controller",
    "source-controller",
    "image-reflector-controller",
    "velero",
    "external-dns",
    "cert-manager",
    "external-secrets",
    "loki",
    "postgresql",
].map((workload) => [workload, pulumi.output(`client-id-of-${workload}`)] as const);

const FOUNDATION: DeliveryArgs["foundation"] = {
    groups: { durableName: pulumi.output("landfall-staging-durable") },
    vault: { vaultUri: pulumi.output("https://kv.vault.azure.net/") },
    registry: { loginServer: pulumi.output("acme.azurecr.io") },
    backups: { accountName: pulumi.output("acmebackups") },
};

describe("Delivery", () => {
    let cluster: FakeCluster;

    beforeEach(async () => {
        cluster = new FakeCluster();
        await cluster.start();
    });

    afterEach(() => cluster.stop());

    /** Delivers to the fake cluster as the platform of staging does, with settings changed as given. */
    function deliver(changes: Record<string, unknown> = {}, preview = false) {
        const settings = settingsOf("staging", changes);
        const program = () => {
            return new Delivery("landfall", {
                settings,
                preflight: preflightOf(settings),
                cluster: {
                    clusterName: pulumi.output("landfall-staging"),
                    clusterUid: pulumi.output("0123456789abcdef01234567"),
                    kubeconfig: pulumi.secret(cluster.api.kubeconfig()),
                },
                foundation: FOUNDATION,
                clientIds: Object.fromEntries(CLIENT_IDS) as DeliveryArgs["clientIds"],
            });
        };
        return deploy(program, FLEET_MOCKS, { preview });
    }

    it("binds its provider to one cluster, whatever its name or login", async () => {
        const { resources } = await deliver();
        const { inputs } = only(resources, "pulumi:providers:kubernetes");
        assert.equal(inputs.clusterIdentifier, "0123456789abcdef01234567");
        assert.equal(inputs.deleteUnreachable, "true");
        assert.equal(inputs.enableServerSideApply, "true");
        assert.equal(inputs.enablePatchForce, "true");
        assert.ok(isSecretInput(inputs.kubeconfig));
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

    it("tells Flux the client id of each identity that acts from inside of the cluster", async () => {
        const { resources } = await deliver();
        const { data } = only(resources, CONFIG_MAP).inputs as { data: Record<string, string> };
        const instance = JSON.stringify(only(resources, "kubernetes:fluxcd.controlplane.io/v1:FluxInstance").inputs);
        for (const [workload] of CLIENT_IDS) {
            const clientId = `client-id-of-${workload}`;
            if (workload.endsWith("-controller")) {
                assert.ok(instance.includes(clientId), workload);
            } else {
                assert.equal(data[`${workload.replace("-", "_")}_client_id`], clientId);
            }
        }
    });

    it("tells Flux where the cloud's resources are, which mesh to install and whether it may commit", async () => {
        const { resources } = await deliver({ "landfall:serviceMesh": "linkerd", "landfall:imageAutomation": "true" });
        const { data } = only(resources, CONFIG_MAP).inputs as { data: Record<string, string> };
        assert.equal(data.tenant_id, DEPLOYER.tenantId);
        assert.equal(data.subscription_id, DEPLOYER.subscriptionId);
        assert.equal(data.resource_group, "landfall-staging-durable");
        assert.equal(data.key_vault_url, "https://kv.vault.azure.net/");
        assert.equal(data.registry, "acme.azurecr.io");
        assert.deepEqual([data.storage_account, data.log_container], ["acmebackups", "loki"]);
        assert.deepEqual([data.service_mesh, data.image_automation_suspended], ["linkerd", "false"]);
        assert.equal(data.fleet_url, "https://github.com/acme/fleet");
        assert.equal(data.fleet_branch, "staging");
    });

    it("tells Flux the facts that the contract names, and nothing else", async () => {
        const { data } = only((await deliver()).resources, CONFIG_MAP).inputs as { data: Record<string, string> };
        const names = Object.keys(data);
        assert.deepEqual(contractProblems({ "all.yaml": names.map((name) => `${name}: \${${name}}\n`).join("") }), []);
    });

    it("gives the tree a name below which its hosts are, with a domain and without one", async () => {
        for (const [domain, expected] of [
            ["apps.example.com", "apps.example.com"],
            ["", "staging.internal"],
        ] as const) {
            const { resources } = await deliver({ "landfall:domain": domain });
            const { data } = only(resources, CONFIG_MAP).inputs as { data: Record<string, string> };
            assert.deepEqual([data.domain, data.environment], [expected, "staging"]);
        }
    });

    it("waits for the deployer's role before it changes the cluster, and for Flux after", async () => {
        const { result } = await deliver();
        assert.equal(await valueOf(result.fluxStatus), `2 objects Ready at ${COMMIT}`);
        assert.equal(
            await isSecretOutput(result.fluxStatus),
            false,
            "made from the kubeconfig, but says nothing of it",
        );
        const [first, ...rest] = cluster.api.requests.map(({ request }) => request);
        assert.match(first ?? "", /selfsubjectaccessreviews/);
        assert.ok(rest.some((request) => request.startsWith("PATCH ")));
        assert.ok(cluster.api.requests.every(({ authorization }) => authorization === "Bearer t0ken"));
    });

    it("asks the cluster nothing in a preview, in which the status is not known", async () => {
        const { result } = await deliver({}, true);
        await assert.rejects(valueOf(result.fluxStatus), /unknown/);
        assert.deepEqual(cluster.api.requests, []);
    });

    it("is content with what somebody pushed on top of its commit meanwhile", async () => {
        cluster.api.objects = fluxGraph("f00d");
        const answer = ({ path }: { path: string }) =>
            path.includes("/compare/") ? { body: { status: "ahead" } } : { body: { object: { sha: "f00d" } } };
        await answeringGitHub(answer, async (calls) => {
            const status = await withoutWaiting(async () => valueOf((await deliver()).result.fluxStatus));
            assert.equal(status, "2 objects Ready at f00d");
            assert.match(calls[0]?.path ?? "", /^\/repos\/[^/]+\/[^/]+\/git\/ref\/heads\/staging$/);
            assert.match(calls[1]?.path ?? "", new RegExp(`/compare/${COMMIT}\\.\\.\\.f00d$`));
        });
    });

    it("fails the update at the program's end, with the outputs known, when something cannot become ready", async () => {
        const stalled = [failing("InstallFailed", "no"), failing("RetriesExceeded", "no", "Stalled", "True")];
        const release = fluxObject("HelmRelease", "traefik", COMMIT, { status: { conditions: stalled } });
        cluster.api.objects = fluxGraph(COMMIT, release);
        cluster.api.warnings = [{ message: "field is immutable", lastTimestamp: "2026-01-01T00:00:00Z" }];
        const { status, logged } = await withLog(() =>
            withoutWaiting(async () => valueOf((await deliver()).result.fluxStatus)),
        );
        assert.match(status, /^not ready: HelmRelease flux-system\/traefik cannot become ready: InstallFailed: no/);
        assert.match(status, /\n {2}last event: field is immutable\n {2}probable cause: Kubernetes does not change/);
        assert.match(logged, /^error: .*HelmRelease flux-system\/traefik cannot become ready/m);
        assert.equal(process.exitCode, 32, "what the language host takes for a failure that was shown");
        process.exitCode = undefined;
    });
});

/** Runs what logs without an engine to log to, and gives what it logged. */
async function withLog(run: () => Promise<string>): Promise<{ readonly status: string; readonly logged: string }> {
    const { log, error } = console;
    let logged = "";
    console.log = console.error = (line: string) => void (logged += `${line}\n`);
    try {
        const status = await run();
        return { status, logged };
    } finally {
        Object.assign(console, { log, error });
    }
}
