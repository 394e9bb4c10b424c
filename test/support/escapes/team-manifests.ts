import type { Manifest } from "../team";

/** A pod that admission has nothing against; the node agent only pretends to run it. */
export const podSpec = {
    nodeSelector: { "kubernetes.azure.com/mode": "user" },
    securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } },
    containers: [
        {
            name: "app",
            image: "ghcr.io/stefanprodan/podinfo:6.14.1",
            securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
        },
    ],
};

/** What a team's application is. */
export const app: readonly Manifest[] = [
    {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: "app" },
        spec: {
            selector: { matchLabels: { app: "app" } },
            template: { metadata: { labels: { app: "app" } }, spec: podSpec },
        },
    },
    {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "app" },
        spec: { selector: { app: "app" }, ports: [{ port: 80, targetPort: 9898 }] },
    },
    {
        apiVersion: "gateway.networking.k8s.io/v1",
        kind: "HTTPRoute",
        metadata: { name: "app" },
        spec: {
            parentRefs: [{ name: "team-example", namespace: "traefik" }],
            hostnames: ["app.team-example.staging.landfall.example"],
            rules: [{ backendRefs: [{ name: "app", port: 80 }] }],
        },
    },
];

/** What the team has Prometheus and Alertmanager do for it. */
export const watched: readonly Manifest[] = [
    {
        apiVersion: "monitoring.coreos.com/v1",
        kind: "PodMonitor",
        metadata: { name: "app" },
        spec: {
            selector: { matchLabels: { app: "app" } },
            sampleLimit: 1000,
            podMetricsEndpoints: [{ port: "http" }],
        },
    },
    {
        apiVersion: "monitoring.coreos.com/v1",
        kind: "PrometheusRule",
        metadata: { name: "app" },
        spec: {
            groups: [
                {
                    name: "app",
                    rules: [
                        { record: "app:up:min", expr: "min(up)" },
                        {
                            alert: "AppDown",
                            expr: "app:up:min == 0",
                            for: "5m",
                            labels: { severity: "critical", team: "team-example" },
                            annotations: { summary: "The app is down" },
                        },
                    ],
                },
            ],
        },
    },
    {
        apiVersion: "monitoring.coreos.com/v1alpha1",
        kind: "AlertmanagerConfig",
        metadata: { name: "app" },
        spec: {
            route: { receiver: "chat" },
            receivers: [{ name: "chat", slackConfigs: [{ apiURL: { name: "chat", key: "address" } }] }],
        },
    },
];

/** A chart that the team fetches itself, and an alert for events that are not the team's. */
export const others: readonly Manifest[] = [
    {
        apiVersion: "source.toolkit.fluxcd.io/v1",
        kind: "OCIRepository",
        metadata: { name: "chart" },
        spec: { interval: "10m", url: "oci://ghcr.io/traefik/helm/traefik", ref: { tag: "41.3.0" } },
    },
    {
        apiVersion: "notification.toolkit.fluxcd.io/v1beta3",
        kind: "Provider",
        metadata: { name: "team" },
        spec: { type: "generic", address: "https://events.example.org/hook" },
    },
    {
        apiVersion: "notification.toolkit.fluxcd.io/v1beta3",
        kind: "Alert",
        metadata: { name: "team" },
        spec: {
            providerRef: { name: "team" },
            eventSeverity: "info",
            eventSources: [{ kind: "Kustomization", name: "*", namespace: "flux-system" }],
        },
    },
];
