import { createSign } from "node:crypto";
import type { Properties } from "../provider";
import type { Transport } from "./client";

/** The provider's `appAuth`, as the engine hands it over: an object, or its JSON. */
export function appAuthOf(config: Properties): Properties | undefined {
    const { appAuth } = config;
    const value = typeof appAuth === "string" && appAuth !== "" ? (JSON.parse(appAuth) as unknown) : appAuth;
    return typeof value === "object" && value !== null ? (value as Properties) : undefined;
}

/** A token of an App's installation, asked for as the provider does: once in a process, which ends before the token. */
export function installationToken(
    { id, installationId, pemFile }: Properties,
    baseUrl: string,
    transport: Transport,
): () => Promise<string> {
    let issued: Promise<string> | undefined;
    return () => (issued ??= ask());

    async function ask(): Promise<string> {
        const url = new URL(`app/installations/${String(installationId)}/access_tokens`, baseUrl).href;
        const response = await transport(url, {
            method: "POST",
            headers: { authorization: `Bearer ${signed()}`, "user-agent": "pulumi-github" },
        });
        const text = await response.text();
        if (!response.ok) {
            throw new Error(`failed to create OAuth token from GitHub App: ${response.status} ${text}`);
        }
        return (JSON.parse(text) as { token: string }).token;
    }

    function signed(): string {
        const now = Math.floor(Date.now() / 1000);
        const claims = [
            { alg: "RS256", typ: "JWT" },
            { iat: now - 60, exp: now + 5 * 60, iss: String(id) },
        ];
        const text = claims.map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
        const key = String(pemFile).replaceAll("\\n", "\n");
        return `${text}.${createSign("RSA-SHA256").update(text).sign(key, "base64url")}`;
    }
}
