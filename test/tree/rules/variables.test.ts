import { describeRule } from "../../support/rule-examples";

describeRule("variables", [
    {
        finds: "a variable that the program does not provide",
        edits: [{ file: "systems/velero/identity.yaml", from: "velero_client_id", to: "velero_clientid" }],
        line: "${velero_clientid}",
        problem: /\$\{velero_clientid\} is not produced by the program/,
        fix: /ClusterVars in components\/gitops\/cluster-vars\.ts/,
    },
    {
        finds: "a variable that the program provides and nothing uses",
        edits: [{ file: "systems/velero/identity.yaml", from: "${velero_client_id}", to: "none" }],
        file: "../components/gitops/flux/cluster-vars.ts",
        line: "",
        problem: /ClusterVars\.velero_client_id: nothing in gitops\/ uses \$\{velero_client_id\}/,
        fix: /remove it, or use it/,
    },
]);
