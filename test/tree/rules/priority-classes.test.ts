import { describeRule } from "../../support/rule-examples";

describeRule("priority-classes", [
    {
        finds: "a class in values that no layer makes",
        edits: [
            {
                file: "systems/traefik/release.yaml",
                from: "priorityClassName: platform-critical",
                to: "priorityClassName: platform-criticl",
            },
        ],
        line: "priorityClassName: platform-criticl",
        problem: /needs PriorityClass platform-criticl, which no layer makes/,
        fix: /did you mean PriorityClass platform-critical\?/,
    },
    {
        finds: "a class of a pod that comes with a layer that it does not wait for",
        edits: [{ file: "clusters/base/infra.yaml", from: "    - name: security\n", to: "" }],
        file: "systems/traefik/release.yaml",
        line: "priorityClassName: platform-critical",
        problem: /which layer security makes, not one before infra/,
        fix: /add "- name: security" to dependsOn in clusters\/base\/infra\.yaml/,
    },
]);
