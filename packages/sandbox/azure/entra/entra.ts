/**
 * Stands in for Entra ID, one tenant: tokens for applications and managed identities (client credentials with a secret
 * or a federated token), and the discovery documents that clients and API servers read. There are no users, groups,
 * interactive logins, conditional access, or the delay before a new identity is known everywhere.
 */
import { createHash, randomUUID, timingSafeEqual } from "node:crypto";
import { type CryptoKey, errors, exportJWK, generateKeyPair, type JWK, jwtVerify, SignJWT } from "jose";
import { answerRefusals } from "../../network/refusal";
import type { HttpRequest, HttpResponse, Route } from "../../network/route";
import { Router } from "../../network/router";
import type { Caller } from "../arm/access";
import type { AzureState, Principal } from "../state";
import { configuration, instanceDiscovery, issuerOf, login } from "./discovery";
import { EntraError } from "./entra-error";
import { checkFederatedToken, type IssuerKeys } from "./federated-login";

const lifetimeSeconds = 3600;

/** Entra's own application id for the API servers of AKS clusters. */
export const aksServerId = "6dae42f8-4368-4678-94ff-3960e28e3630";

const resources = new Set([
    "https://management.azure.com",
    "https://management.core.windows.net",
    "https://vault.azure.net",
    "https://storage.azure.com",
    "https://graph.microsoft.com",
    "https://containerregistry.azure.net",
    aksServerId,
]);

export interface Entra {
    readonly routes: Route[];
    /** @throws an Error saying why the token is not one of Entra's for one of the audiences. */
    verify(token: string, audiences: readonly string[]): Promise<Caller>;
}

interface Keys {
    readonly privateKey: CryptoKey;
    readonly publicKey: CryptoKey;
    readonly jwk: JWK;
}

/** The signing key is made at the first use and lasts as long as the process. */
export function createEntra(state: AzureState, keysOf: IssuerKeys): Entra {
    const keys = once(makeKeys);
    const handle = answerRefusals(async (request) => answer({ state, keysOf, keys: await keys() }, request));
    return {
        routes: ["login.microsoftonline.com", "sts.windows.net"].map((host) => ({ host, handle })),
        async verify(token, audiences) {
            const { publicKey } = await keys();
            try {
                const { payload } = await jwtVerify(token, publicKey, {
                    issuer: issuerOf(state.tenantId),
                    audience: [...audiences],
                });
                return { objectId: String(payload.oid), clientId: String(payload.appid) };
            } catch (error) {
                throw error instanceof errors.JOSEError ? new Error(error.message) : error;
            }
        },
    };
}

interface Directory {
    readonly state: AzureState;
    readonly keys: Keys;
    readonly keysOf: IssuerKeys;
}

const operations = new Router<(directory: Directory, request: HttpRequest) => HttpResponse | Promise<HttpResponse>>([
    [
        "GET",
        "/:tenant/v2.0/.well-known/openid-configuration",
        ({ state }) => configuration(state.tenantId, `${login}/${state.tenantId}/v2.0`),
    ],
    [
        "GET",
        "/:tenant/.well-known/openid-configuration",
        ({ state }) => configuration(state.tenantId, issuerOf(state.tenantId)),
    ],
    ["GET", "/:tenant/discovery/v2.0/keys", publicKeys],
    ["GET", "/:tenant/discovery/keys", publicKeys],
    ["POST", "/:tenant/oauth2/v2.0/token", token],
    ["POST", "/:tenant/oauth2/token", token],
]);

async function answer(directory: Directory, request: HttpRequest): Promise<HttpResponse> {
    const { method, url } = request;
    const { tenantId } = directory.state;
    if (url.pathname === "/common/discovery/instance") {
        return instanceDiscovery(tenantId);
    }
    const [, tenant = ""] = url.pathname.split("/");
    if (![tenantId, "common", "organizations"].includes(tenant)) {
        throw new EntraError(
            400,
            "invalid_request",
            90002,
            `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`,
        );
    }
    const found = operations.find(method, url.pathname);
    return found
        ? found.target(directory, request)
        : { status: 404, body: { error: "not_found", error_description: `Nothing is at ${url.pathname}.` } };
}

function publicKeys({ keys }: Directory): HttpResponse {
    return { status: 200, body: { keys: [keys.jwk] } };
}

async function token({ state, keys, keysOf }: Directory, request: HttpRequest): Promise<HttpResponse> {
    const form = new URLSearchParams(request.body.toString("utf8"));
    if (form.get("grant_type") !== "client_credentials") {
        throw new EntraError(
            400,
            "unsupported_grant_type",
            70003,
            `The app requested an unsupported grant type '${form.get("grant_type")}'.`,
        );
    }
    const audience = audienceOf(form);
    const principal = await authenticate(state, keysOf, form);
    const accessToken = await new SignJWT({
        appid: principal.clientId,
        appidacr: form.has("client_secret") ? "1" : "2",
        idp: issuerOf(state.tenantId),
        idtyp: "app",
        oid: principal.objectId,
        sub: principal.objectId,
        tid: state.tenantId,
        uti: randomUUID(),
        groups: [],
        ver: "1.0",
    })
        .setProtectedHeader({ alg: "RS256", typ: "JWT", kid: keys.jwk.kid ?? "" })
        .setIssuer(issuerOf(state.tenantId))
        .setAudience(audience)
        .setIssuedAt()
        .setNotBefore("-5s")
        .setExpirationTime(`${lifetimeSeconds}s`)
        .sign(keys.privateKey);
    const body = { token_type: "Bearer", expires_in: lifetimeSeconds, ext_expires_in: lifetimeSeconds };
    return { status: 200, headers: { "cache-control": "no-store" }, body: { ...body, access_token: accessToken } };
}

async function authenticate(state: AzureState, keysOf: IssuerKeys, form: URLSearchParams): Promise<Principal> {
    const clientId = form.get("client_id") ?? "";
    const principal = state.principalByClientId(clientId);
    if (!principal) {
        throw new EntraError(
            400,
            "unauthorized_client",
            700016,
            `Application with identifier '${clientId}' was not found in the directory '${state.tenantId}'.`,
        );
    }
    const assertion = form.get("client_assertion");
    if (assertion !== null) {
        await checkFederatedToken(state, principal, assertion, keysOf);
        return principal;
    }
    const secret = form.get("client_secret");
    if (secret === null) {
        throw new EntraError(
            401,
            "invalid_client",
            7000216,
            "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.",
        );
    }
    if (principal.clientSecret === undefined || !sameText(secret, principal.clientSecret)) {
        throw new EntraError(401, "invalid_client", 7000215, `Invalid client secret provided for app '${clientId}'.`);
    }
    return principal;
}

/**
 * `scope=<resource>/.default` (version 2) or `resource=<resource>` (version 1); a token's audience is the resource as
 * asked.
 */
function audienceOf(form: URLSearchParams): string {
    const scopes = (form.get("scope") ?? "")
        .split(" ")
        .filter((scope) => !["", "openid", "profile", "offline_access"].includes(scope));
    const scope = scopes[0];
    if (scope !== undefined && (scopes.length > 1 || !scope.endsWith("/.default"))) {
        throw new EntraError(
            400,
            "invalid_scope",
            1002012,
            `The provided value for scope ${scopes.join(" ")} is not valid. Client credential flows must have a scope value with ` +
                "/.default suffixed to the resource identifier (application ID URI).",
        );
    }
    const audience = scope === undefined ? (form.get("resource") ?? "") : scope.slice(0, -"/.default".length);
    if (!resources.has(audience.replace(/\/+$/, ""))) {
        throw new EntraError(
            400,
            "invalid_resource",
            500011,
            `The resource principal named ${audience || "(none)"} was not found in the tenant.`,
        );
    }
    return audience;
}

async function makeKeys(): Promise<Keys> {
    const { privateKey, publicKey } = await generateKeyPair("RS256");
    return {
        privateKey,
        publicKey,
        jwk: { ...(await exportJWK(publicKey)), use: "sig", alg: "RS256", kid: randomUUID() },
    };
}

function sameText(left: string, right: string): boolean {
    const [first, second] = [left, right].map((text) => createHash("sha256").update(text).digest());
    return first !== undefined && second !== undefined && timingSafeEqual(first, second);
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
    let made: Promise<T> | undefined;
    return () => (made ??= make());
}
