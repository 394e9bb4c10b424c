import * as authorization from "@pulumi/azure-native/authorization";
import { claimsOf } from "./access-token";
import type { PrincipalType } from "./role-grant";

/** Who runs the program, as Entra ID knows it, and where in Azure. */
export interface Deployer {
    readonly subscriptionId: string;
    readonly tenantId: string;
    /** Object id of the user or service principal. */
    readonly objectId: string;
    readonly principalType: PrincipalType;
}

/**
 * Who deploys a stack: the caller, unless the settings name another. That is a pipeline's identity, which Entra ID has
 * as a service principal.
 */
export function deployerOf(caller: Deployer, objectId: string | undefined): Deployer {
    return objectId === undefined || objectId === caller.objectId
        ? caller
        : { ...caller, objectId, principalType: "ServicePrincipal" };
}

/** Asks the Azure provider who it is logged in as; it rejects when that is nobody. */
export async function currentDeployer(): Promise<Deployer> {
    const [config, { token }] = await Promise.all([authorization.getClientConfig(), authorization.getClientToken()]);
    return {
        subscriptionId: config.subscriptionId,
        // What Entra signed, and not what a setting says.
        tenantId: tenantOf(token) ?? config.tenantId,
        objectId: config.objectId,
        principalType: principalTypeOf(token),
    };
}

function tenantOf(token: string): string | undefined {
    const { tid } = claimsOf(token);
    return typeof tid === "string" ? tid : undefined;
}

/**
 * Whether an access token is a person's or an application's. Only tokens issued on behalf of a user carry the claim
 * `scp` (https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference); a token that cannot be
 * read counts as an application's.
 */
export function principalTypeOf(token: string): "User" | "ServicePrincipal" {
    return typeof claimsOf(token).scp === "string" ? "User" : "ServicePrincipal";
}
