import * as assert from "node:assert/strict";
import { ArmClient } from "../../../components/azure/arm-client";
import type { GitHubApi } from "../../../components/gitops/fleet/github-api";
import type { InterruptedCreate } from "../../../components/recovery/interrupted-creates";
import { findOrphans, findRoleAssignment } from "../../../components/recovery/orphans";

const subscriptionId = "11111111-2222-3333-4444-555555555555";
const group = `/subscriptions/${subscriptionId}/resourceGroups/durable`;
const vaultId = `${group}/providers/Microsoft.KeyVault/vaults/vault`;
const type = "azure-native:keyvault:Vault";
const vault: InterruptedCreate = {
    type,
    name: "landfall-vault",
    inputs: { resourceGroupName: "durable", vaultName: "vault", location: "westeurope" },
};
const key: InterruptedCreate = {
    type: "github:index/repositoryDeployKey:RepositoryDeployKey",
    name: "landfall-fleet-deploy-key",
    inputs: { repository: "fleet", title: "flux staging", key: "ssh-ed25519 AAAA", readOnly: true },
};

/** Finds with an Azure that has these bodies by id, and a repository with these keys. */
function find(creates: readonly InterruptedCreate[], bodies: Record<string, object>, keys?: readonly object[]) {
    const fetch = (url: string | URL | Request) => {
        const body = bodies[new URL(url).pathname];
        return Promise.resolve(new Response(JSON.stringify(body ?? {}), { status: body ? 200 : 404 }));
    };
    const asked: string[] = [];
    const github = {
        find: (path: string) => {
            asked.push(path);
            return Promise.resolve(keys);
        },
    } as unknown as GitHubApi;
    const places = { arm: new ArmClient("token", fetch), github, subscriptionId, owner: "acme" };
    return findOrphans(creates, places).then((orphans) => ({ orphans, asked }));
}

describe("findOrphans", () => {
    it("finds a resource in Azure by what it was to be called, and says whether Azure is still at work on it", async () => {
        const orphan = { type, name: "landfall-vault", id: vaultId, apiVersion: "2024-11-01" };
        for (const [provisioningState, unfinished] of [
            ["Succeeded", false],
            ["RegisteringDns", true],
            ["Failed", false],
        ] as const) {
            const body = { location: "West Europe", properties: { provisioningState } };
            assert.deepEqual((await find([vault], { [vaultId]: body })).orphans, [{ ...orphan, unfinished }]);
        }
    });

    it("finds nothing that is not there, is in another region, or is of a type that the program does not make", async () => {
        assert.deepEqual((await find([vault], {})).orphans, []);
        assert.deepEqual((await find([vault], { [vaultId]: { location: "northeurope" } })).orphans, []);
        assert.deepEqual((await find([{ ...vault, type: "azure-native:sql:Server" }], {})).orphans, []);
    });

    it("finds the one that was made, of several that were begun under names of the provider", async () => {
        const at = (name: string) => `${group}/providers/Microsoft.Authorization/roleAssignments/${name}`;
        const assignment = (roleAssignmentName: string): InterruptedCreate => ({
            type: "azure-native:authorization:RoleAssignment",
            name: "landfall-reader",
            inputs: { scope: group, roleAssignmentName },
        });
        const { orphans } = await find(["c", "b", "a"].map(assignment), { [at("b")]: { properties: {} } });
        assert.deepEqual(
            orphans.map(({ id }) => id),
            [at("b")],
        );
    });

    it("rejects when Azure does not say, and names an input without which there is no address", async () => {
        const denied = { ...vault, inputs: { ...vault.inputs, vaultName: "" } };
        await assert.rejects(find([denied], {}), /KeyVault|keyvault:Vault has no vaultName/);
    });

    it("finds a deploy key by its content, title and rights", async () => {
        const answer = { id: 7, title: "flux staging", key: "ssh-ed25519 AAAA comment", read_only: true };
        const { orphans, asked } = await find([key], {}, [{ ...answer, id: 6, key: "ssh-ed25519 BBBB" }, answer]);
        assert.deepEqual(orphans, [{ type: key.type, name: key.name, id: "fleet:7", unfinished: false }]);
        assert.deepEqual(asked, ["/repos/acme/fleet/keys?per_page=100"]);
        for (const other of [{ title: "by hand" }, { read_only: false }]) {
            assert.deepEqual((await find([key], {}, [{ ...answer, ...other }])).orphans, []);
        }
        assert.deepEqual((await find([key], {}, undefined)).orphans, []);
    });
});

describe("findRoleAssignment", () => {
    const roles = `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions`;
    const properties = { scope: group.toUpperCase(), principalId: "P-1", roleDefinitionId: `${roles}/role-1` };
    const others = [
        { name: "of the subscription", properties: { ...properties, scope: `/subscriptions/${subscriptionId}` } },
        { name: "of somebody else", properties: { ...properties, principalId: "p-2" } },
        { name: "another role", properties: { ...properties, roleDefinitionId: `${roles}/role-2` } },
    ];
    const assignment: InterruptedCreate = {
        type: "azure-native:authorization:RoleAssignment",
        name: "landfall-reader",
        inputs: { scope: group, principalId: "p-1", roleDefinitionId: "/providers/x/roleDefinitions/role-1" },
    };
    const findAmong = async (value?: readonly object[]) => {
        const fetch = () => Promise.resolve(new Response(JSON.stringify({ value }), { status: value ? 200 : 404 }));
        const github = {} as GitHubApi;
        const places = { arm: new ArmClient("token", fetch), github, subscriptionId, owner: "acme" };
        return (await findRoleAssignment(assignment, places))?.orphan.id;
    };

    it("finds the one of the same principal and role on the same scope, and none of those beside it", async () => {
        const id = `${group}/providers/Microsoft.Authorization/roleAssignments/own`;
        assert.equal(await findAmong([...others, { name: "own", properties }]), id);
        assert.equal(await findAmong(others), undefined);
        assert.equal(await findAmong(), undefined);
    });
});
