import { describeRule } from "../../support/rule-examples";

describeRule("dependencies", [
    {
        finds: "a layer that waits for what it does not need",
        edits: [
            { file: "clusters/base/apps.yaml", from: "dependsOn:\n", to: "dependsOn:\n    - name: observability\n" },
        ],
        line: "name: observability",
        problem: /Kustomization flux-system\/apps waits for observability, of which nothing in it needs anything/,
        fix: /take the dependency away/,
    },
    {
        finds: "a layer that takes a Secret before it is known that Secrets can be decrypted",
        edits: [{ file: "clusters/base/apps.yaml", from: "    - name: canary\n", to: "" }],
        line: "dependsOn:",
        problem: /takes a Secret and does not wait for canary/,
        fix: /add "- name: canary" to dependsOn in clusters\/base\/apps\.yaml/,
    },
    {
        finds: "a layer that takes secret variables before the layer that makes them",
        edits: [{ file: "clusters/base/dapr-config.yaml", from: "    - name: canary\n", to: "" }],
        line: "dependsOn:",
        problem: /Kustomization flux-system\/dapr-config takes a Secret and does not wait for canary/,
        fix: /add "- name: canary"/,
    },
]);
