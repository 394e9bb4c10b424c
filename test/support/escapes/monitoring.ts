import { type Attempt, attempt, denied, own } from "./attempt";

type Content = Readonly<Record<string, unknown>>;

const ownNamespace = denied("a tenant's monitor looks at its own namespace only");
const limit = denied("a tenant's monitor says how many series it takes");
const relabeled = denied("a tenant's monitor does not relabel its targets");
const file = denied("a tenant's monitor reads no file of Prometheus");
const elsewhere = denied("a tenant's monitor reaches the team's pods only");
const unnamed = denied(`a tenant's alert names its team, .*labels\\.team is ${own}`);
const monitored = { selector: {}, sampleLimit: 1000 };

const serviceMonitor = (title: string, endpoint: Content, message: RegExp, spec: Content = {}) =>
    attempt(
        title,
        "monitoring.coreos.com/v1",
        "ServiceMonitor",
        { spec: { ...monitored, endpoints: [{ port: "http", ...endpoint }], ...spec } },
        message,
    );

const podMonitor = (title: string, endpoint: Content, message: RegExp, spec: Content = {}) =>
    attempt(
        title,
        "monitoring.coreos.com/v1",
        "PodMonitor",
        { spec: { ...monitored, podMetricsEndpoints: [{ port: "http", ...endpoint }], ...spec } },
        message,
    );

const rule = (title: string, labels: Content | undefined, message: RegExp, ofGroup: Content = {}) =>
    attempt(
        title,
        "monitoring.coreos.com/v1",
        "PrometheusRule",
        { spec: { groups: [{ name: "g", ...ofGroup, rules: [{ alert: "Watchdog", expr: "vector(1)", labels }] }] } },
        message,
    );

const toPlatform = [{ targetLabel: "__address__", replacement: "kubernetes.default:443" }];

/** What would have the platform's Prometheus and Alertmanager look at, read or tell what is not the team's. */
export const monitoring: readonly Attempt[] = [
    serviceMonitor("scrapes in every namespace", {}, ownNamespace, { namespaceSelector: { any: true } }),
    serviceMonitor("scrapes in a namespace of the platform", {}, ownNamespace, {
        namespaceSelector: { matchNames: [own, "monitoring"] },
    }),
    podMonitor("scrapes of every pod", {}, ownNamespace, { namespaceSelector: { any: true } }),
    podMonitor("scrapes without end", {}, limit, { sampleLimit: 0 }),
    podMonitor("scrapes of a million series", {}, limit, { sampleLimit: 1_000_000 }),
    serviceMonitor("a scrape of another address", { relabelings: toPlatform }, relabeled),
    podMonitor("a scrape of another pod's address", { relabelings: toPlatform }, relabeled),
    serviceMonitor(
        "Prometheus' own token for its target",
        { bearerTokenFile: "/var/run/secrets/kubernetes.io/serviceaccount/token" },
        file,
    ),
    serviceMonitor("a key out of Prometheus' files", { tlsConfig: { keyFile: "/etc/prometheus/key" } }, file),
    serviceMonitor("a scrape through a proxy", { proxyUrl: "http://grafana.monitoring" }, elsewhere),
    podMonitor(
        "a login of Prometheus at another address",
        {
            oauth2: {
                clientId: { secret: { name: "a", key: "a" } },
                clientSecret: { name: "a", key: "a" },
                tokenUrl: "http://grafana.monitoring/login",
            },
        },
        elsewhere,
    ),
    rule("an alert that looks like the platform's", { severity: "critical" }, unnamed),
    rule("an alert without any label", undefined, unnamed),
    rule("an alert of another team", { severity: "critical", team: "team-other" }, unnamed),
    rule(
        "alerts of another team by their group",
        { severity: "critical", team: own },
        denied("a tenant's rules name their team each"),
        { labels: { team: "team-other" } },
    ),
];
