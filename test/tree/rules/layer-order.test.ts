import { describeRule } from "../../support/rule-examples";

describeRule("layer-order", [
    {
        finds: "a dependency on a layer that does not exist",
        edits: [{ file: "clusters/base/infra-config.yaml", from: "- name: infra\n", to: "- name: infre\n" }],
        line: "- name: infre",
        problem: /infra-config depends on infre, which does not exist/,
        fix: /did you mean infra\?/,
    },
    {
        finds: "a dependency on a layer that is not listed",
        edits: [{ file: "clusters/base/infra-config.yaml", from: "- name: infra\n", to: "- name: third-party\n" }],
        line: "- name: third-party",
        problem: /infra-config depends on third-party, which is not listed/,
        fix: /./,
    },
    {
        finds: "a dependency of a layer that is not listed, on one that does not exist",
        edits: [{ file: "clusters/base/third-party.yaml", from: "- name: security", to: "- name: securiti" }],
        line: "- name: securiti",
        problem: /third-party depends on securiti, which does not exist/,
        fix: /did you mean security\?/,
    },
    {
        finds: "a circle",
        edits: [
            {
                file: "clusters/base/namespaces.yaml",
                from: "spec:\n",
                to: "spec:\n  dependsOn:\n    - name: infra\n",
            },
        ],
        line: "dependsOn:",
        problem: /namespaces depends on itself/,
        fix: /out of the circle .*identities, infra/,
    },
]);
