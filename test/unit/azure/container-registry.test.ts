import * as assert from "node:assert/strict";
import { ContainerRegistry, type ContainerRegistryArgs, jobsOf } from "../../../components/azure/container-registry";
import { belowRepository } from "../../../components/azure/registry-permissions";
import {
    acrPull,
    acrPush,
    containerRegistryRepositoryReader,
    containerRegistryRepositoryWriter,
} from "../../../components/azure/roles";
import { armId, azureMocks, clientIdOf, principalIdOf } from "../../support/azure";
import { all, deploy, only, valueOf } from "../../support/deploy";

const registryType = "azure-native:containerregistry:Registry";
const assignment = "azure-native:authorization:RoleAssignment";
const registryId = armId("Microsoft.ContainerRegistry/registries", "landfall");

const args: ContainerRegistryArgs = {
    resourceGroupName: "group",
    location: "westeurope",
    registryName: "landfall",
    sku: "Premium",
    zoneRedundant: true,
    kubeletPrincipalId: "kubelet",
    protect: true,
};
const ci = { identityName: "ci", repository: "owner@1/apps@2", environment: "production" };

function registry(changes: Partial<ContainerRegistryArgs> = {}) {
    return deploy(() => new ContainerRegistry("registry", { ...args, ...changes }), azureMocks);
}

describe("ContainerRegistry", () => {
    it("has no password and no anonymous pull", async () => {
        const { inputs } = only((await registry()).resources, registryType);
        assert.deepEqual([inputs.adminUserEnabled, inputs.anonymousPullEnabled], [false, false]);
    });

    it("accepts the tokens that kubelet and Flux present", async () => {
        const { inputs } = only((await registry()).resources, registryType);
        assert.deepEqual(inputs.policies, { azureADAuthenticationAsArmPolicy: { status: "enabled" } });
    });

    it("is replicated over zones only where asked", async () => {
        const inputs = async (zoneRedundant: boolean) =>
            only((await registry({ zoneRedundant })).resources, registryType).inputs.zoneRedundancy;
        assert.deepEqual([await inputs(true), await inputs(false)], ["Enabled", "Disabled"]);
    });

    it("lets the nodes pull, and not push", async () => {
        const { resources } = await registry();
        const { inputs } = only(resources, assignment);
        assert.equal(inputs.principalId, "kubelet");
        assert.equal(inputs.scope, registryId);
        assert.ok(String(inputs.roleDefinitionId).endsWith(acrPull.guid));
    });

    it("has no identity for a pipeline unless one is named", async () => {
        const { resources, result } = await registry();
        assert.deepEqual(all(resources, "azure-native:managedidentity:UserAssignedIdentity"), []);
        assert.equal(result.ciClientId, undefined);
    });

    it("lets the pipeline push from jobs of its environment alone", async () => {
        const { resources, result } = await registry({ ci });
        const credential = only(resources, "azure-native:managedidentity:FederatedIdentityCredential");
        assert.equal(credential.inputs.subject, "repo:owner@1/apps@2:environment:production");
        assert.equal(credential.inputs.issuer, "https://token.actions.githubusercontent.com");
        const push = only(resources, assignment, "acr-push");
        assert.equal(push.inputs.scope, registryId);
        assert.ok(String(push.inputs.roleDefinitionId).endsWith(acrPush.guid));
        assert.ok(result.ciClientId);
        assert.equal(await valueOf(result.ciClientId), clientIdOf("ci"));
    });

    it("lets a team's pipeline push below the team's name alone, by the roles that know repositories", async () => {
        const issuer = "https://login.microsoftonline.com/tenant/v2.0";
        const teams = [
            { team: "orders", identityName: "ci-orders", ...jobsOf("acme/orders", "staging") },
            { team: "shop", identityName: "ci-shop", issuer, subject: "/eid1/sc/1" },
        ];
        const { resources, result } = await registry({ ci, teams });
        assert.equal(result.mode, "AbacRepositoryPermissions");
        const credentials = all(resources, "azure-native:managedidentity:FederatedIdentityCredential");
        assert.deepEqual(
            credentials.map(({ inputs }) => [inputs.resourceName, inputs.issuer, inputs.subject]).slice(1),
            [
                ["ci-orders", "https://token.actions.githubusercontent.com", "repo:acme/orders:environment:staging"],
                ["ci-shop", issuer, "/eid1/sc/1"],
            ],
        );
        const grants = Object.fromEntries(
            all(resources, assignment).map(({ inputs }) => [String(inputs.principalId), inputs]),
        );
        const guidOf = (principal: string) => String(grants[principal]?.roleDefinitionId).split("/").at(-1);
        assert.equal(guidOf("kubelet"), containerRegistryRepositoryReader.guid);
        for (const [identity, team] of [
            ["ci", undefined],
            ["ci-orders", "orders"],
            ["ci-shop", "shop"],
        ] as const) {
            const principal = principalIdOf(identity);
            assert.equal(guidOf(principal), containerRegistryRepositoryWriter.guid);
            assert.equal(grants[principal]?.condition, team && belowRepository(team));
            assert.equal(grants[principal]?.conditionVersion, team && "2.0");
        }
        assert.equal(await valueOf(result.teamClientIds.orders!), clientIdOf("ci-orders"));
    });

    it("is protected and kept in Azure", async () => {
        const durable = only((await registry()).resources, registryType);
        assert.deepEqual([durable.protect, durable.retainOnDelete], [true, true]);
    });
});
