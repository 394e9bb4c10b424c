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

const management = "https://management.azure.com";
const attempts = 4;
const passing = new Set([408, 429, 500, 502, 503, 504]);
/** As azure-native asks about operations when Azure does not say how often. */
const pollSeconds = { PUT: 10, DELETE: 30 };
const ended = new Set(["succeeded", "failed", "canceled"]);

/** An answer of Azure that is no refusal. */
interface Accepted {
    readonly status: number;
    readonly headers: Headers;
    readonly body: Properties;
}

/** Calls Azure's interfaces with the provider's own token. */
export class AzureClient {
    constructor(private readonly entra: EntraClient) {}

    /** A request to Azure Resource Manager. Undefined for a resource that does not exist. */
    async resource(method: string, id: string, apiVersion: string, body?: Properties): Promise<Properties | undefined> {
        return (await this.send(management, method, urlOf(id, apiVersion), body))?.body;
    }

    /** Writes a resource, and follows a long write until it is done. Gives the resource as it is then. */
    async put(id: string, apiVersion: string, body: Properties, isLongRunning: boolean): Promise<Properties> {
        const url = urlOf(id, apiVersion);
        const accepted = await this.send(management, "PUT", url, body);
        if (!accepted) {
            throw new Error(`PUT ${url} was answered with nothing.`);
        }
        if (!isLongRunning && accepted.status !== 202) {
            return accepted.body;
        }
        const operation = accepted.headers.get("azure-asyncoperation");
        const result = accepted.headers.get("location");
        if (operation !== null) {
            await this.followStatus(operation, "PUT", accepted.headers);
            return (await this.resource("GET", id, apiVersion)) ?? accepted.body;
        }
        if (result !== null) {
            return this.followResult(result, "PUT", accepted.headers);
        }
        return this.followResource(url, accepted);
    }

    /** Deletes a resource, and follows that until it is done. What does not exist is no error. */
    async delete(id: string, apiVersion: string): Promise<void> {
        const accepted = await this.send(management, "DELETE", urlOf(id, apiVersion));
        if (accepted?.status !== 202) {
            return;
        }
        const operation = accepted.headers.get("azure-asyncoperation");
        const result = accepted.headers.get("location");
        if (operation !== null) {
            await this.followStatus(operation, "DELETE", accepted.headers);
        } else if (result !== null) {
            await this.followResult(result, "DELETE", accepted.headers);
        }
    }

    /** A request to a vault's own interface. Undefined for what does not exist. */
    async vault(method: string, uri: string, body?: Properties): Promise<Properties | undefined> {
        return (await this.send("https://vault.azure.net", method, `${uri}?api-version=7.4`, body))?.body;
    }

    /** Any status but an end says that the operation runs, and an `error` beside one is none. */
    private async followStatus(url: string, method: "PUT" | "DELETE", first: Headers): Promise<void> {
        let headers = first;
        for (let poll = 0; ; poll++) {
            await pause(headers, poll === 0 ? 0 : pollSeconds[method]);
            const polled = await this.send(management, "GET", url);
            const { status, error } = (polled?.body ?? {}) as { status?: string; error?: ArmFailure };
            if (status !== undefined && ended.has(status.toLowerCase())) {
                if (status.toLowerCase() !== "succeeded") {
                    throw new AzureError(400, error?.code ?? status, described({ code: status, ...error }));
                }
                return;
            }
            headers = polled?.headers ?? headers;
        }
    }

    private async followResult(url: string, method: "PUT" | "DELETE", first: Headers): Promise<Properties> {
        let headers = first;
        for (let poll = 0; ; poll++) {
            await pause(headers, poll === 0 ? 0 : pollSeconds[method]);
            const polled = await this.send(management, "GET", url);
            if (polled?.status !== 202) {
                return polled?.body ?? {};
            }
            headers = polled.headers;
        }
    }

    private async followResource(url: string, accepted: Accepted): Promise<Properties> {
        let current = accepted;
        for (;;) {
            const { provisioningState } = (current.body.properties ?? {}) as { provisioningState?: string };
            if (provisioningState === undefined || provisioningState.toLowerCase() === "succeeded") {
                return current.body;
            }
            if (ended.has(provisioningState.toLowerCase())) {
                throw new AzureError(400, provisioningState, `The resource is in the state ${provisioningState}.`);
            }
            await pause(current.headers, current === accepted ? 0 : pollSeconds.PUT);
            current = (await this.send(management, "GET", url)) ?? current;
        }
    }

    private async send(
        audience: string,
        method: string,
        url: string,
        body?: Properties,
    ): Promise<Accepted | undefined> {
        for (let attempt = 1; ; attempt++) {
            const response = await this.attempt(audience, method, url, body);
            const { status, headers } = response;
            const text = await response.text();
            if (response.ok) {
                return { status, headers, body: text === "" ? {} : (JSON.parse(text) as Properties) };
            }
            const error = describe(status, text, `${method} ${url}`);
            const passes = passing.has(status) || (status === 409 && error.code === "AnotherOperationInProgress");
            if (attempt < attempts && passes) {
                await pause(headers, 2 ** attempt);
                continue;
            }
            if (method !== "PUT" && status === 404 && error.code.endsWith("NotFound")) {
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

function urlOf(id: string, apiVersion: string): string {
    return `${management}${id}?api-version=${apiVersion}`;
}

/** Waits for as long as Azure says, or else for so many seconds. */
function pause(headers: Headers, seconds: number): Promise<void> {
    const milliseconds = headers.get("retry-after-ms");
    const asked = headers.get("retry-after");
    return setTimeout(milliseconds === null ? Number(asked ?? seconds) * 1000 : Number(milliseconds));
}

interface ArmFailure {
    readonly code?: string;
    readonly message?: string;
    readonly target?: string;
}

function described({ code = "", message = "", target }: ArmFailure): string {
    return `Code="${code}" Message="${message}"${target ? ` Target="${target}"` : ""}`;
}

/** AKS and DNS leave `error` out around their own refusals. */
function describe(status: number, text: string, request: string): AzureError {
    try {
        const body = JSON.parse(text) as ArmFailure & { error?: ArmFailure };
        const failure = body.error ?? body;
        if (failure.code === undefined) {
            throw new TypeError("no code");
        }
        return new AzureError(status, failure.code, described(failure));
    } catch {
        return new AzureError(
            status,
            `Http${status}`,
            `${request} was answered with status ${status}: ${text.slice(0, 500)}`,
        );
    }
}
