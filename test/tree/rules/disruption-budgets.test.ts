import { inPlaceOfTraefik, traefikPods } from "../../support/published-charts";
import { describeRule } from "../../support/rule-examples";

const production = { environments: ["production"], meshes: ["istio"] };

const budget = (spec: object) => ({
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { name: "traefik" },
    spec: { ...spec, selector: { matchLabels: { "app.kubernetes.io/name": "traefik" } } },
});

describeRule("disruption-budgets", [
    {
        finds: "an autoscaler that keeps several pods, without a budget for them",
        edits: [
            {
                file: "systems/podinfo/disruption-budget.yaml",
                from: "values: [podinfo, ",
                to: "values: [",
            },
        ],
        file: "systems/podinfo/autoscaler.yaml",
        line: "minReplicas: 2",
        problem: /makes 2 pods of Deployment podinfo\/podinfo, which no PodDisruptionBudget covers/,
        fix: /maxUnavailable: 1/,
    },
    {
        finds: "the same in an environment's patch, at the patch",
        edits: [
            { file: "systems/podinfo/disruption-budget.yaml", from: "namespace: podinfo", to: "namespace: traefik" },
        ],
        options: production,
        file: "systems/podinfo/autoscaler-production.yaml",
        line: "minReplicas: 3",
        problem: /makes 3 pods/,
        fix: /beside it/,
    },
    {
        finds: "replicas of a release whose chart's budget is off",
        edits: [
            {
                file: "systems/traefik/release.yaml",
                from: "podDisruptionBudget:\n      enabled: true",
                to: "podDisruptionBudget:\n      enabled: false",
            },
        ],
        options: production,
        file: "systems/traefik/release-production.yaml",
        line: "replicas: 3",
        problem:
            /HelmRelease flux-system\/traefik makes 3 pods by deployment\.replicas, and has no podDisruptionBudget/,
        fix: /podDisruptionBudget: \{ enabled: true/,
    },
    {
        finds: "a budget of a chart that lets no pod go",
        edits: [],
        published: [inPlaceOfTraefik(traefikPods(), budget({ minAvailable: 1 }))],
        file: "systems/traefik/release.yaml",
        line: "values:",
        problem:
            /makes PodDisruptionBudget traefik\/traefik, which lets none of 1 pods go \(minAvailable: 1\), so that their nodes/,
        fix: /maxUnavailable: 1, or run more pods/,
    },
    {
        finds: "a share of the pods that is all of them",
        edits: [],
        published: [inPlaceOfTraefik(traefikPods({}, {}, { replicas: 2 }), budget({ minAvailable: "51%" }))],
        file: "systems/traefik/release.yaml",
        line: "values:",
        problem: /lets none of 2 pods go \(minAvailable: 51%\)/,
        fix: /maxUnavailable: 1/,
    },
    {
        finds: "the same of the tree",
        edits: [
            {
                file: "systems/podinfo/disruption-budget.yaml",
                from: "maxUnavailable: 1",
                to: "maxUnavailable: 0",
            },
        ],
        line: "maxUnavailable: 0",
        problem: /PodDisruptionBudget podinfo\/podinfo lets none of \d+ pods go \(maxUnavailable: 0\)/,
        fix: /maxUnavailable: 1/,
    },
    {
        accepts: "a budget of a chart that lets a pod go",
        edits: [],
        published: [inPlaceOfTraefik(traefikPods({}, {}, { replicas: 2 }), budget({ minAvailable: "50%" }))],
    },
]);
