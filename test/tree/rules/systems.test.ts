import { describeRule } from "../../support/rule-examples";

describeRule("systems", [
    {
        finds: "a file that its folder does not list",
        edits: [
            { file: "infra/base/traefik/extra.yaml", text: "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n" },
        ],
        line: "apiVersion",
        problem: /infra\/base\/traefik\/extra\.yaml is read by no kustomization/,
        fix: /add "- extra\.yaml" to infra\/base\/traefik\/kustomization\.yaml/,
    },
    {
        finds: "a system that is listed twice",
        edits: [{ file: "infra/base/kustomization.yaml", from: "resources:\n", to: "resources:\n  - traefik\n" }],
        line: "- traefik",
        problem: /lists traefik twice/,
        fix: /take one/,
    },
    {
        finds: "a system that is listed from another layer",
        edits: [
            {
                file: "infra-config/base/kustomization.yaml",
                from: "resources:\n",
                to: "resources:\n  - ../../crds/base/x\n",
            },
            { file: "crds/base/x/kustomization.yaml", text: "resources: [a.yaml]\n" },
            { file: "crds/base/x/a.yaml", text: "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n" },
        ],
        line: "- ../../crds/base/x",
        problem: /lists \.\.\/\.\.\/crds\/base\/x, which is not in infra-config\/base/,
        fix: /a folder directly in it/,
    },
    {
        finds: "a folder that nothing can list",
        edits: [
            { file: "infra/base/redis/release.yaml", text: "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n" },
        ],
        line: "apiVersion",
        problem: /infra\/base\/redis has no kustomization\.yaml/,
        fix: /write one/,
    },
    {
        accepts: "a system that no environment lists",
        edits: [{ file: "infra/base/kustomization.yaml", from: "  - traefik\n", to: "" }],
    },
]);
