import { describeRule } from "../../support/rule-examples";

const file = "systems/memcached/alerts.yaml";

describeRule("alerts", [
    {
        finds: "a system without an alert",
        edits: [{ file: "systems/traefik/kustomization.yaml", from: "  - alerts.yaml\n", to: "" }],
        file: "systems/traefik/release.yaml",
        line: "name: traefik",
        problem: /HelmRelease flux-system\/traefik has no alert/,
        fix: /PrometheusRule in systems\/traefik\/alerts\.yaml/,
    },
    {
        finds: "a workload without an alert",
        edits: [{ file: "systems/echo-mirror/kustomization.yaml", from: "  - alerts.yaml\n", to: "" }],
        file: "systems/echo-mirror/deployment.yaml",
        line: "name: echo-mirror",
        problem: /Deployment podinfo\/echo-mirror has no alert/,
        fix: /PrometheusRule/,
    },
    {
        finds: "an alert without a severity",
        edits: [{ file, from: "            severity: warning\n", to: "" }],
        line: "labels:",
        problem: /MemcachedDown of PrometheusRule monitoring\/memcached has no severity/,
        fix: /critical, warning, info/,
    },
    {
        finds: "a severity that no route knows",
        edits: [{ file, from: "severity: warning", to: "severity: page" }],
        line: "severity: page",
        problem: /has severity page/,
        fix: /critical, warning, info/,
    },
    {
        finds: "an alert without a summary",
        edits: [{ file, from: /            summary: .*\n/, to: "" }],
        line: "annotations:",
        problem: /has no summary/,
        fix: /annotations\.summary/,
    },
    {
        finds: "an alert that names another system",
        edits: [{ file, from: "system: memcached", to: "system: cache" }],
        line: "system: cache",
        problem: /does not name its system/,
        fix: /labels\.system to memcached/,
    },
    {
        finds: "an alert without a runbook",
        edits: [{ file, from: /            runbook_url: .*\n/, to: "" }],
        line: "annotations:",
        problem: /has no runbook_url/,
        fix: /systems\/memcached\/runbook\.md#memcacheddown/,
    },
    {
        finds: "a link to a page that is not there",
        edits: [{ file, from: "memcached/runbook.md", to: "memcached/help.md" }],
        line: "help.md",
        problem: /links to systems\/memcached\/help\.md, which the tree does not have/,
        fix: /heading "## MemcachedDown"/,
    },
    {
        finds: "a heading that is not on the page",
        edits: [{ file: "systems/memcached/runbook.md", from: "## MemcachedDown", to: "## Down" }],
        file,
        line: "runbook_url",
        problem: /links to #memcacheddown, which is no heading of systems\/memcached\/runbook\.md/,
        fix: /heading "## MemcachedDown"/,
    },
    {
        finds: "a link to somewhere else",
        edits: [{ file, from: "${fleet_url}/blob", to: "https://wiki.example/blob" }],
        line: "wiki.example",
        problem: /outside of the fleet repository/,
        fix: /\$\{fleet_url\}/,
    },
    {
        finds: "a rule of the platform that sees one namespace",
        edits: [{ file, from: "namespace: monitoring", to: "namespace: memcached" }],
        line: "namespace: memcached",
        problem: /sees the series of memcached alone/,
        fix: /namespace monitoring/,
    },
]);
