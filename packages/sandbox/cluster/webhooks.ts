/** The HTTPS server that the API server asks: authorization that RBAC has no opinion on, and workload identity. */
import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { Authority } from "../network/authority";
import type { AccessReview } from "./access";

export interface WebhooksOptions {
    readonly authority: Authority;
    /** The bearer token that the API server sends for authorization. */
    readonly token: string;
    readonly authorize: (review: AccessReview) => Promise<boolean>;
    /** Answers an AdmissionReview's request with the response to it. */
    readonly mutatePod: (request: AdmissionRequest) => Promise<AdmissionResponse>;
    /** Hears of requests that failed; the API server is told too. */
    readonly report: (message: string) => void;
}

export interface AdmissionRequest {
    readonly uid: string;
    readonly namespace: string;
    readonly object: unknown;
}

export interface AdmissionResponse {
    readonly allowed: boolean;
    /** JSON patch operations. */
    readonly patch?: readonly object[];
    /** Why the request is not allowed. */
    readonly message?: string;
}

export interface Webhooks {
    readonly authorizeUrl: string;
    readonly mutateUrl: string;
    close(): Promise<void>;
}

interface SubjectAccessReview {
    readonly spec: {
        readonly user?: string;
        readonly groups?: string[];
        readonly resourceAttributes?: Record<string, string>;
        readonly nonResourceAttributes?: Record<string, string>;
    };
}

export async function startWebhooks(options: WebhooksOptions): Promise<Webhooks> {
    const { certificatePem, keyPem } = await options.authority.issue(["127.0.0.1"]);
    const server = createServer({ cert: certificatePem, key: keyPem }, (request, response) => {
        handle(options, request).then(
            (body) => response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body)),
            (error: unknown) => {
                options.report(`Webhook ${request.url}: ${String(error)}`);
                response.writeHead(500).end(String(error));
            },
        );
    });
    await new Promise<void>((resolve, reject) => {
        server.once("error", reject);
        server.listen(0, "127.0.0.1", resolve);
    });
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return { authorizeUrl: `${url}/authorize`, mutateUrl: `${url}/mutate-v1-pod`, close: () => close(server) };
}

async function handle(options: WebhooksOptions, request: IncomingMessage): Promise<object> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
        chunks.push(chunk as Buffer);
    }
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"));
    const path = request.url?.split("?")[0];
    if (path === "/authorize") {
        return authorize(options, request, body as SubjectAccessReview);
    }
    if (path === "/mutate-v1-pod") {
        return admit(options, body as { request: AdmissionRequest });
    }
    throw new Error(`There is no webhook at ${request.url}.`);
}

async function authorize(options: WebhooksOptions, request: IncomingMessage, review: SubjectAccessReview) {
    const given = Buffer.from(request.headers.authorization ?? "");
    const expected = Buffer.from(`Bearer ${options.token}`);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
        throw new Error("The request does not carry the API server's token.");
    }
    const { user = "", groups = [], resourceAttributes, nonResourceAttributes } = review.spec;
    const { group, verb = "", ...resource } = resourceAttributes ?? nonResourceAttributes ?? {};
    const { namespace, subresource, name, path } = resource;
    const allowed = await options.authorize({
        ...{ user, groups, verb, apiGroup: resourceAttributes && (group ?? "") },
        ...{ namespace, resource: resource.resource, subresource, name, path },
    });
    return { apiVersion: "authorization.k8s.io/v1", kind: "SubjectAccessReview", status: { allowed } };
}

async function admit(options: WebhooksOptions, review: { request: AdmissionRequest }) {
    const { uid } = review.request;
    const { allowed, patch, message } = await options.mutatePod(review.request);
    const response = {
        uid,
        allowed,
        ...(message && { status: { message } }),
        ...(patch && { patchType: "JSONPatch", patch: Buffer.from(JSON.stringify(patch)).toString("base64") }),
    };
    return { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", response };
}

async function close(server: Server): Promise<void> {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
}
