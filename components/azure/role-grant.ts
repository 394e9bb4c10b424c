import * as authorization from "@pulumi/azure-native/authorization";
import * as pulumi from "@pulumi/pulumi";
import { type Role, roleDefinitionId } from "./roles";

/** A role, and what it is granted on. */
export interface Grant {
    readonly role: Role;
    /** The ARM id of the resource or resource group; as narrow as works. */
    readonly scope: pulumi.Input<string>;
    /** What Azure compares a request with, in its language of conditions. @default - every request */
    readonly condition?: string;
}

/** Who a role is granted to. */
export interface Principal {
    /** The object id in Entra ID, which for an application is its service principal's, not the client id. */
    readonly objectId: pulumi.Input<string>;
    /**
     * Always given: without it ARM looks the principal up, and an identity made seconds ago is not found yet
     * (`PrincipalNotFound`). https://aka.ms/docs-principaltype
     */
    readonly type: PrincipalType;
}

export type PrincipalType = "ServicePrincipal" | "User" | "Group";

/**
 * Grants a role under a name of Azure's own kind (a GUID made by the provider). ARM refuses to change the role of an
 * assignment, so it is replaced. An assignment works after up to some minutes: whoever uses it has to retry what is
 * denied at first.
 */
export function grantRole(
    name: string,
    principal: Principal,
    grant: Grant,
    opts: pulumi.CustomResourceOptions,
): authorization.RoleAssignment {
    return new authorization.RoleAssignment(
        name,
        {
            principalId: principal.objectId,
            principalType: principal.type,
            roleDefinitionId: roleDefinitionId(grant.role, grant.scope),
            scope: grant.scope,
            ...(grant.condition === undefined ? {} : { condition: grant.condition, conditionVersion: "2.0" }),
        },
        { ...opts, replaceOnChanges: ["roleDefinitionId"] },
    );
}

/**
 * The id of an assignment, given out when it is so old that Azure lets it work: for what fails for good when it is
 * refused, such as a cluster whose identities lack a role. Only an update waits, and only for an assignment that is
 * new.
 */
export function whenSpread(assignment: authorization.RoleAssignment, seconds: number): pulumi.Output<string> {
    if (pulumi.runtime.isDryRun()) {
        // A preview of an assignment that changes knows its id, and not when it was made.
        return assignment.id;
    }
    return pulumi.all([assignment.id, assignment.createdOn]).apply(async ([id, createdOn]) => {
        const age = (Date.now() - Date.parse(createdOn)) / 1000;
        if (age < seconds) {
            // A clock that differs from Azure's makes nobody wait for longer.
            await new Promise((resolve) => setTimeout(resolve, Math.min(seconds - age, seconds) * 1000));
        }
        return id;
    });
}

/** `Key Vault Crypto User` as the end of a logical name: `key-vault-crypto-user`. */
export function roleSlug(role: Role): string {
    return role.title
        .replace(/([a-z])([A-Z])/g, "$1-$2")
        .replaceAll(" ", "-")
        .toLowerCase();
}
