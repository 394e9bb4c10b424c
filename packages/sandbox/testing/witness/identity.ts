import { cassettes } from "./cassettes";
import { none, some, type Witness } from "./expectation";

const { identity: seen, identitySample } = cassettes;
const identities = "providers/Microsoft.ManagedIdentity/userAssignedIdentities";
const path = `${identities}/seen`;
const credential = `${path}/federatedIdentityCredentials/one`;
const apiVersion = "2023-01-31";
const spelled = "/resourcegroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/seen";

export const userAssignedIdentity: Witness = {
    title: "User-assigned identity and federated credentials",
    exchanges: [
        {
            send: { method: "PUT", path, apiVersion, body: { location: "westus2", name: "seen" } },
            facts: [
                {
                    says: "A new identity is answered with 201 at once; its three ids are known",
                    seen: [seen, 2],
                    status: 201,
                    headers: { "azure-asyncoperation": none },
                    body: {
                        location: "westus2",
                        tags: {},
                        properties: { tenantId: some, principalId: some, clientId: some },
                    },
                },
                {
                    says: "`id` has `resourcegroups` in lower case; `Location` is that path, without a host",
                    seen: [seen, 2],
                    headers: { location: new RegExp(`^/subscriptions/[^/]+${spelled}$`) },
                    body: { id: new RegExp(`${spelled}$`) },
                },
            ],
        },
        {
            send: { method: "PUT", path, apiVersion, body: { location: "westus2", name: "seen" } },
            facts: [
                {
                    says: "A PUT of one that is there is answered with 200, without `Location`",
                    seen: [seen, 3],
                    status: 200,
                    headers: { location: none },
                },
            ],
        },
        {
            send: { method: "GET", path: credential, apiVersion },
            facts: [
                {
                    says: "A credential that is not there is 404 NotFound, with the path in lower case",
                    seen: [seen, 11],
                    status: 404,
                    body: {
                        error: {
                            code: "NotFound",
                            message: new RegExp(`^Resource '/subscriptions/[^/]+${spelled}/.*' was not found\\.$`),
                        },
                    },
                },
            ],
        },
        {
            send: {
                method: "PUT",
                path: credential,
                apiVersion,
                body: {
                    name: "one",
                    properties: {
                        audiences: ["api://AzureADTokenExchange"],
                        issuer: "https://issuer.example/",
                        subject: "system:serviceaccount:a:b",
                    },
                },
            },
            facts: [
                {
                    says: "A new credential is answered with 201 and `Location`, as it was given",
                    seen: [seen, 5],
                    status: 201,
                    headers: { location: new RegExp(`${spelled}/federatedIdentityCredentials/one$`) },
                    body: {
                        id: new RegExp(`${spelled}/federatedIdentityCredentials/one$`),
                        properties: {
                            issuer: "https://issuer.example/",
                            subject: "system:serviceaccount:a:b",
                            audiences: ["api://AzureADTokenExchange"],
                            provisioningState: none,
                        },
                    },
                },
            ],
        },
        {
            send: { method: "DELETE", path: credential, apiVersion },
            facts: [
                {
                    says: "A DELETE of a credential is answered with 200 and no body",
                    seen: [seen, 10],
                    status: 200,
                    body: none,
                },
            ],
        },
        {
            send: { method: "DELETE", path, apiVersion },
            facts: [
                {
                    says: "A DELETE of an identity is answered with 200 and no body",
                    seen: [seen, 14],
                    status: 200,
                    body: none,
                },
            ],
        },
        {
            send: { method: "DELETE", path: credential, apiVersion },
            facts: [
                {
                    says: "A DELETE under an identity that is gone is 404 ParentResourceNotFound of the gateway",
                    seen: [identitySample, 18],
                    status: 404,
                    headers: { "x-ms-failure-cause": "gateway" },
                    body: {
                        error: {
                            code: "ParentResourceNotFound",
                            message:
                                /^Failed to perform 'delete' on resource\(s\) of type 'userAssignedIdentities\/federatedIdentityCredentials', because the parent resource/,
                        },
                    },
                },
            ],
        },
        {
            send: { method: "GET", path, apiVersion },
            facts: [
                {
                    says: "An identity that is not there is 404 of the gateway",
                    seen: [seen, 15],
                    status: 404,
                    headers: { "x-ms-failure-cause": "gateway" },
                },
            ],
        },
    ],
};
