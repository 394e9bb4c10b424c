import * as assert from "node:assert/strict";
import { AzureNativeProvider } from "../../../plugins/azure-native/provider";
import { unknown } from "../../../plugins/provider";
import { clusterInputs, grant, ground, network, roles } from "../../../testing/azure-cluster";
import {
    deployer,
    type Json,
    subscription as scope,
    subscriptionId,
    tenantId,
    TestSubscription,
} from "../../../testing/azure-subscription";

const environment = {
    ARM_CLIENT_ID: deployer.clientId,
    ARM_CLIENT_SECRET: deployer.clientSecret,
    ARM_TENANT_ID: tenantId,
    ARM_SUBSCRIPTION_ID: subscriptionId,
};
const type = (name: string) => `azure-native:${name}`;

describe("the azure-native plugin's stand-in", () => {
    const { fetch } = globalThis;
    let subscription: TestSubscription;
    let provider: AzureNativeProvider;

    beforeEach(async () => {
        subscription = new TestSubscription();
        globalThis.fetch = subscription.fetch;
        provider = new AzureNativeProvider(environment);
        await provider.configure({});
    });

    afterEach(() => {
        globalThis.fetch = fetch;
    });

    const group = () =>
        provider.create(type("resources:ResourceGroup"), "rg", { resourceGroupName: "rg", location: "westeurope" });

    it("says which settings are missing", () => {
        assert.throws(() => new AzureNativeProvider({}).configure({}), /azure-native:tenantId \(or ARM_TENANT_ID\)/);
    });

    it("previews what Azure adds inside of an input as unknown, and only that", () => {
        const cluster = { dnsPrefix: "aks", oidcIssuerProfile: { enabled: true } };
        assert.deepEqual(provider.preview(type("containerservice:ManagedCluster"), cluster), {
            dnsPrefix: "aks",
            oidcIssuerProfile: { enabled: true, issuerURL: unknown },
        });
        const zone = { zoneName: "example.com" };
        assert.deepEqual(provider.preview(type("dns:Zone"), zone), zone);
    });

    it("says why Entra refused the login", async () => {
        await provider.configure({ clientSecret: "wrong" });
        await assert.rejects(group(), /AADSTS7000215/);
    });

    it("names what has no name: logical name and eight hex digits, a GUID for role assignments", async () => {
        const identity = await provider.check(type("managedidentity:UserAssignedIdentity"), "flux", undefined, {
            resourceGroupName: "rg",
            location: "eastus",
        });
        assert.match(String(identity.inputs.resourceName), /^flux[0-9a-f]{8}$/);
        const assignment = await provider.check(type("authorization:RoleAssignment"), "pull", undefined, { scope });
        assert.match(String(assignment.inputs.roleAssignmentName), /^[0-9a-f]{8}-/);
        const again = await provider.check(type("authorization:RoleAssignment"), "pull", assignment.inputs, { scope });
        assert.equal(again.inputs.roleAssignmentName, assignment.inputs.roleAssignmentName);
    });

    it("takes the region from the configuration, else from the resource group, else leaves it unknown", async () => {
        const check = async (resourceGroupName: unknown) =>
            (await provider.check(type("keyvault:Vault"), "kv", undefined, { resourceGroupName })).inputs.location;
        await group();
        assert.equal(await check("rg"), "westeurope");
        assert.equal(await check(unknown), unknown);
        await provider.configure({ location: "swedencentral" });
        assert.equal(await check("rg"), "swedencentral");
    });

    it("replaces for what Azure cannot change, and updates for the rest", async () => {
        const olds = {
            resourceName: "aks",
            resourceGroupName: "rg",
            location: "westeurope",
            networkProfile: network(),
            tags: { a: "1" },
        };
        const diff = (changes: Json) =>
            provider.diff(type("containerservice:ManagedCluster"), "id", olds, { ...olds, ...changes });
        assert.deepEqual(await diff({ location: "West Europe" }), { updates: [], replaces: [] });
        assert.deepEqual(await diff({ tags: { a: "2" } }), { updates: ["tags.a"], replaces: [] });
        const pods = await diff({ networkProfile: network({ podCidr: "10.1.0.0/16" }) });
        assert.deepEqual(pods, { updates: [], replaces: ["networkProfile.podCidr"], deleteBeforeReplace: true });
        assert.deepEqual((await diff({ resourceName: "other" })).replaces, ["resourceName"]);
        assert.deepEqual((await diff({ networkProfile: undefined })).replaces, ["networkProfile"]);
    });

    it("creates, reads, updates and deletes", async () => {
        await group();
        const inputs = { resourceGroupName: "rg", resourceName: "flux", location: "westeurope" };
        const token = type("managedidentity:UserAssignedIdentity");
        const made = await provider.create(token, "flux", inputs);
        assert.equal(
            made.id,
            `${scope}/resourcegroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/flux`,
        );
        const updated = await provider.update(token, made.id, inputs, { ...inputs, tags: { team: "a" } });
        assert.equal(updated.outputs.principalId, made.outputs.principalId);
        assert.deepEqual((await provider.read(token, made.id, { ...inputs, tags: { team: "b" } }))?.inputs.tags, {
            team: "a",
        });
        await provider.delete(token, made.id, inputs, updated.outputs);
        assert.equal(await provider.read(token, made.id, inputs), undefined);
    });

    it("sees on a refresh what changed in Azure, and not what Azure spells in another way or fills in", async () => {
        await group();
        const base = await ground(subscription);
        await grant(subscription, base);
        const cluster = clusterInputs(base, {
            resourceGroupName: "rg",
            resourceName: "aks",
            networkProfile: network({
                loadBalancerProfile: { backendPoolType: "NodeIPConfiguration", managedOutboundIPs: { count: 1 } },
            }),
            tags: { team: "a" },
        });
        const token = type("containerservice:ManagedCluster");
        const { id, outputs } = await provider.create(token, "aks", cluster);
        assert.deepEqual((await provider.read(token, id, cluster, outputs))?.inputs, cluster);
        await provider.update(token, id, cluster, { ...cluster, tags: { team: "b" } });
        const changed = await provider.read(token, id, cluster, outputs);
        assert.deepEqual(changed?.inputs, { ...cluster, tags: { team: "b" } });
    });

    it("imports with every input that Azure shows, also what it filled in", async () => {
        const base = await ground(subscription);
        const assignment = type("authorization:RoleAssignment");
        const granted = {
            principalId: base.controlPlane.principalId,
            principalType: "ServicePrincipal",
            roleDefinitionId: `${scope}/providers/Microsoft.Authorization/roleDefinitions/${roles.reader}`,
            scope: `${scope}/resourceGroups/rg`,
        };
        const { inputs } = await provider.check(assignment, "reader", undefined, granted);
        const { id } = await provider.create(assignment, "reader", inputs);
        const imported = (await provider.read(assignment, id, undefined))?.inputs ?? {};
        const again = await provider.check(assignment, "reader", imported, granted);
        assert.deepEqual((await provider.diff(assignment, id, imported, again.inputs)).replaces, []);

        await grant(subscription, base);
        const cluster = type("containerservice:ManagedCluster");
        const asked = clusterInputs(base, { resourceGroupName: "rg", resourceName: "aks" });
        const made = await provider.create(cluster, "aks", asked);
        const shown = (await provider.read(cluster, made.id, undefined))?.inputs ?? {};
        // Why a program that asks for less cannot take a cluster over.
        const { replaces } = await provider.diff(cluster, made.id, shown, asked);
        assert.ok(replaces.includes("networkProfile.serviceCidrs"), String(replaces));
    });

    it("does not take over what exists already", async () => {
        await group();
        await assert.rejects(group(), /cannot create already existing resource/);
    });

    it("shows Azure's refusal with its code and property", async () => {
        const wrong = provider.create(type("resources:ResourceGroup"), "rg", {
            resourceGroupName: "rg",
            location: "atlantis",
        });
        await assert.rejects(wrong, /Code="LocationNotAvailableForResourceType".*Target="location"/);
    });

    it("deletes a key over the vault's own interface, for which the owner of the subscription needs a role", async () => {
        await group();
        const properties = { tenantId, sku: { family: "A", name: "standard" }, enableRbacAuthorization: true };
        await provider.create(type("keyvault:Vault"), "kv", {
            resourceGroupName: "rg",
            vaultName: "kv-sops",
            location: "westeurope",
            properties,
        });
        const inputs = { resourceGroupName: "rg", vaultName: "kv-sops", keyName: "sops", properties: { kty: "RSA" } };
        const key = await provider.create(type("keyvault:Key"), "sops", inputs);
        const remove = () => provider.delete(type("keyvault:Key"), key.id, inputs, key.outputs);
        await assert.rejects(remove(), /Caller is not authorized/);
        await subscription.assign(deployer.objectId, roles.keyVaultCryptoOfficer, key.id);
        await remove();
        await subscription.assign(deployer.objectId, roles.keyVaultCryptoOfficer, `${scope}/resourceGroups/rg`);
        const recovered = await provider.create(type("keyvault:Key"), "sops", inputs);
        assert.equal(recovered.outputs.keyUriWithVersion, key.outputs.keyUriWithVersion);
    });

    it("answers who the caller is, and gives a cluster's kubeconfig", async () => {
        assert.deepEqual(await provider.invoke(type("authorization:getClientConfig"), {}), {
            clientId: deployer.clientId,
            objectId: deployer.objectId,
            subscriptionId,
            tenantId,
        });
        const base = await ground(subscription);
        await grant(subscription, base);
        const args = { resourceGroupName: "rg", resourceName: "aks" };
        await provider.create(type("containerservice:ManagedCluster"), "aks", { ...args, ...clusterInputs(base) });
        const { kubeconfigs } = await provider.invoke(type("containerservice:listManagedClusterUserCredentials"), {
            ...args,
            format: "exec",
        });
        assert.equal((kubeconfigs as unknown[]).length, 1);
        const { fqdn } = await provider.invoke(type("containerservice:getManagedCluster"), args);
        assert.match(String(fqdn), /azmk8s\.io$/);
    });

    describe("follows what takes long", () => {
        const inputs = {
            resourceGroupName: "rg",
            virtualNetworkName: "vnet",
            location: "westeurope",
            addressSpace: { addressPrefixes: ["10.20.0.0/16"] },
        };
        const make = () => provider.create(type("network:VirtualNetwork"), "vnet", inputs);
        const json = (status: number, body: object) =>
            new Response(JSON.stringify(body), { status, headers: { "retry-after-ms": "1" } });

        /** Answers requests that match before Azure does, for as long as there are answers. */
        const interpose = (method: string, pattern: RegExp, answers: Response[]) => {
            globalThis.fetch = (input, init = {}) => {
                const url = input instanceof Request ? input.url : String(input);
                const next = (init.method ?? "GET") === method && pattern.test(url) ? answers.shift() : undefined;
                return next ? Promise.resolve(next) : subscription.fetch(input, init);
            };
            return answers;
        };

        beforeEach(group);

        it("taking every status but an end for running, and an error beside one for none", async () => {
            const error = { code: "NotLatestOperation", message: "not saved yet" };
            const answers = interpose("GET", /\/operations\//, [
                json(200, { status: "ProvisioningControlPlane" }),
                json(200, { status: "InProgress", error }),
                json(504, { error: { code: "GatewayTimeout", message: "no answer" } }),
                json(200, { status: "Succeeded", error }),
            ]);
            const { outputs } = await make();
            assert.equal(outputs.provisioningState, "Succeeded");
            assert.equal(answers.length, 0);
        });

        it("saying what an operation failed with", async () => {
            const error = { code: "Conflict", message: "it did not work" };
            interpose("GET", /\/operations\//, [json(200, { status: "Failed", error })]);
            await assert.rejects(make(), /Code="Conflict" Message="it did not work"/);
        });

        it("trying again what another operation or a resource that is still updating holds up", async () => {
            const answers = interpose("PUT", /virtualNetworks/, [
                json(409, { error: { code: "AnotherOperationInProgress", message: "wait" } }),
                json(429, { error: { code: "RetryableError", message: "wait" } }),
            ]);
            await make();
            assert.equal(answers.length, 0);
        });

        it("reading a refusal that has no error around it", async () => {
            interpose("PUT", /virtualNetworks/, [json(400, { code: "BadRequest", message: "not so" })]);
            await assert.rejects(make(), /Code="BadRequest" Message="not so"/);
        });

        it("by the resource itself where no header says where to look", async () => {
            const properties = { tenantId, sku: { family: "A", name: "standard" } };
            const vault = { resourceGroupName: "rg", vaultName: "kv-a", location: "westeurope", properties };
            const made = await provider.create(type("keyvault:Vault"), "kv", vault);
            const shown = made.outputs.properties as Json;
            assert.deepEqual([shown.provisioningState, shown.vaultUri], ["Succeeded", "https://kv-a.vault.azure.net/"]);
        });

        it("by its result, for an account that is answered with nothing", async () => {
            const account = { resourceGroupName: "rg", accountName: "acc", location: "westeurope", kind: "StorageV2" };
            const made = await provider.create(type("storage:StorageAccount"), "acc", {
                ...account,
                sku: { name: "Standard_LRS" },
                enableHttpsTrafficOnly: true,
            });
            assert.equal(made.outputs.enableHttpsTrafficOnly, true);
            assert.match(made.id, /storageAccounts\/acc$/);
        });
    });
});
