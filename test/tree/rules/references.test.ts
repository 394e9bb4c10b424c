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
