import { type Attempt, attempt, denied, own } from "./attempt";

const ownHost = `app.${own}.staging.landfall.example`;
const ownGateway = { name: own, namespace: "traefik" };
const backend = { name: "app", port: 80 };

type Spec = Readonly<Record<string, unknown>>;

const ingress = (title: string, spec: Spec) =>
    attempt(
        title,
        "networking.k8s.io/v1",
        "Ingress",
        { spec },
        denied("a tenant has no Ingress.*HTTPRoute.*team-example"),
    );

const route = (title: string, spec: Spec, message: RegExp, annotations: Readonly<Record<string, string>> = {}) =>
    attempt(
        title,
        "gateway.networking.k8s.io/v1",
        "HTTPRoute",
        { spec: { parentRefs: [ownGateway], hostnames: [ownHost], rules: [{ backendRefs: [backend] }], ...spec } },
        message,
        { annotations },
    );

const service = (title: string, spec: Spec, message: RegExp, annotations: Readonly<Record<string, string>> = {}) =>
    attempt(title, "v1", "Service", { spec: { selector: { app: "app" }, ports: [{ port: 80 }], ...spec } }, message, {
        annotations,
    });

const rules = [
    {
        host: ownHost,
        http: {
            paths: [{ path: "/", pathType: "Prefix", backend: { service: { name: "app", port: { number: 80 } } } }],
        },
    },
];

const wrongHost = denied("a tenant's HTTPRoute names its hosts, each below team-example\\.");
const wrongParent = denied("a tenant's HTTPRoute hangs on Gateway team-example in namespace traefik only");
const wrongBackend = denied("a tenant's HTTPRoute leads to Services of its own namespace only");
const wrongFilter = denied("a tenant's HTTPRoute changes headers, redirects and rewrites");
const notClusterIp = denied("a tenant's Service is of type ClusterIP");
const annotated = denied("a tenant's HTTPRoute or Service may not direct external-dns, cert-manager or the ingress");

/** Hosts that are not the team's. */
const hosts: readonly (readonly [title: string, hostnames: readonly string[]])[] = [
    ["the platform's host", ["podinfo.staging.landfall.example"]],
    ["the domain itself", ["staging.landfall.example"]],
    ["every host of the domain", ["*.staging.landfall.example"]],
    ["another team's host", ["app.team-other.staging.landfall.example"]],
    ["a host whose name ends as its own", ["evilteam-example.staging.landfall.example"]],
    ["its own name in another domain", [`${own}.example.org`]],
    ["another's host beside its own", [ownHost, "grafana.staging.landfall.example"]],
    ["whatever hosts the Gateway has", []],
];

const parents: readonly (readonly [title: string, parent: Spec])[] = [
    ["the platform's Gateway", { name: "traefik", namespace: "traefik" }],
    ["another team's Gateway", { name: "team-helm", namespace: "traefik" }],
    ["a Gateway of its own", { name: own }],
    ["a Service, whose callers the mesh would send elsewhere", { group: "", kind: "Service", name: "app" }],
    ["another's listeners", { ...ownGateway, kind: "ListenerSet" }],
];

const backends: readonly (readonly [title: string, backendRef: Spec])[] = [
    ["another's Service", { ...backend, name: "kube-prometheus-stack-grafana", namespace: "monitoring" }],
    ["Traefik's own API", { group: "traefik.io", kind: "TraefikService", name: "api@internal" }],
];

const filters: readonly (readonly [title: string, filter: Spec])[] = [
    [
        "a middleware of Traefik",
        { type: "ExtensionRef", extensionRef: { group: "traefik.io", kind: "Middleware", name: "any" } },
    ],
    ["a mirror of requests", { type: "RequestMirror", requestMirror: { backendRef: backend } }],
];

/** Annotations by which a controller of the platform would act for any name or route, and what each would give. */
const orders: readonly (readonly [title: string, key: string, value: string])[] = [
    ["another's DNS name", "external-dns.alpha.kubernetes.io/hostname", "login.staging.example.com"],
    ["a record with a target of its own", "external-dns.alpha.kubernetes.io/target", "192.0.2.1"],
    ["another's DNS name, by the newer prefix", "external-dns.kubernetes.io/hostname", "a.example.com"],
    ["a certificate for every name of the domain", "cert-manager.io/alt-names", "*.staging.example.com"],
    ["a certificate for another's name", "cert-manager.io/common-name", "login.staging.example.com"],
    ["a solver of its choice", "acme.cert-manager.io/http01-ingress-class", "other"],
    ["a route before all others", "traefik.ingress.kubernetes.io/router.priority", "100000"],
    ["a piece of the proxy's configuration", "nginx.ingress.kubernetes.io/server-snippet", "return 200;"],
];

/** What would take another's host, record, certificate or traffic. */
export const edge: readonly Attempt[] = [
    ingress("an Ingress, though for its own host", { rules }),
    ingress("an Ingress for every host", { defaultBackend: { service: { name: "app", port: { number: 80 } } } }),
    ingress("an Ingress with a certificate of its own, which Traefik would use for the names in it", {
        rules,
        tls: [{ hosts: [ownHost], secretName: "foreign" }],
    }),
    ...hosts.map(([title, hostnames]) => route(`a route for ${title}`, { hostnames }, wrongHost)),
    ...parents.map(([title, parent]) => route(`a route on ${title}`, { parentRefs: [parent] }, wrongParent)),
    ...backends.map(([title, backendRef]) =>
        route(`a route to ${title}`, { rules: [{ backendRefs: [backend, backendRef] }] }, wrongBackend),
    ),
    ...filters.flatMap(([title, filter]) => [
        route(`a route with ${title}`, { rules: [{ filters: [filter], backendRefs: [backend] }] }, wrongFilter),
        route(
            `a route with ${title} for one backend`,
            { rules: [{ backendRefs: [{ ...backend, filters: [filter] }] }] },
            wrongFilter,
        ),
    ]),
    ...orders.flatMap(([title, key, value]) => [
        route(`a route that orders ${title}`, {}, annotated, { [key]: value }),
        service(`a Service that orders ${title}`, {}, annotated, { [key]: value }),
    ]),
    service("a headless Service that orders the domain's own record", { clusterIP: "None" }, annotated, {
        "external-dns.alpha.kubernetes.io/hostname": "staging.example.com",
    }),
    service(
        "a Service that claims an external address",
        { externalIPs: ["192.0.2.1"] },
        // Two policies refuse it, and the API server tells of either.
        denied("(a tenant's Service may not claim external addresses|spec\\.externalIPs takes traffic)"),
    ),
    service("a load balancer", { type: "LoadBalancer" }, notClusterIp),
    service("a port of every node", { type: "NodePort" }, notClusterIp),
    service(
        "a Service that is another's address",
        { type: "ExternalName", externalName: "grafana.monitoring.svc.cluster.local" },
        notClusterIp,
    ),
];
