import { describeRule } from "../../support/rule-examples";

describeRule("builds", [
    {
        finds: "a file that is listed and not there",
        edits: [{ file: "systems/traefik/kustomization.yaml", from: "- release.yaml", to: "- releases.yaml" }],
        line: "- releases.yaml",
        problem: /names systems\/traefik\/releases\.yaml, which does not exist/,
        fix: /correct the name/,
    },
    {
        finds: "a file that is no YAML",
        edits: [
            {
                file: "systems/traefik/release.yaml",
                from: "  targetNamespace: traefik",
                to: "    targetNamespace: traefik",
            },
        ],
        line: "releaseName",
        problem: /is no YAML/,
        fix: /indentation/,
    },
    {
        finds: "an overlay that lists a file which is not there",
        edits: [
            {
                file: "clusters/staging/dns/kustomization.yaml",
                from: "external-dns/release-staging.yaml",
                to: "external-dns/release-stagin.yaml",
            },
        ],
        line: "release-stagin.yaml",
        problem: /dns\/kustomization\.yaml names systems\/external-dns\/release-stagin\.yaml, which does not exist/,
        fix: /correct the name/,
    },
    {
        finds: "a folder that is listed and has no kustomization.yaml",
        edits: [
            { file: "layers/tenants/kustomization.yaml", from: "resources:\n", to: "resources:\n  - ../../policies\n" },
        ],
        line: "../../policies",
        problem: /names policies, which has no kustomization\.yaml/,
        fix: /write one/,
    },
    {
        finds: "what kustomize refuses, at the line that names it",
        edits: [
            { file: "systems/traefik/kustomization.yaml", from: "resources:\n", to: "resources:\n  - gateway.yaml\n" },
            {
                file: "layers/infra/kustomization.yaml",
                from: "resources:\n",
                to: "resources:\n  - ../../systems/traefik/gateway.yaml\n",
            },
        ],
        file: "layers/infra/kustomization.yaml",
        line: "",
        problem: /layers\/infra does not build: .*may not add resource with an already registered id/,
        fix: /correct it/,
    },
    {
        finds: "an environment without the folder that a layer applies",
        edits: [{ file: "clusters/staging/dns/kustomization.yaml", text: undefined }],
        line: "",
        problem: /clusters\/staging\/dns has no kustomization\.yaml/,
        fix: /kind Component/,
    },
    {
        finds: "a path without a kustomization.yaml",
        edits: [{ file: "clusters/base/infra.yaml", from: "./layers/infra", to: "./layers/infr" }],
        line: "path: ./layers/infr",
        problem: /layers\/infr has no kustomization\.yaml/,
        fix: /correct the path/,
    },
    {
        finds: "an error in a system that no environment lists",
        edits: [{ file: "tenants/team-example/kustomization.yaml", from: "- limits.yaml", to: "- limit.yaml" }],
        line: "- limit.yaml",
        problem: /names tenants\/team-example\/limit\.yaml, which does not exist/,
        fix: /correct the name/,
    },
    {
        finds: "an error in a layer that no environment lists",
        edits: [{ file: "layers/third-party/kustomization.yaml", from: "systems/new-relic", to: "systems/new-relik" }],
        line: "systems/new-relik",
        problem: /names systems\/new-relik, which does not exist/,
        fix: /correct the name/,
    },
    {
        finds: "a variable that the program does not provide, in a patch",
        edits: [{ file: "systems/external-dns/release-staging.yaml", from: /$/, to: "\n    txtOwnerId: ${cluster}\n" }],
        line: "${cluster}",
        problem: /variable cluster has no value/,
        fix: /add it to ClusterVars .* \$\$\{cluster\}/,
    },
    {
        finds: "a string function rather than guess at it",
        edits: [{ file: "systems/velero/identity.yaml", from: "${velero_client_id}", to: "${velero_client_id^^}" }],
        line: "${velero_client_id^^}",
        problem: /\$\{velero_client_id\^\^\} is not a plain variable/,
        fix: /two dollars/,
    },
    {
        finds: "a secret variable in a layer that does not take the Secret",
        edits: [{ file: "clusters/base/kustomization.yaml", from: "name: caches|dapr-config", to: "name: caches" }],
        file: "systems/dapr/password.yaml",
        line: "${valkey_password}",
        problem: /variable valkey_password has no value: the layer does not take Secret secret-vars/,
        fix: /clusters\/base\/kustomization\.yaml/,
    },
]);
