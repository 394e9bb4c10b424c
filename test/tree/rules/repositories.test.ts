import { describeRule } from "../../support/rule-examples";

const file = "systems/gateway-api/source.yaml";

describeRule("repositories", [
    {
        finds: "another tag than the one that the facts are of",
        edits: [{ file, from: "tag: v1.6.1", to: "tag: v1.5.0" }],
        line: "ref:",
        problem:
            /GitRepository flux-system\/gateway-api takes v1\.5\.0, and packages\/facts\/repositories\/gateway-api\.yaml/,
        fix: /tag: v1\.6\.1/,
    },
    {
        finds: "a branch, which moves",
        edits: [{ file, from: "tag: v1.6.1", to: "branch: main" }],
        line: "ref:",
        problem: /takes no tag/,
        fix: /tag: v1\.6\.1/,
    },
    {
        finds: "a repository that nothing is known of",
        edits: [{ file, from: "kubernetes-sigs/gateway-api", to: "kubernetes-sigs/gateway-apis" }],
        line: "url:",
        problem: /names a repository that nothing is known of/,
        fix: /add it to packages\/facts\/repositories/,
    },
    {
        finds: "a source that does not exist",
        edits: [{ file, from: "  name: gateway-api\n", to: "  name: gateway\n" }],
        file: "systems/gateway-api/definitions.yaml",
        line: "    name: gateway-api",
        problem: /Kustomization flux-system\/gateway-api has no source GitRepository gateway-api/,
        fix: /write one beside it/,
    },
    {
        finds: "definitions that would be pruned",
        edits: [{ file: "systems/gateway-api/definitions.yaml", from: "prune: false", to: "prune: true" }],
        line: "prune: true",
        problem: /would take every object of their kinds along/,
        fix: /prune: false/,
    },
]);
