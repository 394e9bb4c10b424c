import { describeRule } from "../../support/rule-examples";

const configMap = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";

describeRule("systems", [
    {
        finds: "a file that its folder does not list",
        edits: [{ file: "systems/traefik/extra.yaml", text: configMap }],
        line: "apiVersion",
        problem: /systems\/traefik\/extra\.yaml is read by no kustomization/,
        fix: /add "- extra\.yaml" to systems\/traefik\/kustomization\.yaml, name it in layers\//,
    },
    {
        finds: "a file of a folder that nothing can list",
        edits: [{ file: "systems/redis/release.yaml", text: configMap }],
        line: "apiVersion",
        problem: /systems\/redis\/release\.yaml is read by no kustomization/,
        fix: /name it in layers\/<layer>\/kustomization\.yaml/,
    },
    {
        finds: "a file of an environment that none of its folders lists",
        edits: [{ file: "clusters/staging/extra.yaml", text: configMap }],
        line: "apiVersion",
        problem: /clusters\/staging\/extra\.yaml is read by no kustomization/,
        fix: /add "- \.\.\/extra\.yaml" to the resources of clusters\/staging\/<layer>\/kustomization\.yaml/,
    },
    {
        finds: "a line that is there twice",
        edits: [
            { file: "systems/traefik/kustomization.yaml", from: "- source.yaml", to: "- source.yaml\n  - source.yaml" },
        ],
        line: "- source.yaml",
        problem: /lists source\.yaml twice/,
        fix: /remove one/,
    },
    {
        accepts: "a system that no environment lists",
        edits: [{ file: "layers/caches/kustomization.yaml", from: "  - ../../systems/memcached\n", to: "" }],
    },
]);
