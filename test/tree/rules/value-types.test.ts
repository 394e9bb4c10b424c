import { describeRule } from "../../support/rule-examples";

describeRule("value-types", [
    {
        finds: "a type that the chart's schema refuses",
        edits: [
            {
                file: "systems/cert-manager/release.yaml",
                from: "  values:\n",
                to: "  values:\n    podDnsPolicy:\n      - Default\n",
            },
        ],
        line: "podDnsPolicy:",
        problem: /HelmRelease flux-system\/cert-manager sets podDnsPolicy, which must be string/,
        fix: /packages\/facts\/charts\/cert-manager\/values\.schema\.json/,
    },
    {
        finds: "a value that is none of those that the schema names",
        edits: [
            {
                file: "systems/traefik/release.yaml",
                from: "  values:\n",
                to: "  values:\n    log:\n      level: VERBOSE\n",
            },
        ],
        line: "level: VERBOSE",
        problem: /sets log\.level, which must be equal to one of the allowed values: .*DEBUG/,
        fix: /values\.schema\.json/,
    },
    {
        finds: "a switch that is a text, where the chart has no schema",
        edits: [
            {
                file: "systems/prometheus-operator-crds/release.yaml",
                from: /$/,
                to: '  values:\n    crds:\n      probes:\n        enabled: "false"\n',
            },
        ],
        line: 'enabled: "false"',
        problem: /sets crds\.probes\.enabled to "false", where its chart has true or false/,
        fix: /take the quotes away/,
    },
    {
        finds: "a text where the chart has a map",
        edits: [
            {
                file: "systems/prometheus-operator-crds/release.yaml",
                from: /$/,
                to: "  values:\n    crds:\n      probes: false\n",
            },
        ],
        line: "probes: false",
        problem: /sets crds\.probes to false, where its chart has a map/,
        fix: /write a map/,
    },
]);
