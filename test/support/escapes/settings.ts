import type { Manifest } from "../team";
import { applying, type Escape, kustomization } from "./escape";

const ingress = (host: string): Manifest => ({
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: { name: "escape", namespace: "team-example" },
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
        {
            apiVersion: "v1",
            kind: "Service",
            metadata: { name: "escape", namespace: "team-example" },
            spec: { selector: { app: "app" }, ports: [{ port: 80 }], externalIPs: ["192.0.2.1"] },
        },
        // Two policies refuse it, and the API server tells of either.
        /denied request: (a tenant's Service may not claim external addresses|spec\.externalIPs takes traffic)/,
    ),
    applying(
        "load-balancer",
        "a load balancer of its own, by its quota",
        {
            apiVersion: "v1",
            kind: "Service",
            metadata: { name: "escape", namespace: "team-example" },
            spec: { type: "LoadBalancer", selector: { app: "app" }, ports: [{ port: 80 }] },
        },
        /exceeded quota: team, requested: .*services\.loadbalancers=1/,
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
