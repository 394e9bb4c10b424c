import type { V1ServiceAccount } from "@kubernetes/client-node";
import { ProxyAgent, request } from "undici";
import type { Installed } from "./operator";

interface Answer {
    readonly status: number;
    readonly body: string;
}

/**
 * Which service account's federated identity asks, and for what: `https://vault.azure.net`,
 * `https://storage.azure.com`.
 */
export interface Access {
    readonly namespace: string;
    readonly serviceAccount: string;
    readonly resource: string;
    /** Default: the cluster's tenant. */
    readonly tenantId?: string;
    /** Default: the one that the service account's annotation names. */
    readonly clientId?: string;
}

export type AzureCall = (
    method: "GET" | "PUT" | "DELETE",
    url: string,
    options?: {
        readonly headers?: Readonly<Record<string, string>>;
        /** Sent as JSON, if it is no text. */
        readonly body?: object | string;
    },
) => Promise<Answer>;

/**
 * Asks Azure as a pod with workload identity would: a token of the service account, for it a token of Entra, and with
 * that the requests, all through the cluster's way out.
 *
 * @throws Error with Entra's message if the identity or its federated credential is not there.
 */
export async function asIdentity<Result>(
    installed: Installed,
    access: Access,
    program: (call: AzureCall) => Promise<Result>,
): Promise<Result> {
    const { proxyUrl, authority } = installed;
    const dispatcher = new ProxyAgent({ uri: proxyUrl, requestTls: { ca: authority.certificatePem } });
    try {
        const authorization = `Bearer ${await entraToken(installed, access, dispatcher)}`;
        return await program(async (method, url, { headers, body } = {}) => {
            const answer = await request(url, {
                ...{ dispatcher, method, headers: { "content-type": "application/json", ...headers, authorization } },
                ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
            });
            return { status: answer.statusCode, body: await answer.body.text() };
        });
    } finally {
        await dispatcher.close();
    }
}

async function entraToken(installed: Installed, access: Access, dispatcher: ProxyAgent): Promise<string> {
    const { namespace, serviceAccount, resource, tenantId = installed.tenantId } = access;
    // A pod has a token of its own account from its kubelet, and its client's id from the webhook. For one of another
    // account it needs the right to ask.
    const isOwn = namespace === installed.namespace && serviceAccount === installed.serviceAccount;
    const api = isOwn ? installed.admin : installed.api;
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccount}`;
    const account = await api.find<V1ServiceAccount>(path);
    const clientId = access.clientId ?? account?.metadata?.annotations?.["azure.workload.identity/client-id"];
    if (!clientId) {
        throw new Error(
            `ServiceAccount ${namespace}/${serviceAccount} has no annotation azure.workload.identity/client-id`,
        );
    }
    const { status } = await api.create<{ status: { token: string } }>(`${path}/token`, {
        spec: { audiences: ["api://AzureADTokenExchange"], expirationSeconds: 3600 },
    });
    const form = new URLSearchParams({
        grant_type: "client_credentials",
        client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        ...{ client_assertion: status.token, client_id: clientId, scope: `${resource}/.default` },
    });
    const answer = await request(`https://login.microsoftonline.com/${tenantId}/oauth2/v2.0/token`, {
        ...{ dispatcher, method: "POST", body: form.toString() },
        headers: { "content-type": "application/x-www-form-urlencoded" },
    });
    const body = (await answer.body.json()) as { access_token?: string; error_description?: string };
    if (body.access_token === undefined) {
        throw new Error(body.error_description ?? `Entra answers ${answer.statusCode}`);
    }
    return body.access_token;
}
