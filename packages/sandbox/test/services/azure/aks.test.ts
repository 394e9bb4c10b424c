import * as assert from "node:assert/strict";
import { without } from "../../../azure/arm/without";
import { UnreachableError } from "../../../kubernetes/api-error";
import { clusterInputs, grant, type Ground, ground, network, pool, roles } from "../../../testing/azure-cluster";
import { type Json, TestSubscription } from "../../../testing/azure-subscription";

const parameters = { resourceName: "aks" };

describe("the Azure stand-in's clusters", () => {
    let subscription: TestSubscription;
    let base: Ground;

    beforeEach(async () => {
        subscription = new TestSubscription();
        base = await ground(subscription);
    });

    const put = (changes: Json = {}) =>
        subscription.put("containerservice:ManagedCluster", parameters, clusterInputs(base, changes));

    it("refuses a cluster whose control plane may not assign the kubelet's identity yet", async () => {
        const refused = await put();
        assert.equal(refused.code, "CustomKubeletIdentityMissingPermissionError");
        assert.match(refused.message, /Managed Identity Operator/);
    });

    it("refuses a cluster whose control plane may not join the subnet yet", async () => {
        await subscription.assign(base.controlPlane.principalId, roles.managedIdentityOperator, base.kubelet.id);
        const refused = await put();
        assert.equal(refused.code, "LinkedAuthorizationFailed");
        assert.match(refused.message, /Network Contributor/);
    });

    describe("with their permissions", () => {
        beforeEach(() => grant(subscription, base));

        const refusals: [string, (ground: Ground) => Json, string][] = [
            ["a version that Azure does not have", () => ({ kubernetesVersion: "1.12" }), "kubernetesVersion"],
            [
                "Cilium without the overlay",
                () => ({ networkProfile: network({ networkPluginMode: undefined }) }),
                "networkProfile.networkDataplane",
            ],
            [
                "another network policy beside Cilium",
                () => ({ networkProfile: network({ networkPolicy: "azure" }) }),
                "networkProfile.networkPolicy",
            ],
            [
                "services in the network's addresses",
                () => ({ networkProfile: network({ serviceCidr: "10.20.0.0/16", dnsServiceIP: "10.20.0.10" }) }),
                "networkProfile.serviceCidr",
            ],
            [
                "pods in the services' addresses",
                () => ({ networkProfile: network({ podCidr: "10.0.128.0/17" }) }),
                "networkProfile.serviceCidr",
            ],
            [
                "services in a reserved range",
                () => ({ networkProfile: network({ serviceCidr: "172.30.0.0/16", dnsServiceIP: "172.30.0.10" }) }),
                "networkProfile.serviceCidr",
            ],
            [
                "pods in a reserved range",
                () => ({ networkProfile: network({ podCidr: "169.254.0.0/16" }) }),
                "networkProfile.podCidr",
            ],
            [
                "a label of Kubernetes' own",
                ({ subnet }) => ({
                    agentPoolProfiles: [pool(subnet, { nodeLabels: { "node-role.kubernetes.io/apps": "x" } })],
                }),
                "agentPoolProfiles[0].nodeLabels",
            ],
            [
                "a label of AKS's own",
                ({ subnet }) => ({
                    agentPoolProfiles: [pool(subnet, { nodeLabels: { "kubernetes.azure.com/tier": "x" } })],
                }),
                "agentPoolProfiles[0].nodeLabels",
            ],
            [
                "a taint of AKS's own",
                ({ subnet }) => ({
                    agentPoolProfiles: [pool(subnet, { nodeTaints: ["kubernetes.azure.com/x=y:NoSchedule"] })],
                }),
                "agentPoolProfiles[0].nodeTaints",
            ],
            [
                "a DNS service outside of the services",
                () => ({ networkProfile: network({ dnsServiceIP: "10.1.0.10" }) }),
                "networkProfile.dnsServiceIP",
            ],
            ["no local accounts without Entra ID", () => ({ aadProfile: undefined }), "disableLocalAccounts"],
            [
                "workload identity without an issuer",
                () => ({ oidcIssuerProfile: undefined }),
                "securityProfile.workloadIdentity",
            ],
            [
                "an image cleaner without an interval",
                () => ({ securityProfile: { imageCleaner: { enabled: true } } }),
                "securityProfile.imageCleaner.intervalHours",
            ],
            [
                "autoscaling without limits",
                ({ subnet }) => ({ agentPoolProfiles: [pool(subnet, { enableAutoScaling: true, minCount: 1 })] }),
                "agentPoolProfiles[0].maxCount",
            ],
            [
                "a pool without a count",
                ({ subnet }) => ({ agentPoolProfiles: [pool(subnet, { count: undefined })] }),
                "agentPoolProfiles[0].count",
            ],
            [
                "only user pools",
                ({ subnet }) => ({ agentPoolProfiles: [pool(subnet, { mode: "User" })] }),
                "agentPoolProfiles",
            ],
        ];
        for (const [what, changes, target] of refusals) {
            it(`refuses ${what}`, async () => {
                const refused = await put(changes(base));
                assert.deepEqual([refused.status, refused.target], [400, target], refused.message);
                assert.deepEqual(subscription.clusters.started, []);
            });
        }

        it("starts a control plane with the nodes of the pool", async () => {
            const { status, body } = await put();
            assert.equal(status, 201);
            const [started] = subscription.clusters.started;
            assert.match(String(body.fqdn), /^demo-[0-9a-z]{8}\.hcp\.westeurope\.azmk8s\.io$/);
            assert.equal(started?.fqdn, body.fqdn);
            assert.equal(started?.issuer, (body.oidcIssuerProfile as Json).issuerURL);
            assert.deepEqual(
                started?.nodes.map(({ zone }) => zone),
                ["westeurope-1", "westeurope-2", "westeurope-3"],
            );
            assert.equal(body.currentKubernetesVersion, "1.36.4");
        });

        it("refuses a second pool in a cluster's own properties, and takes it as a pool of its own", async () => {
            await put();
            const apps = pool(base.subnet, {
                name: "apps",
                mode: "User",
                count: 2,
                nodeTaints: ["team=apps:NoSchedule"],
            });
            const refused = await put({ agentPoolProfiles: [pool(base.subnet), apps] });
            assert.match(refused.message, /A new agent pool was introduced/);
            const inputs = without(apps, "name");
            await subscription.make("containerservice:AgentPool", { ...parameters, agentPoolName: "apps" }, inputs);
            const nodes = [...subscription.clusters.nodes.values()][0] ?? [];
            assert.equal(nodes.length, 5);
            assert.deepEqual(nodes.at(-1)?.taints, [{ key: "team", value: "apps", effect: "NoSchedule" }]);
            assert.equal(nodes.at(-1)?.labels["kubernetes.azure.com/agentpool"], "apps");
        });

        it("refuses to change what a pool keeps for life", async () => {
            await put();
            const refused = await put({ agentPoolProfiles: [pool(base.subnet, { osDiskSizeGB: 256 })] });
            assert.deepEqual(
                [refused.code, refused.target],
                ["PropertyChangeNotAllowed", "agentPoolProfiles[0].osDiskSizeGB"],
            );
        });

        it("refuses to change what a cluster keeps for life", async () => {
            await put();
            const refused = await put({ networkProfile: network({ podCidr: "10.245.0.0/16" }) });
            assert.equal(refused.target, "networkProfile.podCidr");
        });

        describe("of an older minor, with another pool", () => {
            const apps = { ...parameters, agentPoolName: "apps" };
            const older = { kubernetesVersion: "1.35" };
            const appsPool = () => without(pool(base.subnet, { mode: "User", count: 1 }), "name");
            const versions = async () => {
                const { body } = await subscription.get("containerservice:ManagedCluster", parameters);
                const pools = body.agentPoolProfiles as { name: string; currentOrchestratorVersion: string }[];
                return pools.map(({ name, currentOrchestratorVersion }) => `${name} ${currentOrchestratorVersion}`);
            };

            beforeEach(async () => {
                await put(older);
                await subscription.make("containerservice:AgentPool", apps, appsPool());
            });

            it("upgrades the control plane alone, and each pool by itself", async () => {
                assert.equal((await put()).body.currentKubernetesVersion, "1.36.4");
                assert.deepEqual(await versions(), ["apps 1.35.7", "system 1.35.7"]);
                await subscription.make("containerservice:AgentPool", apps, appsPool());
                assert.deepEqual(await versions(), ["apps 1.35.7", "system 1.35.7"]);
                const wanted = { ...appsPool(), orchestratorVersion: "1.36" };
                await subscription.make("containerservice:AgentPool", apps, wanted);
                assert.deepEqual(await versions(), ["apps 1.36.4", "system 1.35.7"]);
                const nodes = [...subscription.clusters.nodes.values()][0] ?? [];
                assert.deepEqual([...new Set(nodes.map(({ version }) => version))].sort(), ["1.35.7", "1.36.4"]);
            });

            it("refuses a pool that is newer than the control plane", async () => {
                const wanted = { ...appsPool(), orchestratorVersion: "1.36" };
                const refused = await subscription.put("containerservice:AgentPool", apps, wanted);
                assert.equal(refused.code, "NodePoolMcVersionIncompatible");
            });

            it("refuses the version of one pool in a write to the cluster", async () => {
                const agentPoolProfiles = [pool(base.subnet, { orchestratorVersion: "1.36" })];
                const refused = await put({ agentPoolProfiles });
                assert.equal(refused.code, "NotAllAgentPoolOrchestratorVersionSpecifiedAndUnchanged");
            });

            it("takes any later patch of the minor, as AKS applies them", async () => {
                assert.equal((await put({ kubernetesVersion: "1.35.9" })).body.currentKubernetesVersion, "1.35.9");
                assert.equal((await put(older)).body.currentKubernetesVersion, "1.35.9");
                assert.equal((await put({ kubernetesVersion: "1.35.2" })).code, "K8sVersionNotSupported");
            });
        });

        it("keeps the last system pool", async () => {
            await put();
            const refused = await subscription.delete("containerservice:AgentPool", {
                ...parameters,
                agentPoolName: "system",
            });
            assert.match(refused.message, /at least one system agent pool/);
        });

        it("stops the control plane, and takes the node resource group, with the cluster", async () => {
            const { body } = await put();
            await subscription.delete("containerservice:ManagedCluster", parameters);
            assert.deepEqual(
                subscription.clusters.stopped.map((id) => id.toLowerCase()),
                [String(body.id).toLowerCase()],
            );
            const { status } = await subscription.get("resources:ResourceGroup", {
                resourceGroupName: String(body.nodeResourceGroup),
            });
            assert.equal(status, 404);
        });

        it("keeps a cluster whose deletion failed, so that the next attempt deletes it", async () => {
            await put();
            const { clusters } = subscription;
            const stop = clusters.stop.bind(clusters);
            clusters.stop = () => Promise.reject(new Error("it does not stop"));
            const remove = () => subscription.delete("containerservice:ManagedCluster", parameters);
            assert.match(JSON.stringify((await remove()).body), /"Failed".*it does not stop/);
            clusters.stop = stop;
            assert.equal((await remove()).status, 202);
            assert.equal(clusters.stopped.length, 1);
        });

        it("deletes a pool of a cluster whose API server does not answer", async () => {
            await put();
            const apps = { ...parameters, agentPoolName: "apps" };
            const inputs = without(pool(base.subnet, { name: "apps", mode: "User", count: 1 }), "name");
            await subscription.make("containerservice:AgentPool", apps, inputs);
            subscription.clusters.setNodes = () => Promise.reject(new UnreachableError("no answer"));
            assert.equal((await subscription.delete("containerservice:AgentPool", apps)).status, 202);
            assert.equal((await subscription.get("containerservice:AgentPool", apps)).status, 404);
        });

        it("refuses a maintenance configuration of another name", async () => {
            await put();
            const refused = await subscription.put(
                "containerservice:MaintenanceConfiguration",
                { ...parameters, configName: "mine" },
                {},
            );
            assert.equal(refused.target, "configName");
        });
    });
});
