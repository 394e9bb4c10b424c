import { describeRule } from "../../support/rule-examples";

const secretVars = "clusters/production/secret-vars.sops.yaml";

describeRule("variables", [
    {
        finds: "a variable that the program does not provide",
        edits: [{ file: "systems/velero/identity.yaml", from: "velero_client_id", to: "velero_clientid" }],
        line: "${velero_clientid}",
        problem: /\$\{velero_clientid\} is not produced by the program/,
        fix: /ClusterVars in components\/gitops\/flux\/cluster-vars\.ts/,
    },
    {
        finds: "a variable that the program provides and nothing uses",
        edits: [{ file: "systems/velero/identity.yaml", from: "${velero_client_id}", to: "none" }],
        file: "../components/gitops/flux/cluster-vars.ts",
        line: "",
        problem: /ClusterVars\.velero_client_id: nothing in gitops\/ uses \$\{velero_client_id\}/,
        fix: /remove it, or use it/,
    },
    {
        finds: "a secret variable that neither the program nor the environments provide",
        edits: [{ file: "systems/dapr/password.yaml", from: "valkey_password", to: "valkey_pasword" }],
        line: "${valkey_pasword}",
        problem: /\$\{valkey_pasword\} is not produced by the program/,
        fix: /ClusterVars/,
    },
    {
        finds: "a secret variable that one environment lacks",
        edits: [{ file: secretVars, from: "valkey_password:", to: "valkey_token:" }],
        line: "apiVersion",
        problem: /has no valkey_password, which gitops\/systems\/dapr\/password\.yaml:7 uses/,
        fix: /npm run secret -- set production secret-vars valkey_password/,
    },
    {
        finds: "a secret variable that nothing uses",
        edits: [{ file: secretVars, from: "valkey_password:", to: "valkey_token:" }],
        line: "valkey_token:",
        problem: /nothing in gitops\/ uses \$\{valkey_token\}/,
        fix: /remove it, or use it/,
    },
    {
        finds: "a secret variable that has the name of one of the program's",
        edits: [{ file: secretVars, from: "valkey_password:", to: "domain:" }],
        line: "domain:",
        problem: /domain is a variable of the program's as well/,
        fix: /call it otherwise/,
    },
    {
        finds: "a secret variable of a name that Flux refuses",
        edits: [{ file: secretVars, from: "valkey_password:", to: "valkey-password:" }],
        line: "valkey-password:",
        problem: /valkey-password cannot be the name of a variable/,
        fix: /letters, digits/,
    },
]);
