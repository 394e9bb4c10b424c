import { describeRule } from "../../support/rule-examples";

describeRule("pruning", [
    {
        finds: "namespaces that would be pruned",
        edits: [{ file: "clusters/base/namespaces.yaml", from: "prune: false", to: "prune: true" }],
        file: "systems/velero/namespace.yaml",
        line: "metadata:",
        problem: /Namespace velero would be pruned by layer namespaces, and take its volumes along/,
        fix: /kustomize\.toolkit\.fluxcd\.io\/prune: disabled/,
    },
    {
        finds: "a namespace in a system's folder that would be pruned",
        edits: [
            {
                file: "systems/traefik/kustomization.yaml",
                from: "resources:\n",
                to: "resources:\n  - namespace.yaml\n",
            },
            {
                file: "systems/traefik/namespace.yaml",
                text: "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: proxy\n",
            },
        ],
        file: "systems/traefik/namespace.yaml",
        line: "metadata:",
        problem: /Namespace proxy would be pruned by layer infra/,
        fix: /annotate it/,
    },
    {
        finds: "definitions that would be pruned with their release",
        edits: [{ file: "clusters/base/crds.yaml", from: "prune: false", to: "prune: true" }],
        file: "systems/prometheus-operator-crds/release.yaml",
        line: "metadata:",
        problem: /prometheus-operator-crds would be pruned by layer crds, and take its definitions/,
        fix: /prune: disabled/,
    },
    {
        finds: "definitions that a value no longer keeps",
        edits: [{ file: "systems/cert-manager/release.yaml", from: "keep: true", to: "keep: false" }],
        line: "metadata:",
        problem: /HelmRelease flux-system\/cert-manager would be pruned by layer infra/,
        fix: /crds\.keep/,
    },
]);
