import { createLocalJWKSet, decodeJwt, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from "jose";
import { parentOf } from "../arm/resource-id";
import type { AzureState, Principal } from "../state";
import { EntraError } from "./entra-error";

interface Credential {
    readonly issuer: string;
    readonly subject: string;
    readonly audiences: readonly string[];
}

/** The public keys of an OIDC issuer, or undefined when nobody answers for it. */
export type IssuerKeys = (issuer: string) => Promise<object | undefined>;

/**
 * Checks the token of another issuer against the federated credentials of an identity: issuer, subject and audience
 * exactly as written, then the issuer's signature and the times.
 * @throws an EntraError that says which of them does not match.
 */
export async function checkFederatedToken(
    state: AzureState,
    principal: Principal,
    assertion: string,
    keysOf: IssuerKeys,
): Promise<void> {
    const claims = decode(assertion);
    matchCredential(credentialsOf(state, principal), claims);
    const keys = await keysOf(claims.iss ?? "");
    if (!keys) {
        throw new EntraError(
            400,
            "invalid_request",
            50166,
            `Request to External OIDC endpoint failed: nobody answers for the issuer '${claims.iss}'.`,
        );
    }
    try {
        await jwtVerify(assertion, createLocalJWKSet(keys as JSONWebKeySet));
    } catch (error) {
        throw verificationError(error);
    }
}

function matchCredential(credentials: readonly Credential[], { iss = "", sub = "", aud }: JWTPayload): void {
    const audiences = [aud ?? []].flat();
    const byIssuer = credentials.filter(({ issuer }) => issuer === iss);
    if (byIssuer.length === 0) {
        throw mismatch(700211, "issuer", iss);
    }
    const bySubject = byIssuer.filter(({ subject }) => subject === sub);
    if (bySubject.length === 0) {
        const alike = byIssuer.find(({ subject }) => subject.toLowerCase() === sub.toLowerCase());
        throw alike ? mismatch(7002138, "subject", sub) : mismatch(700213, "subject", sub);
    }
    if (!bySubject.some((credential) => credential.audiences.some((audience) => audiences.includes(audience)))) {
        throw mismatch(700212, "audience", audiences.join(", "));
    }
}

function credentialsOf(state: AzureState, principal: Principal): Credential[] {
    return state
        .ofType("managedidentity:FederatedIdentityCredential")
        .filter(({ address }) => parentOf(address.id)?.toLowerCase() === principal.resourceId?.toLowerCase())
        .map(({ inputs }) => inputs as unknown as Credential);
}

function decode(assertion: string): JWTPayload {
    try {
        return decodeJwt(assertion);
    } catch {
        throw new EntraError(401, "invalid_client", 50027, "JWT token is invalid or malformed.");
    }
}

function verificationError(error: unknown): EntraError {
    if (error instanceof errors.JWTExpired || error instanceof errors.JWTClaimValidationFailed) {
        return new EntraError(
            401,
            "invalid_client",
            700024,
            `Client assertion is not within its valid time range: ${error.message}.`,
        );
    }
    return new EntraError(
        401,
        "invalid_client",
        700027,
        `Client assertion failed signature validation: ${String(error)}.`,
    );
}

function mismatch(code: number, part: string, value: string): EntraError {
    return new EntraError(
        401,
        "invalid_client",
        code,
        `No matching federated identity record found for presented assertion ${part} '${value}'. Check your federated identity ` +
            "credential Subject, Audience and Issuer against the presented assertion. " +
            "https://learn.microsoft.com/entra/workload-id/workload-identity-federation",
    );
}
