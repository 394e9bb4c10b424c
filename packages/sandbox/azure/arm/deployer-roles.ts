/**
 * The roles of whoever deploys. In Azure the second of them is assigned with a condition, which limits it to the roles
 * that the program grants; the stand-in does not evaluate conditions.
 */
import { randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { SandboxError } from "../../sandbox-error";
import type { AzureState } from "../state";
import { parseResourceId, type ResourceId } from "./resource-id";
import { builtInRoles } from "./roles";

/** A custom role as `az role definition create` takes it. */
export interface CustomRole {
    readonly Name: string;
    readonly Actions: readonly string[];
    readonly NotActions: readonly string[];
    readonly DataActions: readonly string[];
    readonly NotDataActions: readonly string[];
}

/** The custom role that the repository's documentation has users make, from the file that they make it from. */
export function readDeployerRole(repository: string): CustomRole {
    return JSON.parse(fs.readFileSync(path.join(repository, "docs/deployer-role.json"), "utf8")) as CustomRole;
}

/** What suffices for every operation of the program, as docs/permissions.md says. */
export function minimalRoles(deployerRole: CustomRole): readonly string[] {
    return [deployerRole.Name, "Role Based Access Control Administrator"];
}

/** @throws SandboxError naming the role that the sandbox does not know. */
export function checkRoles(customRole: CustomRole | undefined, names: readonly string[]): void {
    const known = [...(customRole ? [customRole.Name] : []), ...builtInRoles.map(({ name }) => name)];
    const unknown = names.find((name) => !known.includes(name));
    if (unknown !== undefined) {
        throw new SandboxError(
            `The deployer cannot have the role "${unknown}": the sandbox knows ${known.sort().join(", ")}.`,
        );
    }
}

/**
 * Gives the principal these roles on the subscription, and takes the others that it has there. What the program granted
 * it on narrower scopes stays.
 *
 * @throws SandboxError naming a role that the sandbox does not know.
 */
export function setSubscriptionRoles(
    state: AzureState,
    deployer: { readonly objectId: string; readonly customRole?: CustomRole },
    names: readonly string[],
): void {
    const { objectId: principalId, customRole } = deployer;
    checkRoles(customRole, names);
    const scope = `/subscriptions/${state.subscriptionId}`;
    state
        .ofType("authorization:RoleAssignment")
        .filter(({ properties }) => properties.principalId === principalId && properties.scope === scope)
        .forEach(({ address }) => state.remove(address.id));
    for (const name of names) {
        const roleDefinitionId = definitionOf(state, scope, name, customRole);
        const inputs = { principalId, principalType: "ServicePrincipal", roleDefinitionId };
        const address = addressOf(`${scope}/providers/Microsoft.Authorization/roleAssignments/${randomUUID()}`);
        state.set({ address, inputs, properties: { ...inputs, scope }, createdAt: new Date().toISOString() });
    }
}

function definitionOf(state: AzureState, scope: string, name: string, customRole: CustomRole | undefined): string {
    const builtIn = builtInRoles.find((candidate) => candidate.name === name);
    if (builtIn) {
        return `${scope}/providers/Microsoft.Authorization/roleDefinitions/${builtIn.id}`;
    }
    const made = state.ofType("authorization:RoleDefinition").find(({ inputs }) => inputs.roleName === name);
    if (!made && !customRole) {
        throw new Error(`no role definition is called ${name}`);
    }
    return (made ?? makeDefinition(state, scope, customRole!)).address.id;
}

function makeDefinition(state: AzureState, scope: string, customRole: CustomRole) {
    const { Name, Actions, NotActions, DataActions, NotDataActions } = customRole;
    const inputs = {
        roleName: Name,
        permissions: [
            { actions: Actions, notActions: NotActions, dataActions: DataActions, notDataActions: NotDataActions },
        ],
        assignableScopes: [scope],
    };
    const address = addressOf(`${scope}/providers/Microsoft.Authorization/roleDefinitions/${randomUUID()}`);
    const properties = { roleType: "CustomRole", ...inputs };
    const definition = { address, inputs, properties, createdAt: new Date().toISOString() };
    state.set(definition);
    return definition;
}

function addressOf(id: string): ResourceId {
    const address = parseResourceId(id);
    if (!address) {
        throw new Error(`${id} is the id of nothing that the sandbox knows`);
    }
    return address;
}
