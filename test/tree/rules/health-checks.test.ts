import { describeRule } from "../../support/rule-examples";

const expression = (apiVersion: string, kind: string, current: string) =>
    `  wait: true\n  healthCheckExprs:\n    - apiVersion: ${apiVersion}\n      kind: ${kind}\n      ${current}\n`;

describeRule("health-checks", [
    {
        finds: "an object that the layer does not have",
        edits: [{ file: "clusters/base/tenants.yaml", from: "name: tenant\n", to: "name: tenants\n" }],
        line: "name: tenants",
        problem: /waits for ClusterRole tenants, which the layer does not have/,
        fix: /did you mean tenant\?/,
    },
    {
        finds: "an expression for a kind that the layer does not have",
        edits: [
            {
                file: "clusters/base/infra-config.yaml",
                from: "  wait: true\n",
                to: expression("cert-manager.io/v1", "ClusterIsuer", "current: 'true'"),
            },
        ],
        line: "kind: ClusterIsuer",
        problem: /has an expression for cert-manager\.io\/v1 ClusterIsuer, which the layer does not have/,
        fix: /did you mean ClusterIssuer\?/,
    },
    {
        finds: "an expression that never says when an object is ready",
        edits: [
            {
                file: "clusters/base/infra-config.yaml",
                from: "  wait: true\n",
                to: expression("cert-manager.io/v1", "ClusterIssuer", "failed: 'false'"),
            },
        ],
        line: "- apiVersion: cert-manager.io/v1",
        problem: /never says when one is ready/,
        fix: /write current/,
    },
    {
        accepts: "an expression for a kind that the layer has",
        edits: [
            {
                file: "clusters/base/infra-config.yaml",
                from: "  wait: true\n",
                to: expression("cert-manager.io/v1", "ClusterIssuer", "current: 'true'"),
            },
        ],
    },
]);
