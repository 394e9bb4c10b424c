import type { Manifest } from "../team";
import { applying, type Escape, kustomization, release } from "./escape";

const ingress = (host: string, annotations: Readonly<Record<string, string>> = {}): Manifest => ({
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: { name: "escape", namespace: "team-example", annotations },
    spec: {
        rules: [
            {
                host,
                http: {
                    paths: [
                        { path: "/", pathType: "Prefix", backend: { service: { name: "app", port: { number: 80 } } } },
                    ],
                },
            },
        ],
    },
});

const service = (spec: Record<string, unknown>, annotations: Readonly<Record<string, string>> = {}): Manifest => ({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "escape", namespace: "team-example", annotations },
    spec: { selector: { app: "app" }, ports: [{ port: 80 }], ...spec },
});

const annotated =
    /denied request: a tenant's Ingress or Service may not direct external-dns, cert-manager or the ingress/;
const chartRef = { kind: "OCIRepository", name: "any" };
const ownHost = "app.team-example.staging.landfall.example";

/** Annotations by which a controller of the platform would act for any name or route, and what each would give. */
const orders: readonly (readonly [name: string, title: string, key: string, value: string])[] = [
    ["dns-name", "another's DNS name", "external-dns.alpha.kubernetes.io/hostname", "login.staging.example.com"],
    ["dns-target", "a record with a target of its own", "external-dns.alpha.kubernetes.io/target", "192.0.2.1"],
    [
        "dns-new-prefix",
        "another's DNS name, by the newer prefix",
        "external-dns.kubernetes.io/hostname",
        "a.example.com",
    ],
    ["alt-names", "a certificate for every name of the domain", "cert-manager.io/alt-names", "*.staging.example.com"],
    ["common-name", "a certificate for another's name", "cert-manager.io/common-name", "login.staging.example.com"],
    ["acme-class", "a solver of its choice", "acme.cert-manager.io/http01-ingress-class", "other"],
    ["router", "a route before all others", "traefik.ingress.kubernetes.io/router.priority", "100000"],
    ["snippet", "a piece of the proxy's configuration", "nginx.ingress.kubernetes.io/server-snippet", "return 200;"],
];

/** What admission refuses: settings of objects that a team may make otherwise. */
export const settings: readonly Escape[] = [
    applying(
        "decryption",
        "decryption, which would be with the platform's access to Key Vault",
        kustomization("decrypts", { decryption: { provider: "sops" } }, "team-example"),
        /denied request: a tenant's Kustomization may not decrypt/,
    ),
    applying(
        "azure-login",
        "a source that logs in to Azure, which would be as the platform's source-controller",
        {
            apiVersion: "source.toolkit.fluxcd.io/v1",
            kind: "OCIRepository",
            metadata: { name: "escape", namespace: "team-example" },
            spec: { interval: "10m", url: "oci://landfall.azurecr.io/charts/any", provider: "azure" },
        },
        /denied request: a tenant's source may not log in/,
    ),
    applying(
        "host",
        "an Ingress for another's host name",
        ingress("podinfo.staging.example.com"),
        /denied request: a tenant's Ingress serves only hosts in team-example\./,
    ),
    applying(
        "address",
        "a Service that claims an external address",
        service({ externalIPs: ["192.0.2.1"] }),
        // Two policies refuse it, and the API server tells of either.
        /denied request: (a tenant's Service may not claim external addresses|spec\.externalIPs takes traffic)/,
    ),
    ...["LoadBalancer", "NodePort"].map((type) =>
        applying(
            type.toLowerCase(),
            `a Service of type ${type}`,
            service({ type }),
            /denied request: a tenant's Service is of type ClusterIP/,
        ),
    ),
    applying(
        "external-name",
        "a Service that is another's address",
        service({ type: "ExternalName", externalName: "grafana.monitoring.svc.cluster.local" }),
        /denied request: a tenant's Service is of type ClusterIP/,
    ),
    ...orders.flatMap(([name, title, key, value]) => [
        applying(`${name}-ingress`, `an Ingress that orders ${title}`, ingress(ownHost, { [key]: value }), annotated),
        applying(`${name}-service`, `a Service that orders ${title}`, service({}, { [key]: value }), annotated),
    ]),
    applying(
        "apex",
        "a headless Service that orders the domain's own record",
        service({ clusterIP: "None" }, { "external-dns.alpha.kubernetes.io/hostname": "staging.example.com" }),
        annotated,
    ),
    applying(
        "token",
        "a token of a service account that never expires",
        {
            apiVersion: "v1",
            kind: "Secret",
            metadata: {
                name: "escape",
                namespace: "team-example",
                annotations: { "kubernetes.io/service-account.name": "flux" },
            },
            type: "kubernetes.io/service-account-token",
        },
        /denied request: a tenant may not make a token of a service account/,
    ),
    applying(
        "kubeconfig-file",
        "a kubeconfig that may name files of the controller's pod, such as its own token",
        kustomization("reaches-out", { kubeConfig: { secretRef: { name: "kubeconfig" } } }, "team-example"),
        /denied request: a tenant may not reach a cluster through the platform's controllers/,
    ),
    applying(
        "kubeconfig-azure",
        "a cluster that is reached with the controller's identity in Azure",
        {
            ...release("reaches-out", { kubeConfig: { configMapRef: { name: "cluster" } }, chartRef }),
            metadata: { name: "reaches-out", namespace: "team-example" },
        },
        /denied request: a tenant may not reach a cluster through the platform's controllers/,
    ),
    {
        title: "a privileged container with the node's files, by pod security",
        object: {
            apiVersion: "apps/v1",
            kind: "Deployment",
            metadata: { name: "privileged" },
            spec: {
                selector: { matchLabels: { app: "privileged" } },
                template: {
                    metadata: { labels: { app: "privileged" } },
                    spec: {
                        containers: [{ name: "main", image: "busybox:1.37.0", securityContext: { privileged: true } }],
                        volumes: [{ name: "node", hostPath: { path: "/" } }],
                    },
                },
            },
        },
        condition: ["ReplicaFailure", "True"],
        message: /violates PodSecurity "restricted:latest": .*hostPath/,
    },
];
