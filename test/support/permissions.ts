import * as assert from "node:assert/strict";
import * as roles from "../../components/azure/roles";
import { deployer, principalIdOf } from "./azure";
import { all, only, type Registered } from "./deploy";

/** One role of one identity. */
export interface Permission {
    /** `deployer`, or the identity's name without that of the stack. */
    readonly identity: string;
    /** Who acts as the identity. */
    readonly usedBy: readonly string[];
    readonly role: roles.Role;
    readonly principalType: unknown;
    /** What the role is granted on. */
    readonly scope: Registered;
}

const assignment = "azure-native:authorization:RoleAssignment";
const credential = "azure-native:managedidentity:FederatedIdentityCredential";
const identityType = "azure-native:managedidentity:UserAssignedIdentity";
const cluster = "azure-native:containerservice:ManagedCluster";

/**
 * Every role that the program grants, in the order in which it registers them; fails on a scope that it does not make.
 */
export function permissionsOf(resources: readonly Registered[]): Permission[] {
    return all(resources, assignment).map(({ name, inputs }) => {
        const role = knownRoles().find(({ guid }) => String(inputs.roleDefinitionId).endsWith(guid));
        assert.ok(role, `${name} grants a role that is not in components/azure/roles.ts`);
        const scope = resources.find(({ id }) => id === inputs.scope);
        assert.ok(scope, `${name} grants a role on ${String(inputs.scope)}, which the program does not make`);
        return {
            ...holderOf(resources, inputs.principalId, name),
            role,
            principalType: inputs.principalType,
            scope,
        };
    });
}

/** The roles of the program, by title. */
export function knownRoles(): roles.Role[] {
    return Object.values(roles)
        .filter((value): value is roles.Role => typeof value === "object")
        .sort((left, right) => left.title.localeCompare(right.title));
}

/** The name of an identity without that of the stack: `velero`. */
export function identityName({ inputs }: Registered): string {
    return String(inputs.resourceName).replace(/^landfall-(staging|production)-/, "");
}

function holderOf(resources: readonly Registered[], principalId: unknown, grant: string) {
    if (principalId === deployer.objectId) {
        return { identity: "deployer", usedBy: ["whoever runs `pulumi up`"] };
    }
    const identity = all(resources, identityType).find(
        ({ inputs }) => principalIdOf(String(inputs.resourceName)) === principalId,
    );
    assert.ok(identity, `${grant} grants a role to an identity that the program does not make`);
    const usedBy = [...federatedUsers(resources, identity), ...clusterUses(resources, identity)];
    return { identity: identityName(identity), usedBy };
}

function federatedUsers(resources: readonly Registered[], identity: Registered): string[] {
    return all(resources, credential)
        .filter(({ inputs }) => inputs.resourceName === identity.inputs.resourceName)
        .map(({ inputs }) => {
            const subject = String(inputs.subject);
            const account = /^system:serviceaccount:(.+):(.+)$/.exec(subject);
            // The repository and the environment are the stack's own.
            return account
                ? `service account \`${account[1]}/${account[2]}\``
                : `GitHub Actions, \`${subject.replace(/^repo:.+:environment:.+$/, "repo:<ciRepository>:environment:<stack>")}\``;
        });
}

function clusterUses(resources: readonly Registered[], { id }: Registered): string[] {
    const { identity, identityProfile } = only(resources, cluster).inputs as unknown as {
        identity: { userAssignedIdentities: string[] };
        identityProfile: { kubeletidentity: { resourceId: string } };
    };
    return [
        ...(identity.userAssignedIdentities.includes(id) ? ["AKS, as the control plane"] : []),
        ...(identityProfile.kubeletidentity.resourceId === id ? ["AKS, as the kubelet of each node"] : []),
    ];
}
