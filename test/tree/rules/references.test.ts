import { describeRule } from "../../support/rule-examples";

const deployment = "systems/podinfo/deployment.yaml";

describeRule("references", [
    {
        finds: "a pod that reads a Secret which nothing makes",
        edits: [{ file: deployment, from: "name: podinfo-credentials", to: "name: podinfo-credential" }],
        line: "name: podinfo-credential",
        problem: /Deployment podinfo\/podinfo needs Secret podinfo\/podinfo-credential, which no layer makes/,
        fix: /did you mean Secret podinfo\/podinfo-credentials\?/,
    },
    {
        finds: "an environment that lacks the Secret which its pods read",
        edits: [
            {
                file: "clusters/staging/apps/kustomization.yaml",
                from: "  - ../podinfo-credentials.sops.yaml\n",
                to: "",
            },
        ],
        file: deployment,
        line: "name: podinfo-credentials",
        problem: /needs Secret podinfo\/podinfo-credentials, which no layer makes/,
        fix: /add Secret podinfo\/podinfo-credentials to a layer before apps/,
    },
    {
        finds: "a Flux object that reads a Secret which nothing makes",
        edits: [
            { file: "systems/flux/webhook/receiver.yaml", from: "name: webhook-token", to: "name: webhook-tokens" },
        ],
        line: "name: webhook-tokens",
        problem: /Receiver flux-system\/github needs Secret flux-system\/webhook-tokens/,
        fix: /did you mean Secret flux-system\/webhook-token\?/,
    },
    {
        finds: "values that come from a ConfigMap which nothing makes",
        edits: [
            {
                file: "systems/traefik/release.yaml",
                from: "  values:\n",
                to: "  valuesFrom:\n    - kind: ConfigMap\n      name: traefik-values\n  values:\n",
            },
        ],
        line: "name: traefik-values",
        problem: /HelmRelease flux-system\/traefik needs ConfigMap flux-system\/traefik-values/,
        fix: /add ConfigMap flux-system\/traefik-values/,
    },
    {
        finds: "a secret of a store which nothing makes",
        edits: [{ file: "systems/examples/external-secret.yaml", from: "name: key-vault", to: "name: key-vaults" }],
        line: "name: key-vaults",
        problem: /ExternalSecret examples\/greeting needs ClusterSecretStore key-vaults, which no layer makes/,
        fix: /did you mean ClusterSecretStore key-vault\?/,
    },
    {
        finds: "a route on a Gateway which nothing makes",
        edits: [{ file: "systems/examples/route.yaml", from: "name: traefik", to: "name: traefiks" }],
        line: "name: traefiks",
        problem: /HTTPRoute examples\/greeter needs Gateway traefik\/traefiks/,
        fix: /did you mean Gateway traefik\/traefik\?/,
    },
    {
        finds: "a volume of a class which nothing makes",
        edits: [
            {
                file: "systems/examples/greeter.yaml",
                from: "secretProviderClass: greeting",
                to: "secretProviderClass: greetings",
            },
        ],
        line: "secretProviderClass: greetings",
        problem: /Deployment examples\/greeter needs SecretProviderClass examples\/greetings/,
        fix: /did you mean SecretProviderClass examples\/greeting\?/,
    },
    {
        finds: "a Dapr sidecar with a configuration which nothing makes",
        edits: [{ file: "systems/dapr/counter.yaml", from: "dapr.io/config: tracing", to: "dapr.io/config: traces" }],
        line: "dapr.io/config: traces",
        problem: /Deployment podinfo\/counter needs Configuration podinfo\/traces/,
        fix: /add Configuration podinfo\/traces to a layer before dapr-config/,
    },
    {
        accepts: "what may be missing, and what a certificate makes",
        edits: [
            { file: deployment, from: "name: podinfo-credentials", to: "name: podinfo-tls" },
            {
                file: "systems/traefik/release.yaml",
                from: "  values:\n",
                to: "  valuesFrom:\n    - kind: ConfigMap\n      name: traefik-values\n      optional: true\n  values:\n",
            },
        ],
    },
]);
