import { describeRule, type Example } from "../../support/rule-examples";

const grafana = "systems/kube-prometheus-stack/release.yaml";
const traefik = "systems/traefik/release.yaml";

const example = (
    finds: string,
    file: string,
    [from, to]: readonly [string | RegExp, string],
    line: string,
    problem: RegExp,
    fix: RegExp,
): Example => ({ finds, edits: [{ file, from, to }], line, problem, fix });

describeRule("open-pages", [
    example(
        "the chart's own role for Grafana",
        grafana,
        [/rbac:\n(.*#.*\n)*.*create: false/, "rbac:\n        create: true"],
        "create: true",
        /HelmRelease flux-system\/kube-prometheus-stack lets Grafana read every Secret/,
        /set grafana\.rbac\.create: false/,
    ),
    example(
        "rules of teams that see others' series",
        grafana,
        [/.*enforcedNamespaceLabel: namespace\n/, ""],
        "prometheusSpec:",
        /lets a team's rules see and make the series of others/,
        /enforcedNamespaceLabel: namespace/,
    ),
    example(
        "routes of teams that take others' alerts",
        grafana,
        ["type: OnNamespaceExceptForAlertmanagerNamespace", "type: None"],
        "type: None",
        /take alerts of others/,
        /OnNamespaceExceptForAlertmanagerNamespace/,
    ),
    example(
        "dashboards of every namespace, as the chart has it",
        grafana,
        [/.*searchNamespace: monitoring\n/, ""],
        "dashboards:",
        /take dashboards from namespaces that are not the platform's/,
        /searchNamespace: monitoring/,
    ),
    example(
        "a sidecar that looks for dashboards in Secrets",
        grafana,
        ["it needs none of them.\n          resource: configmap", "it needs none of them.\n          resource: both"],
        "resource: both",
        /look for dashboards in Secrets/,
        /dashboards\.resource: configmap/,
    ),
    example(
        "a sidecar that looks for data sources in Secrets",
        grafana,
        ["datasources:\n          resource: configmap", "datasources:\n          resource: both"],
        "resource: both",
        /look for data sources in Secrets/,
        /datasources\.resource: configmap/,
    ),
    example(
        "Traefik's dashboard, which is on by the chart's default",
        traefik,
        [/ {4}api:\n(.*#.*\n)* {6}dashboard: false\n/, ""],
        "values:",
        /serves Traefik's dashboard/,
        /api\.dashboard: false/,
    ),
    example(
        "a route to Traefik's dashboard",
        traefik,
        ["  values:\n", "  values:\n    ingressRoute:\n      dashboard:\n        enabled: true\n"],
        "enabled: true",
        /has a route to Traefik's dashboard/,
        /ingressRoute\.dashboard\.enabled: false/,
    ),
    ...["kubernetesCRD.allowCrossNamespace", "kubernetesIngress.allowExternalNameServices"].map((path) => {
        const [provider = "", key = ""] = path.split(".");
        return example(
            `${key} of Traefik`,
            traefik,
            ["    providers:\n", `    providers:\n      ${provider}:\n        ${key}: true\n`],
            `${key}: true`,
            /HelmRelease flux-system\/traefik lets a /,
            new RegExp(`${key}: false`),
        );
    }),
    example(
        "a dashboard of chaos-mesh without login",
        "systems/chaos-mesh/release.yaml",
        ["    dashboard:\n", "    dashboard:\n      securityMode: false\n"],
        "securityMode: false",
        /has a dashboard without login/,
        /dashboard\.securityMode: true/,
    ),
]);
