import { cassettes } from "./cassettes";
import { none, some, type Witness } from "./expectation";

const { vaultSample, vaultRecover, vaultSoftDelete } = cassettes;
const path = "providers/Microsoft.KeyVault/vaults/kv-seen";
const deleted = "/subscriptions/{subscription}/providers/Microsoft.KeyVault/locations/westus2/deletedVaults/kv-seen";
const apiVersion = "2023-07-01";
const properties = { tenantId: "{tenant}", sku: { family: "A", name: "standard" } };
const policy = { tenantId: "{tenant}", objectId: "{principal}", permissions: { keys: ["get"] } };

export const keyVault: Witness = {
    title: "Key Vault",
    exchanges: [
        {
            send: {
                method: "PUT",
                path,
                apiVersion,
                body: {
                    location: "westus2",
                    name: "kv-seen",
                    properties: {
                        ...properties,
                        createMode: "default",
                        accessPolicies: [policy],
                        softDeleteRetentionInDays: 7,
                    },
                },
            },
            facts: [
                {
                    says: "A new vault is answered with 200 and RegisteringDns, and no header says where to look",
                    seen: [vaultSample, 7],
                    status: 200,
                    headers: { "azure-asyncoperation": none, location: none },
                    body: { properties: { provisioningState: "RegisteringDns" } },
                },
                {
                    says: "In that answer `vaultUri` has no slash at its end",
                    seen: [vaultSample, 7],
                    body: { properties: { vaultUri: "https://kv-seen.vault.azure.net" } },
                },
                {
                    says: "Filled in: deployment, soft delete, public access; `enableRbacAuthorization` is not, and `createMode` is not shown",
                    seen: [vaultSample, 7],
                    body: {
                        tags: {},
                        systemData: { createdBy: some, createdByType: some, createdAt: some, lastModifiedAt: some },
                        properties: {
                            enabledForDeployment: false,
                            enableSoftDelete: true,
                            softDeleteRetentionInDays: 7,
                            publicNetworkAccess: "Enabled",
                            accessPolicies: [{ permissions: { keys: ["get"] } }],
                            enableRbacAuthorization: none,
                            createMode: none,
                        },
                    },
                },
            ],
        },
        {
            after: 5,
            send: { method: "GET", path, apiVersion },
            facts: [
                {
                    says: "The vault is RegisteringDns for some twenty seconds, its address with a slash by then",
                    seen: [vaultSample, 8],
                    body: {
                        properties: {
                            provisioningState: "RegisteringDns",
                            vaultUri: "https://kv-seen.vault.azure.net/",
                        },
                    },
                },
            ],
        },
        {
            after: 20,
            send: { method: "GET", path, apiVersion },
            facts: [
                {
                    says: "Then it is Succeeded",
                    seen: [vaultSample, 11],
                    body: { properties: { provisioningState: "Succeeded" } },
                },
            ],
        },
        {
            send: { method: "DELETE", path, apiVersion },
            facts: [
                { says: "A DELETE is answered with 200 and no body", seen: [vaultRecover, 7], status: 200, body: none },
            ],
        },
        {
            send: { method: "GET", path: deleted, apiVersion },
            facts: [
                {
                    says: "At once there is a deleted vault with id, tags and the two dates",
                    seen: [vaultRecover, 8],
                    status: 200,
                    body: {
                        id: /\/providers\/Microsoft\.KeyVault\/locations\/westus2\/deletedVaults\/kv-seen$/,
                        name: "kv-seen",
                        type: "Microsoft.KeyVault/deletedVaults",
                        properties: {
                            vaultId: /\/resourceGroups\/rg\/providers\/Microsoft\.KeyVault\/vaults\/kv-seen$/,
                            location: "westus2",
                            tags: {},
                            deletionDate: some,
                            scheduledPurgeDate: some,
                            purgeProtectionEnabled: none,
                        },
                    },
                },
            ],
        },
        {
            send: {
                method: "PUT",
                path,
                apiVersion,
                body: { location: "westus2", properties: { ...properties, createMode: "recover" } },
            },
            facts: [
                {
                    says: "A recovered vault is answered with 200 and Succeeded, with its old policies and retention",
                    seen: [vaultSoftDelete, 27],
                    status: 200,
                    body: {
                        properties: {
                            provisioningState: "Succeeded",
                            softDeleteRetentionInDays: 7,
                            accessPolicies: [{ permissions: { keys: ["get"] } }],
                            vaultUri: "https://kv-seen.vault.azure.net/",
                        },
                    },
                },
                {
                    says: "`createMode` is not echoed",
                    seen: [vaultRecover, 10],
                    body: { properties: { createMode: none } },
                },
            ],
        },
        { send: { method: "DELETE", path, apiVersion }, facts: [] },
        {
            send: { method: "POST", path: `${deleted}/purge`, apiVersion },
            facts: [
                {
                    says: "A purge is answered with 202, `Location` and no body",
                    seen: [vaultSoftDelete, 31],
                    status: 202,
                    headers: { location: /\/operationResults\// },
                    body: none,
                },
            ],
        },
        {
            send: { method: "GET", path: "@result" },
            facts: [
                {
                    says: "Its result is 202 with status NotStarted for as long as it runs",
                    seen: [vaultSoftDelete, 32],
                    status: 202,
                    headers: { location: some },
                    body: { createdDateTime: some, status: "NotStarted" },
                },
            ],
        },
        {
            after: 6,
            send: { method: "GET", path: "@result" },
            facts: [
                {
                    says: "Then it is 200 with status Succeeded",
                    seen: [vaultSoftDelete, 34],
                    status: 200,
                    body: { createdDateTime: some, lastActionDateTime: some, status: "Succeeded" },
                },
            ],
        },
    ],
};

const key = `${path}/keys/seen`;

export const keyVaultKey: Witness = {
    title: "Key of a vault, over Resource Manager",
    exchanges: [
        { send: { method: "PUT", path, apiVersion, body: { location: "westus2", properties } }, facts: [] },
        {
            after: 30,
            send: {
                method: "PUT",
                path: key,
                apiVersion: "2024-11-01",
                body: { properties: { attributes: { enabled: true }, keySize: 2048, kty: "RSA" } },
            },
            facts: [
                { says: "A new key is answered with 200", seen: [vaultRecover, 6], status: 200 },
                {
                    says: "Filled in: six operations, attributes, two addresses, the vault's region",
                    seen: [vaultRecover, 6],
                    body: {
                        type: "Microsoft.KeyVault/vaults/keys",
                        location: "westus2",
                        properties: {
                            kty: "RSA",
                            keySize: 2048,
                            keyOps: ["encrypt", "decrypt", "sign", "verify", "wrapKey", "unwrapKey"],
                            attributes: {
                                enabled: true,
                                exportable: false,
                                recoveryLevel: "Recoverable+Purgeable",
                                created: some,
                                updated: some,
                            },
                            keyUri: "https://kv-seen.vault.azure.net/keys/seen",
                            keyUriWithVersion: /^https:\/\/kv-seen\.vault\.azure\.net\/keys\/seen\/[0-9a-f]{32}$/,
                        },
                    },
                },
            ],
        },
    ],
    notModelled: [
        {
            says: "The list of deleted keys and secrets can be empty for a while after a deletion",
            seen: [cassettes.secretSoftDelete, 5],
            why: "It would only make clients wait that purge; the program does not.",
        },
    ],
};
