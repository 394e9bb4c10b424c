/**
 * Cluster DNS and kube-proxy, for HTTP: `<service>.<namespace>.svc.cluster.local`, and pod addresses, are answered by
 * the process behind them. Traffic is plain HTTP from here on, so TLS between pods is not proved. Where the pods are
 * kwok's, only the API server gets an answer: their webhooks let everything pass (`webhook-answer.ts`).
 */
import { request as httpRequest } from "node:http";
import type { V1EndpointSlice, V1Service } from "@kubernetes/client-node";
import type { KubernetesApi } from "../kubernetes/api";
import type { HttpRequest, HttpResponse, Route } from "../network/route";
import type { PodAddresses } from "./pod-addresses";
import { webhookAnswer } from "./webhook-answer";

export interface ServiceRoutesOptions {
    readonly api: KubernetesApi;
    readonly addresses: PodAddresses;
}

const serviceHost = /^[a-z0-9-]+\.[a-z0-9-]+\.svc(\.cluster\.local)?$/;
const podHost = /^10\.244\.\d{1,3}\.\d{1,3}$/;
const cacheMs = 1000;

/** A process, pods that run nothing, or the reason why there is neither. */
type Backend = { readonly host: string; readonly port: number } | { readonly simulated: string } | string;

/** Routes for the cluster's own names. They answer 503 with the reason when nothing runs behind a name. */
export function serviceRoutes(options: ServiceRoutesOptions): Route[] {
    const cache = new Map<string, { readonly backend: Promise<Backend>; readonly until: number }>();
    const serviceBackend = (url: URL): Promise<Backend> => {
        const key = `${url.hostname}:${portOf(url)}`;
        const cached = cache.get(key);
        if (cached && Date.now() < cached.until) {
            return cached.backend;
        }
        const backend = resolveService(options, url);
        cache.set(key, { backend, until: Date.now() + cacheMs });
        return backend;
    };
    const podBackend = (url: URL): Promise<Backend> => {
        const host = options.addresses.loopbackOf(url.hostname);
        const reason = `no process backs pod address ${url.hostname}`;
        return Promise.resolve(host ? { host, port: portOf(url) } : reason);
    };
    return [
        { host: serviceHost, handle: async (request) => answer(request, await serviceBackend(request.url)) },
        { host: podHost, handle: async (request) => answer(request, await podBackend(request.url)) },
    ];
}

async function resolveService({ api, addresses }: ServiceRoutesOptions, url: URL): Promise<Backend> {
    const [name, namespace] = url.hostname.split(".");
    const service = await api.find<V1Service>(`/api/v1/namespaces/${namespace}/services/${name}`);
    if (!service) {
        return `there is no Service ${namespace}/${name}`;
    }
    const port = service.spec?.ports?.find((one) => one.port === portOf(url));
    if (!port) {
        return `Service ${namespace}/${name} has no port ${portOf(url)}`;
    }
    const selector = encodeURIComponent(`kubernetes.io/service-name=${name}`);
    const slices = await api.get<{ items: V1EndpointSlice[] }>(
        `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices?labelSelector=${selector}`,
    );
    const backends = slices.items.flatMap((slice) => {
        const target = slice.ports?.find((one) => (one.name ?? "") === (port.name ?? ""))?.port;
        const ready = (slice.endpoints ?? []).filter((endpoint) => endpoint.conditions?.ready !== false);
        return ready.flatMap((endpoint) => endpoint.addresses.map((podIp) => ({ podIp, port: target })));
    });
    for (const { podIp, port: target } of backends) {
        const host = addresses.loopbackOf(podIp);
        if (host !== undefined && target !== undefined) {
            return { host, port: target };
        }
    }
    if (backends.length === 0) {
        return `Service ${namespace}/${name} has no ready pods`;
    }
    return backends.some(({ port: target }) => target !== undefined)
        ? {
              simulated: `the pods of Service ${namespace}/${name} are simulated by kwok: they are Ready and answer nothing`,
          }
        : `no container of the pods of Service ${namespace}/${name} has a port ${port.targetPort}`;
}

async function answer(request: HttpRequest, backend: Backend): Promise<HttpResponse> {
    if (typeof backend !== "string" && "simulated" in backend) {
        return webhookAnswer(request) ?? unavailable(backend.simulated);
    }
    if (typeof backend === "string") {
        return unavailable(backend);
    }
    return new Promise((resolve, reject) => {
        const { method, url, headers, body } = request;
        const path = url.pathname + url.search;
        const outgoing = httpRequest({ ...backend, method, path, headers: forwardable(headers) }, (response) => {
            const chunks: Buffer[] = [];
            response.on("data", (chunk: Buffer) => chunks.push(chunk));
            response.on("error", reject);
            response.on("end", () =>
                resolve({
                    status: response.statusCode ?? 502,
                    headers: forwardable(response.headers),
                    body: Buffer.concat(chunks),
                }),
            );
        });
        outgoing.on("error", (error) =>
            resolve({ status: 503, body: `${url.hostname} at ${backend.host}:${backend.port}: ${error.message}\n` }),
        );
        outgoing.end(body);
    });
}

function unavailable(reason: string): HttpResponse {
    return { status: 503, headers: { "content-type": "text/plain" }, body: `${reason}\n` };
}

/** RFC 9110, section 7.6.1, and the lengths, which are computed from the body. */
const hopByHop = new Set([
    "connection",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
]);

function forwardable(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
    const kept = Object.entries(headers).filter(
        (entry): entry is [string, string | string[]] => entry[1] !== undefined && !hopByHop.has(entry[0]),
    );
    return Object.fromEntries(kept.map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value]));
}

function portOf(url: URL): number {
    return Number(url.port) || (url.protocol === "https:" ? 443 : 80);
}
