import { cassettes } from "./cassettes";
import { none, some, type Witness } from "./expectation";

const { storage, blobVersioning, managementPolicy: policyTest } = cassettes;
const path = "providers/Microsoft.Storage/storageAccounts/stseen";
const apiVersion = "2025-06-01";
const account = { kind: "StorageV2", location: "westus2", sku: { name: "Standard_LRS" } };
const make = { method: "PUT", path, apiVersion, body: account } as const;
const service = `${path}/blobServices/default`;
const container = `${service}/containers/seen`;
const policy = `${path}/managementPolicies/default`;

export const blobStorage: Witness = {
    title: "Blob service, containers and lifecycle policy",
    exchanges: [
        { send: make, facts: [] },
        {
            after: 30,
            send: { method: "PUT", path: service, apiVersion, body: { name: "default" } },
            facts: [
                {
                    says: "A PUT of the blob service answers only what was asked: a name for nothing",
                    seen: [storage, 14],
                    status: 200,
                    body: { name: "default", sku: none, properties: none, id: none },
                },
            ],
        },
        {
            send: { method: "GET", path: service, apiVersion },
            facts: [
                {
                    says: "A GET adds rules, retention, web site and the account's SKU",
                    seen: [storage, 16],
                    body: {
                        id: some,
                        sku: { name: "Standard_LRS", tier: "Standard" },
                        properties: {
                            cors: { corsRules: [] },
                            deleteRetentionPolicy: { allowPermanentDelete: false, enabled: false },
                            staticWebsite: { enabled: false },
                        },
                    },
                },
            ],
        },
        {
            send: { method: "PUT", path: service, apiVersion, body: { properties: { isVersioningEnabled: true } } },
            facts: [
                {
                    says: "A PUT answers what was asked, without the SKU",
                    seen: [blobVersioning, 1],
                    status: 200,
                    body: { id: some, sku: none, properties: { isVersioningEnabled: true } },
                },
            ],
        },
        {
            send: { method: "GET", path: service, apiVersion },
            facts: [
                {
                    says: "A GET shows it beside what was there",
                    seen: [blobVersioning, 2],
                    body: { sku: some, properties: { isVersioningEnabled: true, cors: { corsRules: [] } } },
                },
            ],
        },
        {
            send: { method: "PUT", path: container, apiVersion, body: { name: "seen" } },
            facts: [
                {
                    says: "A new container is answered with 201, id, name and type, without properties; its etag is a header",
                    seen: [storage, 27],
                    status: 201,
                    headers: { etag: /^"0x[0-9A-F]+"$/ },
                    body: {
                        id: some,
                        name: "seen",
                        type: "Microsoft.Storage/storageAccounts/blobServices/containers",
                        properties: none,
                        etag: none,
                    },
                },
            ],
        },
        {
            send: { method: "GET", path: container, apiVersion },
            facts: [
                {
                    says: "A GET shows access, lease, holds, encryption scope and retention",
                    seen: [storage, 28],
                    headers: { etag: some },
                    body: {
                        etag: some,
                        properties: {
                            publicAccess: "None",
                            leaseStatus: "Unlocked",
                            leaseState: "Available",
                            legalHold: { hasLegalHold: false, tags: [] },
                            hasImmutabilityPolicy: false,
                            hasLegalHold: false,
                            defaultEncryptionScope: "$account-encryption-key",
                            denyEncryptionScopeOverride: false,
                            deleted: false,
                            remainingRetentionDays: 0,
                            lastModifiedTime: some,
                        },
                    },
                },
            ],
        },
        {
            send: { method: "DELETE", path: container, apiVersion },
            facts: [
                {
                    says: "A DELETE of a container is answered with 200 and no body",
                    seen: [storage, 30],
                    status: 200,
                    body: none,
                },
            ],
        },
        {
            send: { method: "GET", path: policy, apiVersion },
            facts: [
                {
                    says: "An account without a lifecycle policy is 404 ManagementPolicyNotFound",
                    seen: [policyTest, 7],
                    status: 404,
                    body: {
                        error: {
                            code: "ManagementPolicyNotFound",
                            message: "No ManagementPolicy found for account stseen",
                        },
                    },
                },
            ],
        },
        {
            send: {
                method: "PUT",
                path: policy,
                apiVersion,
                body: {
                    name: "default",
                    properties: {
                        policy: {
                            rules: [
                                {
                                    name: "test-rule",
                                    type: "Lifecycle",
                                    enabled: true,
                                    definition: {
                                        actions: { version: { delete: { daysAfterCreationGreaterThan: 30 } } },
                                        filters: { blobTypes: ["blockBlob"], blobIndexMatch: null },
                                    },
                                },
                            ],
                        },
                    },
                },
            },
            facts: [
                {
                    says: "A new policy is answered with 200; its name is DefaultManagementPolicy, its id ends in `default`",
                    seen: [storage, 11],
                    status: 200,
                    body: {
                        id: /\/managementPolicies\/default$/,
                        name: "DefaultManagementPolicy",
                        properties: {
                            policy: { rules: [{ name: "test-rule", enabled: true }] },
                            lastModifiedTime: some,
                        },
                    },
                },
            ],
        },
    ],
    notModelled: [
        {
            says: "Days of a policy come back as 30.0",
            seen: [storage, 11],
            why: "Whoever parses JSON does not see it.",
        },
    ],
};
