import { describeRule } from "../../support/rule-examples";

describeRule("builds", [
    {
        finds: "a file that is listed and not there",
        edits: [{ file: "infra/base/traefik/kustomization.yaml", from: "- release.yaml", to: "- releases.yaml" }],
        line: "- releases.yaml",
        problem: /infra\/staging does not build: .*releases\.yaml/,
        fix: /kustomize build gitops\/infra\/staging/,
    },
    {
        finds: "a file that is no YAML",
        edits: [{ file: "infra/base/traefik/release.yaml", from: "  interval: 30m", to: "    interval: 30m" }],
        line: "timeout",
        problem: /is no YAML/,
        fix: /indentation/,
    },
    {
        finds: "a patch of an object that is not there",
        edits: [{ file: "infra/production/traefik-patch.yaml", from: "name: traefik", to: "name: traefic" }],
        file: "infra/production/kustomization.yaml",
        options: { environments: ["production"], meshes: ["istio"] },
        line: "",
        problem: /infra\/production does not build: .*traefic/,
        fix: /correct it/,
    },
    {
        finds: "a path without a kustomization.yaml",
        edits: [{ file: "clusters/staging/infra.yaml", from: "./infra/staging", to: "./infra/stagin" }],
        line: "path: ./infra/stagin",
        problem: /infra\/stagin has no kustomization\.yaml/,
        fix: /correct the path/,
    },
    {
        finds: "an error in a system that no environment lists",
        edits: [{ file: "tenants/base/team-example/kustomization.yaml", from: "- limits.yaml", to: "- limit.yaml" }],
        line: "- limit.yaml",
        problem: /tenants\/base\/team-example does not build/,
        fix: /kustomize build/,
    },
    {
        finds: "an error in a layer that no environment lists",
        edits: [{ file: "third-party/staging/kustomization.yaml", from: "../base", to: "../bas" }],
        line: "../bas",
        problem: /third-party\/staging does not build/,
        fix: /kustomize build/,
    },
    {
        finds: "a variable that the program does not provide, in a patch",
        edits: [{ file: "infra/staging/external-dns-patch.yaml", from: /$/, to: "\n    txtOwnerId: ${cluster}\n" }],
        line: "${cluster}",
        problem: /variable cluster has no value/,
        fix: /add it to ClusterVars .* \$\$\{cluster\}/,
    },
    {
        finds: "a string function rather than guess at it",
        edits: [{ file: "identities/base/velero.yaml", from: "${velero_client_id}", to: "${velero_client_id^^}" }],
        line: "${velero_client_id^^}",
        problem: /\$\{velero_client_id\^\^\} is not a plain variable/,
        fix: /two dollars/,
    },
]);
