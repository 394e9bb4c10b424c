import type { AzureState } from "../state";
import { ArmError } from "./arm-error";
import { type ConditionRequest, parseCondition } from "./conditions";
import { isWithin } from "./resource-id";
import { builtInRoles, type RoleDefinition } from "./roles";

/** Who makes a request, as the token says. */
export interface Caller {
    readonly objectId: string;
    readonly clientId: string;
}

type Plane = "actions" | "dataActions";

/**
 * Whether a role assignment at the scope or above it allows the action. Nobody has a right but by an assignment.
 *
 * @param attributes what conditions of assignments compare. Without it they are passed over.
 */
export function isAllowed(
    state: AzureState,
    principalId: string,
    action: string,
    scope: string,
    plane: Plane,
    attributes?: ConditionRequest["attributes"],
): boolean {
    return assignmentsAt(state, principalId, scope).some(({ roleDefinitionId, condition }) => {
        const role = findRole(state, roleDefinitionId);
        const holds = !condition || !attributes || parseCondition(condition)({ action, attributes });
        return role !== undefined && grants(role, action, plane) && holds;
    });
}

/** The roles that a principal has at a scope, by assignments there or above. */
export function rolesAt(state: AzureState, principalId: string, scope: string): RoleDefinition[] {
    return assignmentsAt(state, principalId, scope).flatMap(
        ({ roleDefinitionId }) => findRole(state, roleDefinitionId) ?? [],
    );
}

interface Assignment {
    readonly principalId: string;
    readonly scope: string;
    readonly roleDefinitionId: string;
    readonly condition?: string | null;
}

function assignmentsAt(state: AzureState, principalId: string, scope: string): Assignment[] {
    return state
        .ofType("authorization:RoleAssignment")
        .filter(({ address }) => isEffective(state, address.id))
        .map(({ properties }) => properties as unknown as Assignment)
        .filter((assignment) => assignment.principalId === principalId && isWithin(scope, assignment.scope));
}

/**
 * A role assignment works some time after it was made: Azure documents up to ten minutes, and one catches who does not
 * wait. At once where nothing takes time.
 *
 * @see https://learn.microsoft.com/azure/role-based-access-control/troubleshooting
 */
const propagationSeconds = 45;

function isEffective({ clock, assignedAt }: AzureState, assignmentId: string): boolean {
    const at = assignedAt.get(assignmentId.toLowerCase());
    return at === undefined || clock.milliseconds(1) === 0 || clock.seconds() - at >= propagationSeconds;
}

/** @throws an ArmError `AuthorizationFailed` unless the caller may do `action` at `scope`. */
export function authorize(state: AzureState, caller: Caller, action: string, scope: string): void {
    if (!isAllowed(state, caller.objectId, action, scope, "actions")) {
        throw new ArmError(
            403,
            "AuthorizationFailed",
            `The client '${caller.clientId}' with object id '${caller.objectId}' does not have authorization to perform action ` +
                `'${action}' over scope '${scope}' or the scope is invalid. ` +
                "If access was recently granted, please refresh your credentials.",
        );
    }
}

/**
 * @throws an ArmError `LinkedAuthorizationFailed` unless the caller may do `action` on a resource that the one it
 * writes refers to.
 */
export function authorizeLinked(
    state: AzureState,
    caller: Caller,
    action: string,
    written: string,
    linked: string,
): void {
    if (!isAllowed(state, caller.objectId, action, linked, "actions")) {
        throw new ArmError(
            403,
            "LinkedAuthorizationFailed",
            `The client '${caller.clientId}' with object id '${caller.objectId}' has permission to write '${written}'; ` +
                `however, it does not have permission to perform action '${action}' on the linked scope(s) '${linked}' ` +
                "or the linked scope(s) are invalid.",
        );
    }
}

/** A built-in or custom role by any id that ends in its GUID. */
export function findRole(state: AzureState, roleDefinitionId: string): RoleDefinition | undefined {
    const guid = roleDefinitionId.slice(roleDefinitionId.lastIndexOf("/") + 1).toLowerCase();
    return builtInRoles.find(({ id }) => id === guid) ?? customRoles(state).find(({ id }) => id === guid);
}

function customRoles(state: AzureState): RoleDefinition[] {
    return state.ofType("authorization:RoleDefinition").map(({ address, inputs }) => {
        const permissions = (inputs.permissions ?? []) as Partial<RoleDefinition>[];
        const all = (key: Plane | "notActions" | "notDataActions") => permissions.flatMap((entry) => entry[key] ?? []);
        return {
            id: address.name.toLowerCase(),
            name: typeof inputs.roleName === "string" ? inputs.roleName : address.name,
            actions: all("actions"),
            notActions: all("notActions"),
            dataActions: all("dataActions"),
            notDataActions: all("notDataActions"),
        };
    });
}

function grants(role: RoleDefinition, action: string, plane: Plane): boolean {
    const excluded = plane === "actions" ? role.notActions : role.notDataActions;
    return role[plane].some((entry) => matches(entry, action)) && !excluded.some((entry) => matches(entry, action));
}

function matches(pattern: string, action: string): boolean {
    const source = pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replace(/\*/g, ".*");
    return new RegExp(`^${source}$`, "i").test(action);
}
