import type { Settings } from "./settings";

interface Token {
    readonly value: string;
    /** Milliseconds since 1970. */
    readonly expiresAt: number;
}

/** A token is replaced this long before it expires, so that it does not expire on its way. */
const marginMilliseconds = 60_000;

/** Gets tokens from Entra ID and keeps them while they last. */
export class EntraClient {
    private readonly tokens = new Map<string, Promise<Token>>();

    constructor(private readonly settings: Settings) {}

    /** @throws an Error with Entra's own description when the login is refused. */
    async token(resource: string): Promise<string> {
        const known = await this.tokens.get(resource);
        if (known && known.expiresAt > Date.now() + marginMilliseconds) {
            return known.value;
        }
        const fetched = this.fetchToken(resource);
        this.tokens.set(resource, fetched);
        try {
            return (await fetched).value;
        } catch (error) {
            this.tokens.delete(resource);
            throw error;
        }
    }

    private async fetchToken(resource: string): Promise<Token> {
        const { tenantId, clientId, credential } = this.settings;
        const form = new URLSearchParams({
            grant_type: "client_credentials",
            client_id: clientId,
            scope: `${resource.replace(/\/$/, "")}/.default`,
        });
        if ("secret" in credential) {
            form.set("client_secret", credential.secret);
        } else {
            form.set("client_assertion", credential.assertion());
            form.set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
        }
        const url = `https://login.microsoftonline.com/${tenantId}/oauth2/v2.0/token`;
        const failed = (why: string) =>
            new Error(`The login to Azure as application ${clientId} failed: POST ${url}: ${why}`);
        const response = await fetch(url, { method: "POST", body: form }).catch((error: Error) => {
            throw failed(error.cause instanceof Error ? error.cause.message : error.message);
        });
        if (response.status === 429 || response.status >= 500) {
            // Nobody's credentials are wrong.
            throw failed(String(response.status));
        }
        const body = (await response.json()) as {
            access_token?: string;
            expires_in?: number;
            error_description?: string;
        };
        if (!response.ok || body.access_token === undefined) {
            throw new Error(
                `The login to Azure as application ${clientId} was refused: ${body.error_description ?? `status ${response.status}`} ` +
                    "Check ARM_CLIENT_ID, ARM_CLIENT_SECRET and ARM_TENANT_ID.",
            );
        }
        return { value: body.access_token, expiresAt: Date.now() + (body.expires_in ?? 0) * 1000 };
    }
}

/** The object id in an access token of Entra; its signature is for the receiver to check. */
export function objectIdOf(token: string): string {
    const payload = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8")) as {
        oid?: string;
    };
    return payload.oid ?? "";
}
