import { describeRule } from "../../support/rule-examples";

const options = { meshes: ["istio"] };

describeRule("environments", [
    {
        finds: "an object that production lacks",
        edits: [
            {
                file: "canary/production/kustomization.yaml",
                from: /resources:[^]*/,
                to: "resources: []\nnameSuffix: a\n",
            },
        ],
        options,
        line: "resources:",
        problem: /production has no Secret flux-system\/decryption-canary-pgp in layer canary, which staging has/,
        fix: /there it is canary\/staging\/pgp\.sops\.yaml/,
    },
    {
        finds: "an object that is in another layer",
        edits: [
            {
                file: "infra-config/production/kustomization.yaml",
                from: /[^]*/,
                to: "resources: [../base/velero]\n",
            },
            { file: "apps/production/kustomization.yaml", from: "resources:\n", to: "resources:\n  - issuer.yaml\n" },
            {
                file: "apps/production/issuer.yaml",
                text: "apiVersion: cert-manager.io/v1\nkind: ClusterIssuer\nmetadata:\n  name: letsencrypt\n",
            },
        ],
        options,
        line: "resources:",
        problem: /production has no ClusterIssuer letsencrypt in layer infra-config/,
        fix: /infra-config\/base\/letsencrypt\.yaml/,
    },
    {
        accepts: "a tenant that one environment has alone",
        edits: [
            {
                file: "tenants/production/kustomization.yaml",
                from: "resources:\n",
                to: "resources:\n  - ../base/team-example\n",
            },
        ],
        options,
    },
]);
