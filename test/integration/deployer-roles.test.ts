import * as assert from "node:assert/strict";
import * as path from "node:path";
import { ArmClient } from "../../components/azure/arm-client";
import { checkNames } from "../../components/azure/name-check";
import { minimalRoles, readDeployerRole, SandboxError } from "@landfall/sandbox";
import {
    deployer,
    roles,
    subscription as scope,
    subscriptionId,
    tenantId,
    TestSubscription,
} from "@landfall/sandbox/testing";

const role = readDeployerRole(path.join(__dirname, "../.."));
const west = { location: "westeurope" };
const group = `${scope}/resourceGroups/rg`;
const vaultId = `${group}/providers/Microsoft.KeyVault/vaults/kv-a`;

/** A subscription whose deployer has these roles on it, made by somebody who has all. */
async function subscriptionAs(...names: string[]): Promise<TestSubscription> {
    const made = new TestSubscription({ deployer: { ...deployer, customRole: role } });
    await made.make("resources:ResourceGroup", {}, west);
    await made.make("keyvault:Vault", { vaultName: "kv-a" }, vaultBody);
    await made.make("dns:Zone", { zoneName: "example.com" }, { location: "global", zoneType: "Public" });
    await made.make("managedidentity:UserAssignedIdentity", { resourceName: "identity" }, west);
    made.azure.setDeployerRoles(names);
    return made;
}

const vaultBody = {
    ...west,
    properties: {
        tenantId,
        sku: { family: "A", name: "standard" },
        enableRbacAuthorization: true,
        enablePurgeProtection: true,
    },
};

describe("the roles of a deployer, in the Azure stand-in", () => {
    const refusal = async (subscription: TestSubscription, method: string, id: string, version?: string) => {
        const { status, code, message } = await subscription.arm(
            method,
            id,
            method === "POST" ? {} : undefined,
            version,
        );
        return [status, code, /perform action '([^']+)'/.exec(message)?.[1]];
    };

    it("decide over the check of a name", async () => {
        const path = `${scope}/providers/Microsoft.Storage/checkNameAvailability`;
        assert.deepEqual(await refusal(await subscriptionAs("AcrPull"), "POST", path), [
            403,
            "AuthorizationFailed",
            "Microsoft.Storage/checkNameAvailability/read",
        ]);
        assert.equal((await (await subscriptionAs("Reader")).arm("POST", path, { name: "free" })).status, 200);
    });

    it("decide over what is told of a deleted vault, before it is told whether there is one", async () => {
        const path = `${scope}/providers/Microsoft.KeyVault/locations/westeurope/deletedVaults`;
        const action = "Microsoft.KeyVault/locations/deletedVaults/read";
        const without = await subscriptionAs("AcrPull");
        for (const name of ["kv-a", "none"]) {
            assert.deepEqual(await refusal(without, "GET", `${path}/${name}`), [403, "AuthorizationFailed", action]);
        }
        const subscription = await subscriptionAs(...minimalRoles(role));
        assert.equal((await subscription.arm("GET", `${path}/kv-a`)).status, 404);
        await subscription.delete("keyvault:Vault", { vaultName: "kv-a" });
        const { body } = await subscription.arm("GET", `${path}/kv-a`);
        assert.equal((body.properties as { vaultId: string }).vaultId, vaultId);
    });

    it("decide over a list at the place that is listed, not over each entry", async () => {
        const subscription = await subscriptionAs("AcrPull");
        const list = `${group}/providers/Microsoft.Network/dnsZones`;
        subscription.azure.setDeployerRoles(["Owner"]);
        const zone = `${list}/example.com`;
        await subscription.assign(deployer.objectId, "befefa01-2a29-4197-83a8-272ff33ce314", zone);
        subscription.azure.setDeployerRoles(["AcrPull"]);
        assert.equal((await subscription.arm("GET", zone, undefined, "2023-07-01-preview")).status, 200);
        const refused = await subscription.arm("GET", list);
        assert.equal(refused.code, "AuthorizationFailed");
        assert.ok(refused.message.includes(`'Microsoft.Network/dnsZones/read' over scope '${group}'`), refused.message);
    });

    it("decide over the kubeconfig of a cluster", async () => {
        const cluster = `${group}/providers/Microsoft.ContainerService/managedClusters/aks`;
        assert.deepEqual(
            await refusal(await subscriptionAs("Reader"), "POST", `${cluster}/listClusterUserCredential`),
            [403, "AuthorizationFailed", "Microsoft.ContainerService/managedClusters/listClusterUserCredential/action"],
        );
    });

    it("say nothing about keys inside a vault, whose deletion is a matter of the roles on its data", async () => {
        const subscription = await subscriptionAs("Owner");
        await subscription.make("keyvault:Key", { vaultName: "kv-a", keyName: "sops" }, { properties: { kty: "RSA" } });
        const authorization = `Bearer ${await subscription.deployerToken("https://vault.azure.net")}`;
        const remove = () => subscription.send("DELETE", "https://kv-a.vault.azure.net/keys/sops", { authorization });
        assert.equal((await remove()).status, 403);
        await subscription.assign(deployer.objectId, "14b46e9e-c2b7-41b4-b07b-48a6ebf60603", vaultId);
        assert.equal((await remove()).status, 200);
    });

    it("can be taken away on the subscription, which leaves what the program granted below it", async () => {
        const subscription = await subscriptionAs("Owner");
        const identity = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/identity`;
        const { body } = await subscription.assign(deployer.objectId, roles.reader, identity);
        subscription.azure.setDeployerRoles([]);
        assert.equal((await subscription.arm("GET", identity, undefined, "2023-01-31")).status, 200);
        assert.equal((await subscription.arm("DELETE", String(body.id), undefined, "2022-04-01")).status, 403);
    });

    it("are refused with a list of those that the sandbox knows when one is misspelt", async () => {
        const { azure } = await subscriptionAs("Owner");
        assert.throws(
            () => azure.setDeployerRoles(["Ownr"]),
            (error: Error) => {
                return (
                    error instanceof SandboxError && /"Ownr".*knows .*Landfall Deployer, .*Owner/.test(error.message)
                );
            },
        );
    });

    it("suffice to bring a deleted vault back when they are those of docs/permissions.md", async () => {
        const subscription = await subscriptionAs(...minimalRoles(role));
        await subscription.delete("keyvault:Vault", { vaultName: "kv-a" });
        const token = await subscription.deployerToken("https://management.azure.com");
        const answer = await checkNames(new ArmClient(token, subscription.fetch), {
            subscriptionId,
            resourceGroupName: "rg",
            location: "westeurope",
            registry: "registry1234",
            keyVault: "kv-a",
            storageAccount: "account1234",
        });
        assert.deepEqual(answer, { problems: [], recoverKeyVault: true });
        const properties = { ...vaultBody.properties, createMode: "recover" };
        await subscription.make("keyvault:Vault", { vaultName: "kv-a" }, { ...vaultBody, properties });
    });

    it("keep a deployer with the roles of docs/permissions.md from what the program never does", async () => {
        const subscription = await subscriptionAs(...minimalRoles(role));
        const firewall = `${group}/providers/Microsoft.Network/networkSecurityGroups/nsg`;
        assert.equal((await subscription.arm("PUT", firewall, west, "2024-05-01")).code, "AuthorizationFailed");
        const definition = `${scope}/providers/Microsoft.Authorization/roleDefinitions/${subscriptionId}`;
        assert.equal((await subscription.arm("PUT", definition, {}, "2022-05-01-preview")).code, "AuthorizationFailed");
        const purge = `${scope}/providers/Microsoft.KeyVault/locations/westeurope/deletedVaults/kv-a/purge`;
        assert.equal((await subscription.arm("POST", purge, {})).code, "AuthorizationFailed");
    });
});
