import { setTimeout } from "node:timers/promises";
import type { Properties } from "../provider";
import type { EntraClient } from "./entra-client";

/** A refusal of Azure. */
export class AzureError extends Error {
    override readonly name = "AzureError";

    constructor(
        readonly status: number,
        readonly code: string,
        message: string,
    ) {
        super(message);
    }
}

const attempts = 4;
const passing = new Set([408, 429, 500, 502, 503, 504]);

/** Calls Azure's interfaces with the provider's own token. */
export class AzureClient {
    constructor(private readonly entra: EntraClient) {}

    /** A request to Azure Resource Manager. Undefined for a resource that does not exist. */
    resource(method: string, id: string, apiVersion: string, body?: Properties): Promise<Properties | undefined> {
        return this.send(
            "https://management.azure.com",
            method,
            `https://management.azure.com${id}?api-version=${apiVersion}`,
            body,
        );
    }

    /** A request to a vault's own interface. Undefined for what does not exist. */
    vault(method: string, uri: string, body?: Properties): Promise<Properties | undefined> {
        return this.send("https://vault.azure.net", method, `${uri}?api-version=7.4`, body);
    }

    private async send(
        audience: string,
        method: string,
        url: string,
        body?: Properties,
    ): Promise<Properties | undefined> {
        for (let attempt = 1; ; attempt++) {
            const response = await this.attempt(audience, method, url, body);
            if (attempt < attempts && passing.has(response.status)) {
                await setTimeout(Number(response.headers.get("retry-after") ?? 2 ** attempt) * 1000);
                continue;
            }
            const text = await response.text();
            if (response.ok) {
                return text === "" ? {} : (JSON.parse(text) as Properties);
            }
            const error = describe(response.status, text, `${method} ${url}`);
            if (method !== "PUT" && response.status === 404 && error.code.endsWith("NotFound")) {
                return undefined;
            }
            throw error;
        }
    }

    private async attempt(audience: string, method: string, url: string, body?: Properties): Promise<Response> {
        const authorization = `Bearer ${await this.entra.token(audience)}`;
        const content = body === undefined ? {} : { body: JSON.stringify(body) };
        try {
            return await fetch(url, {
                method,
                headers: { authorization, "content-type": "application/json" },
                ...content,
            });
        } catch (error) {
            const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
            throw new Error(
                `${new URL(url).host} cannot be reached: ${cause instanceof Error ? cause.message : String(cause)}`,
                {
                    cause: error,
                },
            );
        }
    }
}

function describe(status: number, text: string, request: string): AzureError {
    try {
        const { code, message, target } = (
            JSON.parse(text) as { error: { code: string; message: string; target?: string } }
        ).error;
        return new AzureError(
            status,
            code,
            `Code="${code}" Message="${message}"${target ? ` Target="${target}"` : ""}`,
        );
    } catch {
        return new AzureError(
            status,
            `Http${status}`,
            `${request} was answered with status ${status}: ${text.slice(0, 500)}`,
        );
    }
}
