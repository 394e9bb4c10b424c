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
});
