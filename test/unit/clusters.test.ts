import * as assert from "node:assert/strict";
import { firstCluster, physicalNames } from "../../components/settings/naming";
import { deployer } from "../support/azure";
import { all, only, type Registered } from "../support/deploy";
import { FakeCluster } from "../support/platform";

const names = physicalNames({ project: "landfall", stack: "staging", subscriptionId: deployer.subscriptionId });
const both = ["blue", "green"];
const aks = "azure-native:containerservice:ManagedCluster";

describe("the program of a stack with two clusters", () => {
    const cluster = new FakeCluster();

    before(() => cluster.start());
    after(() => cluster.stop());

    const deploy = async (clusters: readonly string[], active: string) =>
        (
            await cluster.deploy("staging", {
                changes: { "landfall:clusters": clusters, "landfall:activeCluster": active },
            })
        ).resources;
    const variables = (resources: readonly Registered[], name: string) =>
        only(resources, "kubernetes:core/v1:ConfigMap", `${name}-flux-cluster-vars`).inputs.data as Record<
            string,
            string
        >;

    it("changes nothing of the first by adding the second", async () => {
        const alone = await deploy([firstCluster], firstCluster);
        const beside = new Map((await deploy(both, firstCluster)).map((resource) => [resource.urn, resource]));
        for (const { urn, inputs, dependencies } of alone) {
            const same = beside.get(urn);
            assert.ok(same, urn);
            // Where a provider borrows a token is another place in each run.
            assert.deepEqual({ ...same.inputs, lender: undefined }, { ...inputs, lender: undefined }, urn);
            assert.deepEqual([...same.dependencies].sort(), [...dependencies].sort(), urn);
        }
    });

    it("has the second in a group and a network of its own, and shares what is durable", async () => {
        const resources = await deploy(both, firstCluster);
        const { clusterGroup, cluster: name, network } = names.ofCluster("green");
        const second = only(
            all(resources, aks).filter(({ name }) => name.includes("green")),
            aks,
        );
        assert.deepEqual([second.inputs.resourceGroupName, second.inputs.resourceName], [clusterGroup, name]);
        const networks = all(resources, "azure-native:network:VirtualNetwork").map(
            ({ inputs }) => inputs.virtualNetworkName,
        );
        assert.deepEqual(networks.sort(), [names.network, network].sort());
        for (const type of ["keyvault:Vault", "containerregistry:Registry", "storage:StorageAccount", "dns:Zone"]) {
            assert.equal(all(resources, `azure-native:${type}`).length, 1, type);
        }
        assert.equal(all(resources, "github:index/repositoryDeployKey:RepositoryDeployKey").length, 1);
        assert.equal(all(resources, "pulumi-nodejs:dynamic/gitops:ManifestCommit").length, 1);
    });

    it("has one that writes records and has the database, and one that stands by", async () => {
        for (const [active, passive] of [both, [...both].reverse()] as [string, string][]) {
            const resources = await deploy(both, active);
            const of = (name: string) => variables(resources, name === firstCluster ? "landfall" : `landfall-${name}`);
            assert.deepEqual([of(active).standby, of(active).database_bootstrap], ["false", "recovery"]);
            assert.deepEqual([of(passive).standby, of(passive).database_bootstrap], ["true", "standby"]);
            assert.equal(of(passive).image_automation_suspended, "true");
            assert.equal(of(active).dns_owner, of(passive).dns_owner);
            const origins = all(resources, "pulumi-nodejs:dynamic/azure:DatabaseOrigin").map(({ name }) => name);
            assert.deepEqual(origins, [active === firstCluster ? "landfall-database" : `landfall-${active}-database`]);
        }
    });

    it("leaves of a first cluster that was dropped its empty group and network, and nothing that trusts it", async () => {
        const resources = await deploy(["green"], "green");
        assert.equal(only(resources, aks).inputs.resourceName, names.ofCluster("green").cluster);
        const inGroup = resources.filter(({ inputs }) => inputs.resourceGroupName === names.clusterGroup);
        assert.deepEqual(inGroup.map(({ name }) => name).sort(), [
            "landfall-cluster",
            "landfall-network",
            "landfall-network-nodes",
        ]);
        const issuers = all(resources, "azure-native:managedidentity:FederatedIdentityCredential")
            .filter(({ inputs }) => String(inputs.subject).startsWith("system:"))
            .map(({ name }) => name);
        assert.ok(issuers.length > 0 && issuers.every((name) => name.endsWith("-green")), String(issuers));
    });
});
