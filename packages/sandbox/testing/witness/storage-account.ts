import { cassettes } from "./cassettes";
import { none, some, type Witness } from "./expectation";

const { storage, storageUnfinished, storageV2, storageExitCodes } = cassettes;
const path = "providers/Microsoft.Storage/storageAccounts/stseen";
const apiVersion = "2025-06-01";
const account = {
    kind: "StorageV2",
    location: "westus2",
    name: "stseen",
    properties: { accessTier: "Hot" },
    sku: { name: "Standard_LRS" },
    tags: null,
};
const make = { method: "PUT", path, apiVersion, body: account } as const;
const container = `${path}/blobServices/default/containers/seen`;

export const storageAccount: Witness = {
    title: "Storage account",
    exchanges: [
        {
            send: make,
            facts: [
                {
                    says: "A new account is answered with 202, no body, `Location` alone and `Retry-After` 17",
                    seen: [storage, 2],
                    status: 202,
                    headers: {
                        location: /\/locations\/westus2\/asyncoperations\/[^?]+\?monitor=true&/,
                        "azure-asyncoperation": none,
                        "retry-after": "17",
                    },
                    body: none,
                },
            ],
        },
        {
            after: 8,
            send: { method: "GET", path: "@result" },
            facts: [
                {
                    says: "Its result is 202 without a body for as long as it runs",
                    seen: [storage, 3],
                    status: 202,
                    headers: { location: some, "retry-after": "17" },
                    body: none,
                },
            ],
        },
        {
            send: { method: "PUT", path: container, apiVersion, body: {} },
            facts: [
                {
                    says: "Before it is Succeeded the account refuses what is in it: 409 StorageAccountIsNotProvisioned",
                    seen: [storageUnfinished, 5],
                    status: 409,
                    body: {
                        error: {
                            code: "StorageAccountIsNotProvisioned",
                            message:
                                "The storage account provisioning state must be 'Succeeded' before executing the operation.",
                        },
                    },
                },
            ],
        },
        {
            after: 30,
            send: { method: "GET", path: "@result" },
            facts: [
                {
                    says: "Then its result is 200 with the account",
                    seen: [storage, 4],
                    status: 200,
                    body: { id: /\/storageAccounts\/stseen$/, properties: { provisioningState: "Succeeded" } },
                },
                {
                    says: "Filled in: tier, access, TLS 1.2, HTTPS only, network rules, encryption, endpoints; `tags` is {} for null",
                    seen: [storage, 4],
                    body: {
                        sku: { name: "Standard_LRS", tier: "Standard" },
                        tags: {},
                        properties: {
                            allowCrossTenantDelegationSas: false,
                            allowCrossTenantReplication: false,
                            allowBlobPublicAccess: false,
                            minimumTlsVersion: "TLS1_2",
                            supportsHttpsTrafficOnly: true,
                            networkAcls: {
                                ipv6Rules: [],
                                bypass: "AzureServices",
                                virtualNetworkRules: [],
                                ipRules: [],
                                defaultAction: "Allow",
                            },
                            encryption: {
                                services: {
                                    file: { keyType: "Account", enabled: true, lastEnabledTime: some },
                                    blob: { keyType: "Account", enabled: true, lastEnabledTime: some },
                                },
                                keySource: "Microsoft.Storage",
                            },
                            keyCreationTime: { key1: some, key2: some },
                            primaryLocation: "westus2",
                            statusOfPrimary: "available",
                            primaryEndpoints: {
                                dfs: "https://stseen.dfs.core.windows.net/",
                                web: "https://stseen.z5.web.core.windows.net/",
                                blob: "https://stseen.blob.core.windows.net/",
                            },
                            privateEndpointConnections: [],
                        },
                    },
                },
            ],
        },
        {
            send: {
                method: "PUT",
                path: path.replace("stseen", "stold"),
                apiVersion,
                body: { ...account, kind: "Storage", properties: {} },
            },
            facts: [],
        },
        {
            after: 30,
            send: { method: "GET", path: path.replace("stseen", "stold"), apiVersion },
            facts: [
                {
                    says: "The kind Storage has no access tier and no endpoints of web sites and data lakes",
                    seen: [storageExitCodes, 0],
                    body: { properties: { accessTier: none, primaryEndpoints: { web: none, dfs: none, blob: some } } },
                },
            ],
        },
        {
            send: {
                method: "PUT",
                path: path.replace("stseen", "stwide"),
                apiVersion,
                body: { ...account, location: "southcentralus", sku: { name: "Standard_RAGRS" } },
            },
            facts: [],
        },
        {
            after: 30,
            send: { method: "GET", path: path.replace("stseen", "stwide"), apiVersion },
            facts: [
                {
                    says: "A second region that can be read is shown with its own endpoints, but for files",
                    seen: [storageV2, 3],
                    body: {
                        properties: {
                            secondaryLocation: "northcentralus",
                            statusOfSecondary: "available",
                            secondaryEndpoints: {
                                web: "https://stwide-secondary.z21.web.core.windows.net/",
                                blob: "https://stwide-secondary.blob.core.windows.net/",
                                file: none,
                            },
                        },
                    },
                },
            ],
        },
        {
            send: {
                method: "POST",
                path: "/subscriptions/{subscription}/providers/Microsoft.Storage/checkNameAvailability",
                apiVersion,
                body: { name: "stseen", type: "Microsoft.Storage/storageAccounts" },
            },
            facts: [
                {
                    says: "A name that is taken is told so",
                    seen: [storageV2, 4],
                    status: 200,
                    body: {
                        nameAvailable: false,
                        reason: "AlreadyExists",
                        message: "The storage account named stseen is already taken.",
                    },
                },
            ],
        },
        {
            send: {
                method: "POST",
                path: "/subscriptions/{subscription}/providers/Microsoft.Storage/checkNameAvailability",
                apiVersion,
                body: { name: "stfree", type: "Microsoft.Storage/storageAccounts" },
            },
            facts: [
                {
                    says: "A name that is free has neither reason nor message",
                    seen: [storageV2, 0],
                    body: { nameAvailable: true, reason: none, message: none },
                },
            ],
        },
        {
            send: { method: "DELETE", path, apiVersion },
            facts: [
                { says: "A DELETE is answered with 200 and no body", seen: [storage, 31], status: 200, body: none },
            ],
        },
        {
            send: { method: "GET", path, apiVersion },
            facts: [
                {
                    says: "An account that is not there is 404 ResourceNotFound of the gateway",
                    seen: [storage, 32],
                    status: 404,
                    headers: { "x-ms-failure-cause": "gateway" },
                    body: {
                        error: {
                            code: "ResourceNotFound",
                            message:
                                "The Resource 'Microsoft.Storage/storageAccounts/stseen' under resource group 'rg' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix",
                        },
                    },
                },
            ],
        },
        {
            send: {
                method: "GET",
                path: "/subscriptions/{subscription}/resourceGroups/fake/providers/Microsoft.Storage/storageAccounts/st",
                apiVersion,
            },
            facts: [
                {
                    says: "In a group that is not there it is 404 ResourceGroupNotFound",
                    seen: [storageExitCodes, 1],
                    status: 404,
                    body: { error: { code: "ResourceGroupNotFound" } },
                },
            ],
        },
    ],
};
