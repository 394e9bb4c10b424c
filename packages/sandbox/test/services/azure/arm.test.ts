import * as assert from "node:assert/strict";
import { subscription as scope, TestSubscription } from "../../../testing/azure-subscription";

const west = { location: "westeurope" };
const vaultOf = (changes: object = {}) => ({
    ...west,
    properties: {
        tenantId: "11111111-1111-4111-8111-111111111111",
        sku: { family: "A", name: "standard" },
        enableRbacAuthorization: true,
        ...changes,
    },
});
const account = { ...west, kind: "StorageV2", sku: { name: "Standard_LRS" } };

describe("the Azure stand-in", () => {
    let subscription: TestSubscription;

    beforeEach(async () => {
        subscription = new TestSubscription();
        await subscription.make("resources:ResourceGroup", {}, west);
    });

    describe("requests", () => {
        it("refuses one without a token", async () => {
            const { status } = await subscription.send("GET", `https://management.azure.com${scope}?api-version=1`);
            assert.equal(status, 401);
        });

        it("refuses a token that is for another service", async () => {
            const token = await subscription.deployerToken("https://vault.azure.net");
            const url = `https://management.azure.com${scope}?api-version=1`;
            assert.equal((await subscription.send("GET", url, { authorization: `Bearer ${token}` })).status, 401);
        });

        it("refuses another subscription", async () => {
            const { code } = await subscription.arm("GET", "/subscriptions/00000000-0000-0000-0000-000000000000");
            assert.equal(code, "SubscriptionNotFound");
        });

        it("refuses another API version", async () => {
            const { code } = await subscription.arm("GET", `${scope}/resourceGroups/rg`, undefined, "1999-01-01");
            assert.equal(code, "NoRegisteredProviderFound");
        });

        it("names the property that the schema does not have", async () => {
            const refused = await subscription.put(
                "storage:StorageAccount",
                { accountName: "acc" },
                { ...account, colour: "blue" },
            );
            assert.deepEqual([refused.status, refused.code, refused.target], [400, "InvalidRequestContent", "colour"]);
        });

        it("names the property whose value is wrong, however deep", async () => {
            const refused = await subscription.put(
                "keyvault:Vault",
                { vaultName: "kv-a" },
                vaultOf({ sku: { family: "A", name: "gold" } }),
            );
            assert.equal(refused.target, "properties.sku.name");
            assert.match(refused.message, /standard, premium/);
        });

        it("refuses a malformed name", async () => {
            const refused = await subscription.put(
                "containerregistry:Registry",
                { registryName: "with-hyphen" },
                { ...west, sku: { name: "Basic" } },
            );
            assert.deepEqual([refused.code, refused.target], ["InvalidParameter", "registryName"]);
        });

        it("refuses a region that does not exist", async () => {
            const refused = await subscription.put(
                "storage:StorageAccount",
                { accountName: "acc" },
                { ...account, location: "atlantis" },
            );
            assert.equal(refused.code, "LocationNotAvailableForResourceType");
        });

        it("refuses a resource group that is not there", async () => {
            const refused = await subscription.put(
                "storage:StorageAccount",
                { resourceGroupName: "no", accountName: "acc" },
                account,
            );
            assert.deepEqual([refused.status, refused.code], [404, "ResourceGroupNotFound"]);
        });

        it("refuses a child without its parent", async () => {
            const refused = await subscription.put(
                "storage:BlobContainer",
                { accountName: "acc", containerName: "box" },
                {},
            );
            assert.equal(refused.code, "ParentResourceNotFound");
        });

        it("refuses a reference to what is not there", async () => {
            const natGateway = { id: `${scope}/resourceGroups/rg/providers/Microsoft.Network/natGateways/none` };
            await subscription.make(
                "network:VirtualNetwork",
                { virtualNetworkName: "net" },
                { ...west, addressSpace: { addressPrefixes: ["10.0.0.0/16"] } },
            );
            const refused = await subscription.put(
                "network:Subnet",
                { virtualNetworkName: "net", subnetName: "sub" },
                { addressPrefix: "10.0.0.0/24", natGateway },
            );
            assert.deepEqual([refused.code, refused.target], ["InvalidResourceReference", "natGateway.id"]);
        });

        it("gives a resource back as it was put, with what the service adds", async () => {
            await subscription.make("storage:StorageAccount", { accountName: "acc" }, account);
            const { body } = await subscription.get("storage:StorageAccount", { accountName: "acc" });
            assert.equal((body.primaryEndpoints as { blob: string }).blob, "https://acc.blob.core.windows.net/");
            assert.equal(body.type, "Microsoft.Storage/storageAccounts");
        });

        it("lists what a resource group holds of a type", async () => {
            await subscription.make("storage:StorageAccount", { accountName: "acc" }, account);
            const { body } = await subscription.arm(
                "GET",
                `${scope}/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts`,
            );
            assert.equal((body.value as unknown[]).length, 1);
        });

        it("refuses a move to another region", async () => {
            await subscription.make("storage:StorageAccount", { accountName: "acc" }, account);
            const refused = await subscription.put(
                "storage:StorageAccount",
                { accountName: "acc" },
                { ...account, location: "eastus" },
            );
            assert.equal(refused.code, "InvalidResourceLocation");
        });
    });

    describe("names that are unique in all of Azure", () => {
        const cases = [
            [
                "containerregistry:Registry",
                { registryName: "contoso" },
                { ...west, sku: { name: "Basic" } },
                "AlreadyInUse",
            ],
            ["keyvault:Vault", { vaultName: "contoso" }, vaultOf(), "VaultAlreadyExists"],
            ["storage:StorageAccount", { accountName: "contoso" }, account, "StorageAccountAlreadyTaken"],
        ] as const;
        for (const [token, parameters, body, code] of cases) {
            it(`refuses a ${token} whose name is taken`, async () => {
                const refused = await subscription.put(token, parameters, body);
                assert.deepEqual([refused.status, refused.code], [409, code]);
            });
        }

        it("tells beforehand that a name is taken", async () => {
            const path = (namespace: string) => `${scope}/providers/${namespace}/checkNameAvailability`;
            const taken = await subscription.arm("POST", path("Microsoft.ContainerRegistry"), { name: "contoso" });
            const free = await subscription.arm("POST", path("Microsoft.Storage"), { name: "acc" });
            assert.deepEqual([taken.body.nameAvailable, free.body.nameAvailable], [false, true]);
        });
    });

    describe("key vaults", () => {
        it("keeps the name of a deleted vault, and gives the vault back by recovery only", async () => {
            await subscription.make("keyvault:Vault", { vaultName: "kv-a" }, vaultOf());
            await subscription.delete("keyvault:Vault", { vaultName: "kv-a" });
            assert.equal(
                (await subscription.put("keyvault:Vault", { vaultName: "kv-a" }, vaultOf())).code,
                "ConflictError",
            );
            await subscription.make("keyvault:Vault", { vaultName: "kv-a" }, vaultOf({ createMode: "recover" }));
        });

        it("never purges a vault with purge protection", async () => {
            await subscription.make("keyvault:Vault", { vaultName: "kv-a" }, vaultOf({ enablePurgeProtection: true }));
            await subscription.delete("keyvault:Vault", { vaultName: "kv-a" });
            const purge = `${scope}/providers/Microsoft.KeyVault/locations/westeurope/deletedVaults/kv-a/purge`;
            assert.equal((await subscription.arm("POST", purge)).status, 405);
        });

        it("refuses to recover what was not deleted", async () => {
            const refused = await subscription.put(
                "keyvault:Vault",
                { vaultName: "kv-a" },
                vaultOf({ createMode: "recover" }),
            );
            assert.equal(refused.code, "SoftDeletedVaultDoesNotExist");
        });

        it("creates a key once, and leaves it as it is from then on", async () => {
            await subscription.make("keyvault:Vault", { vaultName: "kv-a" }, vaultOf());
            const parameters = { vaultName: "kv-a", keyName: "sops" };
            const first = await subscription.make("keyvault:Key", parameters, {
                properties: { kty: "RSA", keySize: 3072 },
            });
            const second = await subscription.make("keyvault:Key", parameters, {
                properties: { kty: "RSA", keySize: 4096 },
            });
            assert.equal(second.keySize, 3072);
            assert.equal(second.keyUriWithVersion, first.keyUriWithVersion);
            assert.match(
                String(first.keyUriWithVersion),
                /^https:\/\/kv-a\.vault\.azure\.net\/keys\/sops\/[0-9a-f]{32}$/,
            );
        });
    });

    describe("deletion", () => {
        it("takes all that a resource group holds", async () => {
            await subscription.make("storage:StorageAccount", { accountName: "acc" }, account);
            assert.equal((await subscription.delete("resources:ResourceGroup", {})).status, 202);
            assert.deepEqual(
                subscription.azure.resources().map(({ type }) => type),
                ["Microsoft.Authorization/roleAssignments"],
            );
        });

        it("stops at a lock, on the resource or anything above it", async () => {
            const account_ = await subscription.make("storage:StorageAccount", { accountName: "acc" }, account);
            await subscription.make(
                "authorization:ManagementLockByScope",
                { scope: String(account_.id), lockName: "keep" },
                { level: "CanNotDelete" },
            );
            assert.equal(
                (await subscription.delete("storage:StorageAccount", { accountName: "acc" })).code,
                "ScopeLocked",
            );
            assert.equal((await subscription.delete("resources:ResourceGroup", {})).code, "ScopeLocked");
        });

        it("refuses to take a network that is in use", async () => {
            const group = await subscription.make(
                "network:NetworkSecurityGroup",
                { networkSecurityGroupName: "nsg" },
                west,
            );
            await subscription.make(
                "network:VirtualNetwork",
                { virtualNetworkName: "net" },
                { ...west, addressSpace: { addressPrefixes: ["10.0.0.0/16"] } },
            );
            await subscription.make(
                "network:Subnet",
                { virtualNetworkName: "net", subnetName: "sub" },
                { addressPrefix: "10.0.0.0/24", networkSecurityGroup: { id: group.id } },
            );
            const refused = await subscription.delete("network:NetworkSecurityGroup", {
                networkSecurityGroupName: "nsg",
            });
            assert.equal(refused.code, "InUseNetworkSecurityGroupCannotBeDeleted");
        });

        it("takes a subnet that its own network lists", async () => {
            const network = { virtualNetworkName: "listing" };
            const space = { ...west, addressSpace: { addressPrefixes: ["10.1.0.0/16"] } };
            await subscription.make("network:VirtualNetwork", network, space);
            const place = { ...network, subnetName: "sub" };
            const subnet = { addressPrefix: "10.1.0.0/24" };
            const { id } = await subscription.make("network:Subnet", place, subnet);
            await subscription.make("network:VirtualNetwork", network, {
                ...space,
                subnets: [{ id, name: "sub", ...subnet }],
            });
            assert.equal((await subscription.delete("network:Subnet", place)).status, 202);
        });

        it("is no error for what is gone already", async () => {
            assert.equal((await subscription.delete("storage:StorageAccount", { accountName: "acc" })).status, 204);
        });
    });
});
