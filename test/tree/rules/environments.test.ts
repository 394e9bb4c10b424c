import { describeRule } from "../../support/rule-examples";

const options = { meshes: ["istio"] };
const head = [
    "$patch: delete",
    "apiVersion: cert-manager.io/v1",
    "kind: ClusterIssuer",
    "metadata:",
    "  name: letsencrypt",
];
const deletion = head.map((line) => `      ${line}\n`).join("");
const team = "      - { op: add, path: /spec/components/0, value: ../../tenants/team-example }\n";

describeRule("environments", [
    {
        finds: "an object that production lacks",
        edits: [
            {
                file: "clusters/production/canary/kustomization.yaml",
                from: "  - ../decryption-canary-pgp.sops.yaml\n",
                to: "  []\nmetadata: { name: canary }\n",
            },
        ],
        options,
        line: "resources:",
        problem: /production has no Secret flux-system\/decryption-canary-pgp in layer canary, which staging has/,
        fix: /there it is clusters\/staging\/decryption-canary-pgp\.sops\.yaml/,
    },
    {
        finds: "an object that an overlay deletes",
        edits: [
            {
                file: "clusters/production/infra-config/kustomization.yaml",
                from: /#[^]*/,
                to: `patches:\n  - target: { kind: ClusterIssuer, name: letsencrypt }\n    patch: |\n${deletion}`,
            },
        ],
        options,
        line: "",
        problem: /production has no ClusterIssuer letsencrypt in layer infra-config/,
        fix: /systems\/cert-manager\/letsencrypt\.yaml/,
    },
    {
        accepts: "a team that one environment has alone",
        edits: [
            {
                file: "clusters/production/kustomization.yaml",
                from: "components:\n  - ../base\n",
                to: `components:\n  - ../base\npatches:\n  - target: { kind: Kustomization, name: tenants }\n    patch: |\n${team}`,
            },
        ],
        options,
    },
]);
