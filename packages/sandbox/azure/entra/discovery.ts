import type { HttpResponse } from "../../network/route";

export const login = "https://login.microsoftonline.com";

/** Of access tokens of version 1, which Azure's services get. */
export function issuerOf(tenantId: string): string {
    return `https://sts.windows.net/${tenantId}/`;
}

/** The OpenID configuration of the tenant, for tokens of version 1 or 2. */
export function configuration(tenantId: string, issuer: string): HttpResponse {
    const base = `${login}/${tenantId}`;
    const body = {
        issuer,
        token_endpoint: `${base}/oauth2/v2.0/token`,
        authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
        device_authorization_endpoint: `${base}/oauth2/v2.0/devicecode`,
        jwks_uri: `${base}/discovery/v2.0/keys`,
        response_types_supported: ["code", "id_token", "code id_token", "id_token token"],
        subject_types_supported: ["pairwise"],
        id_token_signing_alg_values_supported: ["RS256"],
        token_endpoint_auth_methods_supported: ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        cloud_instance_name: "microsoftonline.com",
    };
    return { status: 200, body };
}

/** What login libraries ask first: which hosts are the same cloud. */
export function instanceDiscovery(tenantId: string): HttpResponse {
    const host = "login.microsoftonline.com";
    const body = {
        tenant_discovery_endpoint: `${login}/${tenantId}/v2.0/.well-known/openid-configuration`,
        "api-version": "1.1",
        metadata: [
            {
                preferred_network: host,
                preferred_cache: "login.windows.net",
                aliases: [host, "login.windows.net", "sts.windows.net"],
            },
        ],
    };
    return { status: 200, body };
}
