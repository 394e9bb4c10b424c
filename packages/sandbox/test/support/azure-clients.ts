/**
 * Uses Azure's and GitHub's own clients as they are published, in a process whose only way out is a sandbox's proxy.
 * Prints what they gave as JSON, by the name of the use.
 */
import { randomUUID } from "node:crypto";
import { AuthorizationManagementClient } from "@azure/arm-authorization";
import { ContainerRegistryManagementClient } from "@azure/arm-containerregistry";
import { ContainerServiceClient } from "@azure/arm-containerservice";
import { DnsManagementClient } from "@azure/arm-dns";
import { KeyVaultManagementClient } from "@azure/arm-keyvault";
import { ManagedServiceIdentityClient } from "@azure/arm-msi";
import { ResourceManagementClient } from "@azure/arm-resources";
import { StorageManagementClient } from "@azure/arm-storage";
import { ClientSecretCredential } from "@azure/identity";
import { CryptographyClient, KeyClient } from "@azure/keyvault-keys";
import { SecretClient } from "@azure/keyvault-secrets";
import { Octokit } from "@octokit/rest";

const {
    ARM_TENANT_ID: tenantId = "",
    ARM_SUBSCRIPTION_ID: subscriptionId = "",
    ARM_CLIENT_ID: clientId = "",
    ARM_CLIENT_SECRET: clientSecret = "",
    DEPLOYER_OBJECT_ID: deployerObjectId = "",
} = process.env;
const credential = new ClientSecretCredential(tenantId, clientId, clientSecret);
const location = "westus2";
const group = "clients";
const scope = `/subscriptions/${subscriptionId}`;
const role = (id: string) => `${scope}/providers/Microsoft.Authorization/roleDefinitions/${id}`;
const often = { updateIntervalInMs: 50 };

const uses: readonly (readonly [string, () => Promise<unknown>])[] = [
    [
        "wrongSecret",
        () =>
            new ClientSecretCredential(tenantId, clientId, "wrong")
                .getToken("https://management.azure.com/.default")
                .then(String, (error: Error) => error.message),
    ],
    ["resourceGroup", () => resources.resourceGroups.createOrUpdate(group, { location })],
    ["identity", () => msi.userAssignedIdentities.createOrUpdate(group, "clients", { location })],
    [
        "credential",
        () =>
            msi.federatedIdentityCredentials.createOrUpdate(group, "clients", "one", {
                issuer: "https://issuer.example/",
                subject: "system:serviceaccount:a:b",
                audiences: ["api://AzureADTokenExchange"],
            }),
    ],
    ["assignment", () => assign(deployerObjectId, "14b46e9e-c2b7-41b4-b07b-48a6ebf60603")],
    ["secretsAssignment", () => assign(deployerObjectId, "b86a8fe4-44ce-4948-aee5-eccb2c155cd7")],
    [
        "accountName",
        () =>
            storage.storageAccounts.checkNameAvailability({
                name: "stclients",
                type: "Microsoft.Storage/storageAccounts",
            }),
    ],
    [
        "account",
        () =>
            storage.storageAccounts.create(
                group,
                "stclients",
                { location, kind: "StorageV2", sku: { name: "Standard_LRS" } },
                often,
            ),
    ],
    ["blobService", () => storage.blobServices.setServiceProperties(group, "stclients", { isVersioningEnabled: true })],
    ["container", () => storage.blobContainers.create(group, "stclients", "box", {})],
    ["vault", () => vaults.vaults.createOrUpdate(group, "kv-clients", vaultParameters, often)],
    [
        "keyOfVault",
        () => vaults.keys.createIfNotExist(group, "kv-clients", "sops", { properties: { kty: "RSA", keySize: 2048 } }),
    ],
    ["key", async () => (await keys.getKey("sops")).keyType],
    ["decrypted", encryptAndDecrypt],
    ["secret", setAndGetSecret],
    ["registry", () => registries.registries.create(group, "crclients", { location, sku: { name: "Basic" } }, often)],
    ["zone", () => dns.zones.createOrUpdate(group, "clients.example", { location: "global" })],
    [
        "record",
        () =>
            dns.recordSets.createOrUpdate(group, "clients.example", "www", "A", {
                ttl: 300,
                aRecords: [{ ipv4Address: "198.18.0.1" }],
            }),
    ],
    ["records", () => collect(dns.recordSets.listAllByDnsZone(group, "clients.example"))],
    ["cluster", () => containers.managedClusters.beginCreateOrUpdateAndWait(group, "aks", clusterParameters, often)],
    [
        "pool",
        () =>
            containers.agentPools.beginCreateOrUpdateAndWait(
                group,
                "aks",
                "apps",
                { count: 1, vmSize: "Standard_D4s_v5", mode: "User" },
                often,
            ),
    ],
    ["pools", () => collect(containers.agentPools.list(group, "aks"))],
    [
        "missingPool",
        () => containers.agentPools.get(group, "aks", "none").then(String, (error: Error) => error.message),
    ],
    [
        "kubeconfig",
        async () => (await containers.managedClusters.listClusterUserCredentials(group, "aks")).kubeconfigs?.[0]?.name,
    ],
    ["poolDeleted", () => containers.agentPools.beginDeleteAndWait(group, "aks", "apps", often)],
    ["clusterDeleted", () => containers.managedClusters.beginDeleteAndWait(group, "aks", often)],
    ["groupDeleted", () => resources.resourceGroups.beginDeleteAndWait(group, often)],
    ["groups", () => collect(resources.resourceGroups.list())],
    [
        "repository",
        async () => (await octokit.repos.createInOrg({ org: "acme", name: "fleet", auto_init: true })).data.full_name,
    ],
    ["blob", createBlob],
    [
        "missingRepository",
        () =>
            octokit.repos
                .get({ owner: "acme", repo: "none" })
                .then(String, (error: { status: number }) => error.status),
    ],
];

const resources = new ResourceManagementClient(credential, subscriptionId);
const msi = new ManagedServiceIdentityClient(credential, subscriptionId);
const authorization = new AuthorizationManagementClient(credential, subscriptionId);
const storage = new StorageManagementClient(credential, subscriptionId);
const vaults = new KeyVaultManagementClient(credential, subscriptionId);
const registries = new ContainerRegistryManagementClient(credential, subscriptionId);
const dns = new DnsManagementClient(credential, subscriptionId);
const containers = new ContainerServiceClient(credential, subscriptionId);
const keys = new KeyClient("https://kv-clients.vault.azure.net", credential);
const secrets = new SecretClient("https://kv-clients.vault.azure.net", credential);
const octokit = new Octokit({ auth: process.env.GITHUB_TOKEN });

const vaultParameters = {
    location,
    properties: {
        tenantId,
        sku: { family: "A", name: "standard" } as const,
        enableRbacAuthorization: true,
    },
};
const clusterParameters = {
    location,
    dnsPrefix: "clients",
    identity: { type: "SystemAssigned" } as const,
    aadProfile: { managed: true },
    agentPoolProfiles: [{ name: "system", mode: "System", count: 1, vmSize: "Standard_D4s_v5" }],
};

function assign(principalId: string, roleId: string) {
    const parameters = { principalId, principalType: "ServicePrincipal", roleDefinitionId: role(roleId) };
    return authorization.roleAssignments.create(scope, randomUUID(), parameters);
}

async function encryptAndDecrypt(): Promise<string> {
    const crypto = new CryptographyClient(await keys.getKey("sops"), credential);
    const { result } = await crypto.encrypt({ algorithm: "RSA-OAEP-256", plaintext: Buffer.from("a secret") });
    return Buffer.from((await crypto.decrypt({ algorithm: "RSA-OAEP-256", ciphertext: result })).result).toString();
}

async function setAndGetSecret(): Promise<unknown> {
    await secrets.setSecret("password", "tree-house");
    return (await secrets.getSecret("password")).value;
}

async function createBlob(): Promise<string> {
    const { data } = await octokit.git.createBlob({ owner: "acme", repo: "fleet", content: "a", encoding: "utf-8" });
    return data.sha;
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
    const all: T[] = [];
    for await (const item of items) {
        all.push(item);
    }
    return all;
}

async function main(): Promise<void> {
    const given: Record<string, unknown> = {};
    for (const [name, use] of uses) {
        given[name] = await use().catch((error: unknown) => {
            throw new Error(`${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
        });
    }
    process.stdout.write(JSON.stringify(given));
}

main().catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
});
