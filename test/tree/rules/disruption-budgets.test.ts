import { describeRule } from "../../support/rule-examples";

const production = { environments: ["production"], meshes: ["istio"] };

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
]);
