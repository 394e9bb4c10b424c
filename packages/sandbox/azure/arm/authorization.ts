import type { Properties } from "../../plugins/provider";
import { findRole } from "./access";
import { ArmError } from "./arm-error";
import { takes } from "./operations";
import { isWithin } from "./resource-id";
import { kept, type PutContext, type ResourceProvider } from "./resource-provider";

const fixedProperties = ["principalId", "scope", "roleDefinitionId"];
/** How long a new identity is not found in the directory: recorded once. */
const replicationSeconds = 37;

/**
 * A role assignment names a principal, its type, a role and a scope, each triple once, and never changes.
 * Azure looks a principal up unless its type is given, and a new managed identity is not found yet.
 */
export const roleAssignment: ResourceProvider = {
    statuses: [201, 201],
    writing: () => takes(2.1),
    deleting: () => takes(2.2),
    showsDeleted: true,
    answer: withoutCreator,
    notFound: (_, { name }) =>
        new ArmError(404, "RoleAssignmentNotFound", `The role assignment '${name}' is not found.`),
    check(put) {
        const { state, address, inputs, previous } = put;
        checkPrincipal(put);
        const roleDefinitionId = String(inputs.roleDefinitionId);
        if (!findRole(state, roleDefinitionId)) {
            throw new ArmError(
                400,
                "RoleDefinitionDoesNotExist",
                `The specified role definition with ID '${guidOf(roleDefinitionId)}' does not exist.`,
                "roleDefinitionId",
            );
        }
        const changed =
            previous && fixedProperties.find((name) => differs(previous.properties[name], assigned(put)[name]));
        if (changed !== undefined) {
            throw new ArmError(
                400,
                "RoleAssignmentUpdateNotPermitted",
                `Tenant ID, application ID, principal ID, role definition ID and scope are not allowed to be updated (${changed}).`,
                changed,
            );
        }
        const twin = state
            .ofType("authorization:RoleAssignment")
            .filter((other) => other.address.id.toLowerCase() !== address.id.toLowerCase())
            .find((other) => fixedProperties.every((name) => !differs(other.properties[name], assigned(put)[name])));
        if (twin) {
            throw new ArmError(409, "RoleAssignmentExists", "The role assignment already exists.");
        }
    },
    properties: (put) => ({
        condition: null,
        conditionVersion: null,
        description: null,
        delegatedManagedIdentityResourceId: null,
        principalType: put.state.principals.get(String(put.inputs.principalId))?.kind,
        ...put.inputs,
        ...assigned(put),
        ...authorship(put),
    }),
    written({ state, previous }, { address }) {
        if (!previous) {
            state.assignedAt.set(address.id.toLowerCase(), state.clock.seconds());
        }
        return Promise.resolve();
    },
    removed({ state, resource }) {
        state.assignedAt.delete(resource.address.id.toLowerCase());
        return Promise.resolve();
    },
};

export const roleDefinition: ResourceProvider = {
    statuses: [201, 201],
    writing: () => takes(2),
    deleting: () => takes(2.1),
    showsDeleted: true,
    answer: withoutCreator,
    check({ state, address, inputs }) {
        const scope = address.parameters.scope ?? "";
        const scopes = (inputs.assignableScopes ?? []) as string[];
        if (scopes.length === 0 || !scopes.some((assignable) => isWithin(scope, assignable))) {
            throw new ArmError(
                400,
                "InvalidRoleDefinitionScope",
                `assignableScopes must hold the scope '${scope}' or one above it.`,
                "assignableScopes",
            );
        }
        const twin = state
            .ofType("authorization:RoleDefinition")
            .find((other) => other.inputs.roleName === inputs.roleName && other.address.name !== address.name);
        if (twin) {
            throw new ArmError(
                409,
                "RoleDefinitionWithSameNameExists",
                `A custom role with the name '${String(inputs.roleName)}' already exists in this directory.`,
                "roleName",
            );
        }
    },
    properties(put) {
        const lists = { actions: [], notActions: [], dataActions: [], notDataActions: [] };
        const permissions = ((put.inputs.permissions ?? []) as object[]).map((entry) => ({ ...lists, ...entry }));
        return { description: null, ...put.inputs, roleType: "CustomRole", permissions, ...authorship(put) };
    },
    checkRemoval({ state, resource }) {
        const guid = resource.address.name.toLowerCase();
        if (
            state
                .ofType("authorization:RoleAssignment")
                .some(({ inputs }) => guidOf(String(inputs.roleDefinitionId)).toLowerCase() === guid)
        ) {
            throw new ArmError(
                400,
                "RoleDefinitionHasAssignments",
                "There are existing role assignments referencing role. Delete them before the role.",
            );
        }
    },
};

export const managementLock: ResourceProvider = { properties: ({ inputs }) => ({ ...inputs }) };

/** The answer to a PUT does not say who made it. */
function withoutCreator(shown: Properties): Properties {
    return { ...shown, properties: { ...(shown.properties as object), createdBy: null } };
}

function checkPrincipal({ state, inputs }: PutContext): void {
    const principalId = String(inputs.principalId);
    const principal = state.principals.get(principalId);
    const isNew =
        principal?.resourceId !== undefined &&
        state.clock.seconds() - (principal.madeAt ?? 0) < replicationSeconds &&
        inputs.principalType === undefined;
    if (!principal || isNew) {
        throw new ArmError(
            400,
            "PrincipalNotFound",
            `Principal ${principalId.replace(/-/g, "")} does not exist in the directory ${state.tenantId}. Check that you have the ` +
                "correct principal ID. If you are creating this principal and then immediately assigning a role, this error might be " +
                "related to a replication delay. In this case, set the role assignment principalType property to a value, such as " +
                "ServicePrincipal, User, or Group. See https://aka.ms/docs-principaltype",
            "principalId",
        );
    }
    if (inputs.principalType !== undefined && inputs.principalType !== principal.kind) {
        throw new ArmError(
            400,
            "UnmatchedPrincipalType",
            `The PrincipalId '${principalId.replace(/-/g, "")}' has type '${principal.kind}' , ` +
                `which is different from specified PrinciaplType '${inputs.principalType as string}'.`,
            "principalType",
        );
    }
}

/** `scope` is in the address, and a role's id is told at the subscription however it was written. */
function assigned({ state, address, inputs }: PutContext): Record<string, unknown> {
    return {
        principalId: inputs.principalId,
        scope: address.parameters.scope,
        roleDefinitionId: `/subscriptions/${state.subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${guidOf(String(inputs.roleDefinitionId))}`,
    };
}

function authorship(put: PutContext): Record<string, unknown> {
    const now = new Date().toISOString();
    // Who waits until it is a minute old is to wait for a minute of this clock, which may go faster or not at all.
    const saved = 60_000 - put.state.clock.milliseconds(60);
    const made = new Date(Date.now() - saved).toISOString();
    return {
        createdBy: kept(put, "createdBy", () => put.caller.objectId),
        createdOn: kept(put, "createdOn", () => made),
        updatedBy: put.caller.objectId,
        updatedOn: now,
    };
}

function guidOf(roleDefinitionId: string): string {
    return roleDefinitionId.slice(roleDefinitionId.lastIndexOf("/") + 1);
}

/** Whether two ids differ; Azure compares them without regard to case. */
function differs(left: unknown, right: unknown): boolean {
    return String(left).toLowerCase() !== String(right).toLowerCase();
}
