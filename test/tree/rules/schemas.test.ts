import { describeRule } from "../../support/rule-examples";

describeRule("schemas", [
    {
        finds: "a misspelt field of a built-in kind",
        edits: [
            {
                file: "systems/podinfo/deployment.yaml",
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
        edits: [{ file: "systems/traefik/release.yaml", from: "releaseName:", to: "releaseNames:" }],
        line: "releaseNames:",
        problem: /HelmRelease flux-system\/traefik is not valid: additional properties 'releaseNames' not allowed/,
        fix: /kubectl explain HelmRelease/,
    },
    {
        finds: "a number where a string belongs, as substitution may leave one",
        edits: [{ file: "systems/velero/identity.yaml", from: "${velero_client_id}", to: "${none:=7}" }],
        line: "azure.workload.identity/client-id: ${none:=7}",
        problem: /ServiceAccount velero\/velero is not valid: got number, want string/,
        fix: /kubectl explain ServiceAccount/,
    },
    {
        finds: "a layer's own misspelt setting",
        edits: [{ file: "clusters/base/infra.yaml", from: "  wait: true", to: "  waits: true" }],
        line: "waits: true",
        problem: /Kustomization flux-system\/infra is not valid: additional properties 'waits' not allowed/,
        fix: /kubectl explain/,
    },
    {
        finds: "a kind that there is no schema for",
        edits: [
            {
                file: "systems/external-secrets/key-vault.yaml",
                from: "kind: ClusterSecretStore",
                to: "kind: ClusterSecretStor",
            },
        ],
        line: "kind: ClusterSecretStor",
        problem: /ClusterSecretStor key-vault is not valid: .*could not find schema/,
        fix: /correct the kind/,
    },
]);
