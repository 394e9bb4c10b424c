import { exportJWK, generateKeyPair, SignJWT } from "jose";
import type { ClusterSpec, NodeSpec } from "../azure/aks/clusters";
import { formatResourceId } from "../azure/arm/resource-id";
import { findType } from "../azure/arm/resource-types";
import { answerFromWire, requestToWire } from "../azure/arm/wire";
import { type Azure, type AzureOptions, createAzure } from "../azure/azure";
import type { HttpRequest, HttpResponse } from "../network/route";
import type { ManualClock } from "./manual-clock";

export type Json = Record<string, unknown>;

export const tenantId = "11111111-1111-4111-8111-111111111111";
export const subscriptionId = "22222222-2222-4222-8222-222222222222";
export const subscription = `/subscriptions/${subscriptionId}`;
export const deployer = {
    clientId: "33333333-3333-4333-8333-333333333333",
    clientSecret: "the deployer's secret",
    objectId: "44444444-4444-4444-8444-444444444444",
};

/** An answer of Azure with its body parsed. */
export interface Answer {
    readonly status: number;
    readonly body: Json;
    readonly headers: Readonly<Record<string, string>>;
    /** `code` of the error, or "" when the answer is not a refusal. */
    readonly code: string;
    readonly message: string;
    readonly target: string;
}

/** A cluster host that runs nothing, and remembers what it was asked for. */
class RecordedClusters {
    readonly started: ClusterSpec[] = [];
    readonly stopped: string[] = [];
    readonly nodes = new Map<string, readonly NodeSpec[]>();
    private keys: ReturnType<typeof generateKeyPair> | undefined;

    start(spec: ClusterSpec) {
        this.started.push(spec);
        this.nodes.set(spec.id, spec.nodes);
        const jwks = async () => ({ keys: [await exportJWK((await this.serviceAccountKeys()).publicKey)] });
        return Promise.resolve({ caPem: "-----BEGIN CERTIFICATE-----", jwks });
    }

    setNodes(id: string, nodes: readonly NodeSpec[]): Promise<void> {
        this.nodes.set(id, nodes);
        return Promise.resolve();
    }

    stop(id: string): Promise<void> {
        this.stopped.push(id);
        return Promise.resolve();
    }

    private serviceAccountKeys() {
        return (this.keys ??= generateKeyPair("RS256"));
    }

    /** A service account's token as the API server of the cluster signs it. */
    async serviceAccountToken(claims: { iss: string; sub: string; aud?: string; expires?: string }): Promise<string> {
        const { privateKey } = await this.serviceAccountKeys();
        return new SignJWT({ sub: claims.sub })
            .setProtectedHeader({ alg: "RS256" })
            .setIssuer(claims.iss)
            .setAudience(claims.aud ?? "api://AzureADTokenExchange")
            .setIssuedAt()
            .setExpirationTime(claims.expires ?? "10m")
            .sign(privateKey);
    }
}

/** A subscription of its own, called without a network. */
export class TestSubscription {
    readonly clusters = new RecordedClusters();
    readonly azure: Azure;
    readonly tenantId = tenantId;
    private armToken: Promise<string> | undefined;

    /** With a clock, time passes when it is told to, and while `put` and `delete` wait. */
    constructor(
        options: Partial<AzureOptions> = {},
        readonly clock?: ManualClock,
    ) {
        this.azure = createAzure({
            tenantId,
            subscriptionId,
            deployer,
            clusters: this.clusters,
            ...(clock ? { clock } : {}),
            ...options,
        });
    }

    /** Sends a request to whichever route answers for its host. */
    async send(method: string, url: string, headers: Record<string, string> = {}, body = ""): Promise<HttpResponse> {
        const parsed = new URL(url);
        const route = this.azure.routes.find(({ host }) =>
            typeof host === "string"
                ? host === parsed.hostname
                : new RegExp(`^(?:${host.source})$`).test(parsed.hostname),
        );
        if (!route || !("handle" in route)) {
            throw new Error(`Nothing answers for ${url}.`);
        }
        const request: HttpRequest = { method, url: parsed, headers, body: Buffer.from(body) };
        return route.handle(request);
    }

    async token(form: Record<string, string>): Promise<{ status: number; body: Json }> {
        const url = `https://login.microsoftonline.com/${tenantId}/oauth2/v2.0/token`;
        const fields = new URLSearchParams({ grant_type: "client_credentials", ...form });
        const { status, body } = await this.send("POST", url, {}, fields.toString());
        return { status, body: body as Json };
    }

    async deployerToken(resource: string): Promise<string> {
        const { clientId, clientSecret } = deployer;
        const { body } = await this.token({
            client_id: clientId,
            client_secret: clientSecret,
            scope: `${resource}/.default`,
        });
        return String(body.access_token);
    }

    async arm(method: string, id: string, body?: object, apiVersion = "2025-01-01"): Promise<Answer> {
        this.armToken ??= this.deployerToken("https://management.azure.com");
        const headers = { authorization: `Bearer ${await this.armToken}` };
        const url = `https://management.azure.com${id}${id.includes("?") ? "&" : "?"}api-version=${apiVersion}`;
        return answer(await this.send(method, url, headers, body === undefined ? "" : JSON.stringify(body)));
    }

    /** Sends a request as the deployer, in Azure's wire format. */
    async request(method: string, url: string, headers: Record<string, string>, body: string): Promise<Answer> {
        this.armToken ??= this.deployerToken("https://management.azure.com");
        return answer(
            await this.send(method, url, { authorization: `Bearer ${await this.armToken}`, ...headers }, body),
        );
    }

    /** Writes a resource and waits until that is done. In the package's form, as `get`; `body` is what it is then. */
    async put(token: string, parameters: Record<string, string>, body: object): Promise<Answer> {
        const { id, type } = this.address(token, parameters);
        const accepted = await this.arm("PUT", id, requestToWire(type, body as Json), type.apiVersion);
        if (accepted.status >= 300) {
            return accepted;
        }
        const failure = await this.followed(accepted);
        return failure ?? { ...(await this.get(token, parameters)), status: accepted.status };
    }

    async get(token: string, parameters: Record<string, string>): Promise<Answer> {
        const { id, type } = this.address(token, parameters);
        const shown = await this.arm("GET", id, undefined, type.apiVersion);
        return shown.status === 200 ? { ...shown, body: answerFromWire(type, shown.body) } : shown;
    }

    /** Deletes a resource and waits until that is done. */
    async delete(token: string, parameters: Record<string, string>): Promise<Answer> {
        const { id, type } = this.address(token, parameters);
        const accepted = await this.arm("DELETE", id, undefined, type.apiVersion);
        return (await this.followed(accepted)) ?? accepted;
    }

    /** Waits for the operation that an answer tells of. Gives what it failed with. */
    private async followed({ headers }: Answer): Promise<Answer | undefined> {
        const url = headers["azure-asyncoperation"] ?? (headers.location?.startsWith("https:") ? headers.location : "");
        if (url === "") {
            return undefined;
        }
        for (;;) {
            await this.clock?.pass(60);
            const authorization = `Bearer ${await this.deployerToken("https://management.azure.com")}`;
            const polled = answer(await this.send("GET", url, { authorization }));
            const { status } = polled.body;
            if (polled.status >= 400) {
                return polled;
            }
            if (status === "Failed") {
                return { ...polled, status: 400 };
            }
            if (polled.status !== 202 && (status === undefined || status === "Succeeded")) {
                return undefined;
            }
        }
    }

    /** @throws an Error with Azure's refusal when there is one. */
    async make(token: string, parameters: Record<string, string>, body: object): Promise<Json> {
        const made = await this.put(token, parameters, body);
        if (made.status >= 300) {
            throw new Error(`${token}: ${made.code}: ${made.message}`);
        }
        return made.body;
    }

    assign(
        principalId: unknown,
        roleId: string,
        scope: unknown,
        principalType: string | undefined = "ServicePrincipal",
    ) {
        const roleDefinitionId = `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${roleId}`;
        const parameters = { scope: String(scope), roleAssignmentName: crypto.randomUUID() };
        return this.put("authorization:RoleAssignment", parameters, {
            principalId,
            roleDefinitionId,
            ...(principalType ? { principalType } : {}),
        });
    }

    /** A `fetch` that reaches this subscription and nothing else. */
    readonly fetch = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
        const url = input instanceof Request ? input.url : String(input);
        const text = init.body instanceof URLSearchParams ? init.body.toString() : ((init.body ?? "") as string);
        const headers = Object.fromEntries(new Headers(init.headers).entries());
        const answered = await this.send(init.method ?? "GET", url, headers, text);
        const { status, body } = answered;
        const options = { status, headers: { ...answered.headers } };
        return new Response(body === undefined || status === 204 ? null : JSON.stringify(body), options);
    };

    private address(token: string, parameters: Record<string, string>) {
        const type = findType(token);
        if (!type) {
            throw new Error(`There is no type ${token}.`);
        }
        const defaults = { subscriptionId, resourceGroupName: "rg" };
        return { id: formatResourceId(type, { ...defaults, ...parameters }), type };
    }
}

function answer({ status, body, headers = {} }: HttpResponse): Answer {
    const parsed = (body ?? {}) as Json;
    const error = (parsed.error ?? (status >= 400 ? parsed : {})) as {
        code?: string;
        message?: string;
        target?: string;
    };
    return {
        status,
        headers,
        body: parsed,
        code: error.code ?? "",
        message: error.message ?? "",
        target: error.target ?? "",
    };
}
