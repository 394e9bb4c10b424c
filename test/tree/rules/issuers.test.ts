import { describeRule } from "../../support/rule-examples";

describeRule("issuers", [
    {
        finds: "an Ingress whose issuer no layer makes",
        edits: [
            {
                file: "systems/podinfo/ingress.yaml",
                from: "cluster-issuer: letsencrypt",
                to: "cluster-issuer: internal",
            },
        ],
        line: "cluster-issuer: internal",
        problem: /Ingress podinfo\/podinfo needs ClusterIssuer internal, which no layer makes/,
        fix: /add ClusterIssuer internal/,
    },
    {
        finds: "a misspelt issuer of a Certificate",
        edits: [
            {
                file: "layers/infra-config/kustomization.yaml",
                from: "resources:\n",
                to: "resources:\n  - ../../systems/traefik/wildcard.yaml\n",
            },
            {
                file: "systems/traefik/wildcard.yaml",
                text: [
                    "apiVersion: cert-manager.io/v1",
                    "kind: Certificate",
                    "metadata:",
                    "  name: wildcard",
                    "  namespace: traefik",
                    "spec:",
                    "  secretName: wildcard",
                    "  issuerRef:",
                    "    kind: ClusterIssuer",
                    "    name: letsencript",
                    "",
                ].join("\n"),
            },
        ],
        file: "systems/traefik/wildcard.yaml",
        line: "name: letsencript",
        problem: /Certificate traefik\/wildcard needs ClusterIssuer letsencript/,
        fix: /did you mean ClusterIssuer letsencrypt\?/,
    },
]);
