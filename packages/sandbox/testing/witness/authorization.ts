import { cassettes } from "./cassettes";
import { none, some, type Witness } from "./expectation";

const {
    roleAssignment: seen,
    roleAssignmentUpdate,
    registryIdentity,
    roleDefinition: definitionTest,
    managementLock: lockTest,
} = cassettes;
const assignments = "providers/Microsoft.Authorization/roleAssignments";
const path = `${assignments}/ed3c9f84-ae20-5aea-8602-58ed2eeffef1`;
const apiVersion = "2022-04-01";
const typed = { principalId: "{principal}", roleDefinitionId: "{reader}", principalType: "ServicePrincipal" };
const untyped = { principalId: "{principal}", roleDefinitionId: "{reader}" };

export const roleAssignment: Witness = {
    title: "Role assignment",
    exchanges: [
        {
            send: { method: "GET", path, apiVersion },
            facts: [
                {
                    says: "One that is not there is 404 RoleAssignmentNotFound",
                    seen: [seen, 14],
                    status: 404,
                    body: {
                        error: {
                            code: "RoleAssignmentNotFound",
                            message: "The role assignment 'ed3c9f84-ae20-5aea-8602-58ed2eeffef1' is not found.",
                        },
                    },
                },
            ],
        },
        {
            send: { method: "PUT", path, apiVersion, body: { properties: untyped } },
            facts: [
                {
                    says: "A new identity without `principalType` is 400 PrincipalNotFound",
                    seen: [seen, 5],
                    status: 400,
                    body: {
                        error: {
                            code: "PrincipalNotFound",
                            message: /^Principal [0-9a-f]{32} does not exist in the directory /,
                        },
                    },
                },
            ],
        },
        {
            after: 36,
            send: { method: "PUT", path, apiVersion, body: { properties: untyped } },
            facts: [
                {
                    says: "Half a minute later it is found, and its type filled in",
                    seen: [seen, 10],
                    status: 201,
                    body: { properties: { principalType: "ServicePrincipal" } },
                },
                {
                    says: "The answer to the PUT does not say who made it; what was not given is null",
                    seen: [seen, 10],
                    body: {
                        properties: {
                            createdBy: null,
                            updatedBy: some,
                            condition: null,
                            conditionVersion: null,
                            description: null,
                            delegatedManagedIdentityResourceId: null,
                        },
                    },
                },
                {
                    says: "Its scope is as in the address, its role at the subscription; there is no `systemData`",
                    seen: [seen, 10],
                    body: {
                        systemData: none,
                        properties: {
                            scope: /^\/subscriptions\/[^/]+\/resourceGroups\/rg$/,
                            roleDefinitionId:
                                /^\/subscriptions\/[^/]+\/providers\/Microsoft\.Authorization\/roleDefinitions\//,
                        },
                    },
                },
            ],
        },
        {
            send: { method: "GET", path, apiVersion },
            facts: [
                {
                    says: "A GET says who made it",
                    seen: [seen, 11],
                    status: 200,
                    body: { properties: { createdBy: /^[0-9a-f-]{36}$/ } },
                },
            ],
        },
        {
            send: { method: "PUT", path, apiVersion, body: { properties: { ...typed, description: "changed" } } },
            facts: [
                {
                    says: "A PUT that changes one is answered with 201 too",
                    seen: [roleAssignmentUpdate, 12],
                    status: 201,
                    body: { properties: { description: "changed" } },
                },
            ],
        },
        {
            send: {
                method: "PUT",
                path: `${assignments}/88888888-0000-0000-0000-000000000002`,
                apiVersion,
                body: { properties: typed },
            },
            facts: [
                {
                    says: "The same principal, role and scope under another name is 409 RoleAssignmentExists",
                    seen: [registryIdentity, 39],
                    status: 409,
                    body: { error: { code: "RoleAssignmentExists", message: "The role assignment already exists." } },
                },
            ],
        },
        {
            send: {
                method: "PUT",
                path: `${assignments}/88888888-0000-0000-0000-000000000003`,
                apiVersion,
                body: { properties: { ...typed, principalType: "User" } },
            },
            facts: [
                {
                    says: "Another type than the principal's is 400 UnmatchedPrincipalType",
                    seen: [cassettes.grafana, 12],
                    status: 400,
                    body: {
                        error: {
                            code: "UnmatchedPrincipalType",
                            message:
                                /has type 'ServicePrincipal' , which is different from specified PrinciaplType 'User'\.$/,
                        },
                    },
                },
            ],
        },
        {
            send: { method: "DELETE", path, apiVersion },
            facts: [
                {
                    says: "A DELETE is answered with 200 and what was deleted",
                    seen: [seen, 13],
                    status: 200,
                    body: { name: "ed3c9f84-ae20-5aea-8602-58ed2eeffef1", properties: { createdBy: some } },
                },
            ],
        },
    ],
    notModelled: [
        {
            says: "`createdOn` moves by a second between the answer to the PUT and a GET",
            seen: [seen, 10, 11],
            why: "Nothing looks at it.",
        },
    ],
};

const definition =
    "/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions/63f8a463-35f8-44ec-971a-d76c2aa711e6";

export const roleDefinition: Witness = {
    title: "Role definition",
    exchanges: [
        {
            send: {
                method: "PUT",
                path: definition,
                apiVersion,
                body: {
                    properties: {
                        assignableScopes: ["/subscriptions/{subscription}"],
                        permissions: [{ actions: ["Microsoft.Resources/subscriptions/resourceGroups/read"] }],
                        roleName: "seen",
                        type: "customRole",
                    },
                },
            },
            facts: [
                {
                    says: "A new role is answered with 201: `type` CustomRole, description null, all four lists of permissions",
                    seen: [definitionTest, 0],
                    status: 201,
                    body: {
                        type: "Microsoft.Authorization/roleDefinitions",
                        properties: {
                            roleName: "seen",
                            type: "CustomRole",
                            description: null,
                            createdBy: null,
                            permissions: [
                                {
                                    actions: ["Microsoft.Resources/subscriptions/resourceGroups/read"],
                                    notActions: [],
                                    dataActions: [],
                                    notDataActions: [],
                                },
                            ],
                        },
                    },
                },
            ],
        },
        {
            send: { method: "DELETE", path: definition, apiVersion },
            facts: [
                {
                    says: "A DELETE is answered with 200 and what was deleted",
                    seen: [definitionTest, 3],
                    status: 200,
                    body: { properties: { roleName: "seen", createdBy: some } },
                },
            ],
        },
        {
            send: { method: "GET", path: definition, apiVersion },
            facts: [
                {
                    says: "One that is not there is 404 RoleDefinitionDoesNotExist",
                    seen: [definitionTest, 4],
                    status: 404,
                    body: {
                        error: {
                            code: "RoleDefinitionDoesNotExist",
                            message:
                                "The specified role definition with ID '63f8a463-35f8-44ec-971a-d76c2aa711e6' does not exist.",
                        },
                    },
                },
            ],
        },
    ],
};

const lock = "providers/Microsoft.Authorization/locks/keep";
const lockVersion = "2016-09-01";

export const managementLock: Witness = {
    title: "Lock",
    exchanges: [
        {
            send: {
                method: "PUT",
                path: lock,
                apiVersion: lockVersion,
                body: { properties: { level: "CanNotDelete" } },
            },
            facts: [
                {
                    says: "A new lock is answered with 201 and its level alone",
                    seen: [lockTest, 0],
                    status: 201,
                    body: {
                        type: "Microsoft.Authorization/locks",
                        systemData: none,
                        properties: { level: "CanNotDelete", provisioningState: none },
                    },
                },
            ],
        },
        {
            send: {
                method: "PUT",
                path: lock,
                apiVersion: lockVersion,
                body: { properties: { level: "ReadOnly", notes: "seen" } },
            },
            facts: [
                {
                    says: "A change is answered with 200",
                    seen: [lockTest, 6],
                    status: 200,
                    body: { properties: { level: "ReadOnly", notes: "seen" } },
                },
            ],
        },
    ],
};
