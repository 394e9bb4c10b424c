import { describeRule } from "../../support/rule-examples";

const issuer =
    "apiVersion: cert-manager.io/v1\nkind: ClusterIssuer\nmetadata:\n  name: internal\nspec:\n  selfSigned: {}\n";
const list = {
    file: "layers/infra/kustomization.yaml",
    from: "resources:\n",
    to: "resources:\n  - ../../systems/traefik/internal.yaml\n",
};

describeRule("definitions", [
    {
        finds: "a custom resource in the layer that installs its definition",
        edits: [list, { file: "systems/traefik/internal.yaml", text: issuer }],
        file: "systems/traefik/internal.yaml",
        line: "kind: ClusterIssuer",
        problem: /ClusterIssuer internal is in layer infra, which installs its definition \(HelmRelease cert-manager\)/,
        fix: /move it to infra-config/,
    },
    {
        finds: "a custom resource in a layer that does not wait for its definition",
        edits: [{ file: "clusters/base/infra-config.yaml", from: "- name: infra\n", to: "- name: crds\n" }],
        file: "systems/cert-manager/letsencrypt.yaml",
        line: "kind: ClusterIssuer",
        problem: /does not wait for its definition \(HelmRelease cert-manager of layer infra\)/,
        fix: /add "- name: infra" to dependsOn in clusters\/base\/infra-config\.yaml/,
    },
    {
        finds: "a release that makes a custom resource before its definition is there",
        edits: [{ file: "clusters/base/observability.yaml", from: "    - name: infra\n", to: "" }],
        file: "systems/kube-prometheus-stack/release-staging.yaml",
        line: "values:",
        problem: /makes Certificate monitoring\/.*, whose definition is not there before layer observability/,
        fix: /add "- name: infra" to dependsOn in clusters\/base\/observability\.yaml/,
    },
    {
        finds: "a kind that nothing defines",
        edits: [
            {
                file: "systems/external-secrets/key-vault.yaml",
                from: "external-secrets.io/v1",
                to: "vaults.example.com/v1",
            },
        ],
        line: "kind: ClusterSecretStore",
        problem: /of a kind that nothing in the tree defines \(vaults\.example\.com\/ClusterSecretStore\)/,
        fix: /crds\.kinds of packages\/facts\/charts/,
    },
    {
        finds: "a chart whose definitions are turned off",
        edits: [
            {
                file: "systems/cert-manager/release.yaml",
                from: "crds:\n      enabled: true",
                to: "crds:\n      enabled: false",
            },
        ],
        file: "systems/cert-manager/letsencrypt.yaml",
        line: "kind: ClusterIssuer",
        problem: /nothing in the tree defines \(cert-manager\.io\/ClusterIssuer\)/,
        fix: /install cert-manager in an earlier layer, with its definitions/,
    },
    {
        finds: "definitions of a repository that no layer takes",
        edits: [{ file: "systems/gateway-api/kustomization.yaml", from: "  - definitions.yaml\n", to: "" }],
        file: "systems/traefik/gateway.yaml",
        line: "kind: Gateway",
        problem: /nothing in the tree defines \(gateway\.networking\.k8s\.io\/Gateway\)/,
        fix: /apply https:\/\/github\.com\/kubernetes-sigs\/gateway-api in an earlier layer/,
    },
]);
