import { cassettes } from "./cassettes";
import { none, some, type Witness } from "./expectation";

const { network: seen, subnet: subnetTest, securityGroup, firewall, virtualMachine } = cassettes;
const networks = "providers/Microsoft.Network/virtualNetworks";
const path = `${networks}/seen`;
const subnet = `${path}/subnets/one`;
const groups = "providers/Microsoft.Network/networkSecurityGroups";
const apiVersion = "2025-03-01";
const body = { location: "westus2", name: "seen", properties: { addressSpace: { addressPrefixes: ["10.0.0.0/8"] } } };
const groupId =
    "/subscriptions/{subscription}/resourceGroups/rg/providers/Microsoft.Network/networkSecurityGroups/guard";

export const virtualNetwork: Witness = {
    title: "Virtual network and subnets",
    exchanges: [
        {
            send: { method: "GET", path, apiVersion },
            facts: [
                {
                    says: "A network that is not there is 404 of the gateway",
                    seen: [seen, 2],
                    status: 404,
                    headers: { "x-ms-failure-cause": "gateway" },
                },
            ],
        },
        {
            send: { method: "PUT", path, apiVersion, body },
            facts: [
                {
                    says: "A new network is answered with 201, Updating, `Azure-AsyncOperation` and `Retry-After` 3",
                    seen: [seen, 3],
                    status: 201,
                    headers: {
                        "azure-asyncoperation": /\/Microsoft\.Network\/locations\/westus2\/operations\//,
                        "retry-after": "3",
                        etag: none,
                    },
                    body: { etag: /^W\//, properties: { provisioningState: "Updating" } },
                },
                {
                    says: "Filled in: GUID, no subnets, no peerings, policies of private endpoints, DDoS protection",
                    seen: [seen, 3, 5],
                    body: {
                        properties: {
                            resourceGuid: some,
                            subnets: [],
                            virtualNetworkPeerings: [],
                            privateEndpointVNetPolicies: "Disabled",
                            enableDdosProtection: false,
                        },
                    },
                },
            ],
        },
        {
            send: { method: "PUT", path, apiVersion, body },
            facts: [
                {
                    says: "A second write while one runs is 409 AnotherOperationInProgress, which names the operation",
                    seen: [firewall, 38],
                    status: 409,
                    body: {
                        error: {
                            code: "AnotherOperationInProgress",
                            message:
                                /^Another operation on this or dependent resource is in progress\. To retrieve status of the operation use uri: https:/,
                            details: [],
                        },
                    },
                },
            ],
        },
        {
            after: 4,
            send: { method: "GET", path: "@status" },
            facts: [
                {
                    says: "The operation ends as Succeeded",
                    seen: [seen, 4],
                    status: 200,
                    body: { status: "Succeeded" },
                },
            ],
        },
        {
            send: { method: "GET", path, apiVersion },
            facts: [
                {
                    says: "Then it is Succeeded, its etag in header and body",
                    seen: [seen, 5],
                    headers: { etag: /^W\// },
                    body: { etag: /^W\//, properties: { provisioningState: "Succeeded" } },
                },
            ],
        },
        { send: { method: "PUT", path: `${groups}/guard`, apiVersion, body: { location: "westus2" } }, facts: [] },
        {
            send: {
                method: "PUT",
                path: subnet,
                apiVersion,
                body: { properties: { addressPrefix: "10.0.0.0/24", networkSecurityGroup: { id: groupId } } },
            },
            facts: [
                {
                    says: "What refers to a resource that is still Updating is 429 RetryableError, without `Retry-After`",
                    seen: [virtualMachine, 8],
                    status: 429,
                    headers: { "x-ms-failure-cause": "service", "retry-after": none },
                    body: {
                        error: {
                            code: "RetryableError",
                            message: "A retryable error occurred.",
                            details: [
                                {
                                    code: "ReferencedResourceNotProvisioned",
                                    message:
                                        /is not in Succeeded state\. Resource is in Updating state and the last operation that updated\/is updating the resource is Put\w+Operation\.$/,
                                },
                            ],
                        },
                    },
                },
            ],
        },
        {
            after: 4,
            send: {
                method: "PUT",
                path: subnet,
                apiVersion,
                body: { name: "one", properties: { addressPrefix: "10.0.0.0/24" } },
            },
            facts: [
                {
                    says: "A new subnet is answered with 201, Updating, `Azure-AsyncOperation` and `Retry-After` 3",
                    seen: [seen, 7],
                    status: 201,
                    headers: { "azure-asyncoperation": some, "retry-after": "3" },
                    body: { properties: { provisioningState: "Updating" } },
                },
                {
                    says: "Filled in: no delegations, policies of private endpoints and links",
                    seen: [seen, 7, 9],
                    body: {
                        properties: {
                            delegations: [],
                            privateEndpointNetworkPolicies: "Disabled",
                            privateLinkServiceNetworkPolicies: "Enabled",
                        },
                    },
                },
            ],
        },
        {
            after: 4,
            send: { method: "GET", path: subnet, apiVersion },
            facts: [
                {
                    says: "Then it is Succeeded",
                    seen: [seen, 9],
                    headers: { etag: some },
                    body: { properties: { provisioningState: "Succeeded" } },
                },
            ],
        },
        {
            send: { method: "DELETE", path: subnet, apiVersion },
            facts: [
                {
                    says: "A DELETE of a subnet is answered with 202, both headers and `Retry-After` 10",
                    seen: [seen, 15],
                    status: 202,
                    headers: { "azure-asyncoperation": some, location: some, "retry-after": "10" },
                    body: none,
                },
            ],
        },
        {
            after: 12,
            send: { method: "DELETE", path, apiVersion },
            facts: [
                {
                    says: "A DELETE of a network is answered in the same way",
                    seen: [seen, 17],
                    status: 202,
                    headers: { "azure-asyncoperation": some, location: some, "retry-after": "10" },
                    body: none,
                },
            ],
        },
        {
            send: {
                method: "DELETE",
                path: "/subscriptions/{subscription}/resourceGroups/gone/providers/Microsoft.Network/virtualNetworks/seen",
                apiVersion,
            },
            facts: [
                {
                    says: "A DELETE in a group that is gone is 404 ResourceGroupNotFound",
                    seen: [subnetTest, 20, 21],
                    status: 404,
                    headers: { "x-ms-failure-cause": "gateway" },
                    body: { error: { code: "ResourceGroupNotFound" } },
                },
            ],
        },
    ],
};

const rule = (name: string, access: string, priority: number, direction: string) => ({
    name,
    id: new RegExp(`/networkSecurityGroups/guard/defaultSecurityRules/${name}$`),
    type: "Microsoft.Network/networkSecurityGroups/defaultSecurityRules",
    properties: { access, priority, direction, protocol: "*", sourcePortRange: "*", destinationPortRange: "*" },
});

export const networkSecurityGroup: Witness = {
    title: "Network security group",
    exchanges: [
        {
            send: { method: "PUT", path: `${groups}/guard`, apiVersion, body: { location: "westus2", name: "guard" } },
            facts: [
                {
                    says: "A new group is answered with 201, Updating, `Azure-AsyncOperation` and `Retry-After` 1",
                    seen: [securityGroup, 3],
                    status: 201,
                    headers: { "azure-asyncoperation": some, "retry-after": "1" },
                    body: { properties: { provisioningState: "Updating", securityRules: [] } },
                },
            ],
        },
        {
            after: 2,
            send: { method: "GET", path: `${groups}/guard`, apiVersion },
            facts: [
                {
                    says: "It has six rules of its own",
                    seen: [securityGroup, 5],
                    headers: { etag: some },
                    body: {
                        properties: {
                            provisioningState: "Succeeded",
                            defaultSecurityRules: [
                                rule("AllowVnetInBound", "Allow", 65000, "Inbound"),
                                rule("AllowAzureLoadBalancerInBound", "Allow", 65001, "Inbound"),
                                rule("DenyAllInBound", "Deny", 65500, "Inbound"),
                                rule("AllowVnetOutBound", "Allow", 65000, "Outbound"),
                                rule("AllowInternetOutBound", "Allow", 65001, "Outbound"),
                                rule("DenyAllOutBound", "Deny", 65500, "Outbound"),
                            ],
                        },
                    },
                },
            ],
        },
        {
            send: { method: "DELETE", path: `${groups}/guard`, apiVersion },
            facts: [
                {
                    says: "A DELETE is answered with 202 and both headers",
                    seen: [securityGroup, 22],
                    status: 202,
                    headers: { "azure-asyncoperation": some, location: some },
                    body: none,
                },
            ],
        },
    ],
};
