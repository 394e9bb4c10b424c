import { chartOf, chartReference, valuesOf } from "../charts";
import type { Finding } from "../finding";
import { field, type Path } from "../object";
import { everyOfKind, findingAt, inEveryCluster, type Tree } from "../tree";

interface Setting {
    /** Path in the release's values. */
    readonly path: string;
    readonly value: unknown;
    /** Completes the sentence "<release> …". */
    readonly problem: string;
}

/** What a page of the platform must not show, or read, by chart. */
const settings: Readonly<Record<string, readonly Setting[]>> = {
    "kube-prometheus-stack": [
        {
            path: "grafana.rbac.create",
            value: false,
            problem: "lets Grafana read every Secret of the cluster, since the chart's role has them beside ConfigMaps",
        },
        {
            path: "grafana.sidecar.dashboards.searchNamespace",
            value: "monitoring",
            problem: "has Grafana take dashboards from namespaces that are not the platform's",
        },
        {
            path: "grafana.sidecar.dashboards.resource",
            value: "configmap",
            problem: "has Grafana's sidecar look for dashboards in Secrets",
        },
        {
            path: "grafana.sidecar.datasources.resource",
            value: "configmap",
            problem: "has Grafana's sidecar look for data sources in Secrets",
        },
        {
            path: "prometheus.prometheusSpec.enforcedNamespaceLabel",
            value: "namespace",
            problem: "lets a team's rules see and make the series of others",
        },
        {
            path: "alertmanager.alertmanagerSpec.alertmanagerConfigMatcherStrategy.type",
            value: "OnNamespaceExceptForAlertmanagerNamespace",
            problem: "lets a team's AlertmanagerConfig take alerts of others",
        },
    ],
    traefik: [
        {
            path: "api.dashboard",
            value: false,
            problem: "serves Traefik's dashboard, which has no login and shows every route",
        },
        {
            path: "ingressRoute.dashboard.enabled",
            value: false,
            problem: "has a route to Traefik's dashboard, which has no login",
        },
        {
            path: "providers.kubernetesCRD.allowCrossNamespace",
            value: false,
            problem: "lets a route lead to another namespace's Services",
        },
        {
            path: "providers.kubernetesIngress.allowExternalNameServices",
            value: false,
            problem: "lets a Service lead to whatever name it says",
        },
    ],
    "chaos-mesh": [
        {
            path: "dashboard.securityMode",
            value: true,
            problem: "has a dashboard without login, from which anybody may break what they like",
        },
    ],
};

/** The platform's own pages show nobody what is not theirs, and their programs read no more than they show. */
export function openPages(tree: Tree): readonly Finding[] {
    return inEveryCluster(tree, (cluster) =>
        everyOfKind(cluster, "HelmRelease").flatMap((release) => {
            const { name } = chartReference(cluster, release);
            const values = valuesOf(chartOf(cluster, release), release);
            return (settings[name] ?? [])
                .filter(({ path, value }) => field(values, path) !== value)
                .map(({ path, value, problem }) =>
                    findingAt(release, valuePath(path), problem, `set ${path}: ${String(value)} in its values`),
                );
        }),
    );
}

function valuePath(path: string): Path {
    return ["spec", "values", ...path.split(".")];
}
