import { cassettes } from "./cassettes";
import { none, some, type Witness } from "./expectation";

const { registry2025, registry2023 } = cassettes;
const path = "providers/Microsoft.ContainerRegistry/registries/crseen";
const apiVersion = "2023-07-01";
const names = "/subscriptions/{subscription}/providers/Microsoft.ContainerRegistry/checkNameAvailability";

export const containerRegistry: Witness = {
    title: "Container registry",
    exchanges: [
        {
            send: {
                method: "PUT",
                path,
                apiVersion,
                body: {
                    location: "westus2",
                    name: "crseen",
                    properties: { adminUserEnabled: false },
                    sku: { name: "Premium" },
                },
            },
            facts: [
                {
                    says: "A new registry is answered with 201, Creating and `Azure-AsyncOperation` (2023; in 2025 with 200 and Succeeded after 12 s)",
                    seen: [registry2023, 0],
                    status: 201,
                    headers: { "azure-asyncoperation": some },
                    body: { properties: { provisioningState: "Creating" } },
                },
            ],
        },
        {
            after: 10,
            send: { method: "GET", path, apiVersion },
            facts: [
                {
                    says: "Filled in: policies with the time of their change, encryption, access, rules (Premium only), zones, anonymous pull",
                    seen: [registry2025, 2, 3],
                    status: 200,
                    body: {
                        sku: { name: "Premium", tier: "Premium" },
                        tags: {},
                        systemData: { createdBy: some, createdByType: some, createdAt: some },
                        properties: {
                            loginServer: "crseen.azurecr.io",
                            creationDate: some,
                            provisioningState: "Succeeded",
                            networkRuleSet: { defaultAction: "Allow", ipRules: [] },
                            policies: {
                                quarantinePolicy: { status: "disabled" },
                                trustPolicy: { type: "Notary", status: "disabled" },
                                retentionPolicy: { days: 7, lastUpdatedTime: some, status: "disabled" },
                                exportPolicy: { status: "enabled" },
                                azureADAuthenticationAsArmPolicy: { status: "enabled" },
                                softDeletePolicy: { retentionDays: 7, lastUpdatedTime: some, status: "disabled" },
                            },
                            encryption: { status: "disabled" },
                            dataEndpointEnabled: false,
                            dataEndpointHostNames: [],
                            privateEndpointConnections: [],
                            publicNetworkAccess: "Enabled",
                            networkRuleBypassOptions: "AzureServices",
                            zoneRedundancy: "Disabled",
                            anonymousPullEnabled: false,
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
                body: {
                    location: "westus2",
                    sku: { name: "Premium" },
                    properties: {
                        policies: {
                            retentionPolicy: { days: 30, status: "enabled" },
                            softDeletePolicy: { retentionDays: 7, status: "enabled" },
                        },
                    },
                },
            },
            facts: [
                {
                    says: "Retention and soft delete enabled together are accepted (2023)",
                    seen: [registry2023, 23],
                    status: 200,
                    body: {
                        properties: {
                            policies: {
                                retentionPolicy: { status: "enabled" },
                                softDeletePolicy: { status: "enabled" },
                            },
                        },
                    },
                },
            ],
        },
        {
            after: 10,
            send: {
                method: "POST",
                path: names,
                apiVersion,
                body: { name: "crseen", type: "Microsoft.ContainerRegistry/registries" },
            },
            facts: [
                {
                    says: "A name that is taken is told so",
                    seen: [registry2023, 4],
                    body: {
                        nameAvailable: false,
                        reason: "AlreadyExists",
                        message: "The registry crseen is already in use.",
                    },
                },
            ],
        },
        {
            send: { method: "DELETE", path, apiVersion },
            facts: [
                {
                    says: "A DELETE is answered with 202, `Location`, `Retry-After` 10, and what is being deleted",
                    seen: [registry2025, 19],
                    status: 202,
                    headers: { location: some, "retry-after": "10" },
                    body: { name: "crseen", properties: { provisioningState: "Deleting" } },
                },
            ],
        },
        {
            after: 14,
            send: { method: "GET", path: "@result" },
            facts: [{ says: "Its result is 200 without a body", seen: [registry2025, 20], status: 200, body: none }],
        },
        {
            send: { method: "DELETE", path, apiVersion },
            facts: [
                { says: "A DELETE of what is not there is 204", seen: [registry2025, 21], status: 204, body: none },
            ],
        },
    ],
};
