import { describeRule } from "../../support/rule-examples";

describeRule("schemas", [
    {
        finds: "a misspelt field of a built-in kind",
        edits: [
            {
                file: "apps/base/podinfo/deployment.yaml",
                from: "revisionHistoryLimit: 5",
                to: "revisionHistoryLimits: 5",
            },
        ],
        line: "revisionHistoryLimits: 5",
        problem: /Deployment podinfo\/podinfo is not valid: additional properties 'revisionHistoryLimits' not allowed/,
        fix: /kubectl explain Deployment/,
    },
    {
        finds: "a misspelt field of a custom resource",
        edits: [{ file: "infra/base/traefik/release.yaml", from: "driftDetection:", to: "driftDetections:" }],
        line: "driftDetections:",
        problem: /HelmRelease flux-system\/traefik is not valid: additional properties 'driftDetections' not allowed/,
        fix: /kubectl explain HelmRelease/,
    },
    {
        finds: "a number where a string belongs, as substitution may leave one",
        edits: [{ file: "identities/base/velero.yaml", from: "${velero_client_id}", to: "${none:=7}" }],
        line: "azure.workload.identity/client-id: ${none:=7}",
        problem: /ServiceAccount velero\/velero is not valid: got number, want string/,
        fix: /kubectl explain ServiceAccount/,
    },
    {
        finds: "a layer's own misspelt setting",
        edits: [{ file: "clusters/staging/infra.yaml", from: "  wait: true", to: "  waits: true" }],
        line: "waits: true",
        problem: /Kustomization flux-system\/infra is not valid: additional properties 'waits' not allowed/,
        fix: /kubectl explain/,
    },
    {
        finds: "a kind that there is no schema for",
        edits: [
            {
                file: "infra-config/base/key-vault.yaml",
                from: "kind: ClusterSecretStore",
                to: "kind: ClusterSecretStor",
            },
        ],
        line: "kind: ClusterSecretStor",
        problem: /ClusterSecretStor key-vault is not valid: .*could not find schema/,
        fix: /correct the kind/,
    },
]);
