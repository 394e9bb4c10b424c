import { describeRule } from "../../support/rule-examples";

const file = "README.md";

describeRule("layer-table", [
    {
        finds: "a layer that the README leaves out",
        edits: [{ file, from: /^\| `crds` .*\n/m, to: "" }],
        line: "| layer",
        problem: /does not explain layer crds/,
        fix: /add a row: \| `crds` \|/,
    },
    {
        finds: "a layer that the README invents",
        edits: [{ file, from: /^\| `crds` /m, to: "| `ghosts` | ghosts | |\n| `crds` " }],
        line: "ghosts",
        problem: /explains ghosts, which does not exist/,
        fix: /remove its row/,
    },
    {
        finds: "an order that the README has wrong",
        edits: [{ file: "clusters/base/identities.yaml", from: "    - name: namespaces", to: "    - name: crds" }],
        file,
        line: "`identities`",
        problem: /says that identities comes after namespaces, not crds/,
        fix: /write `crds`/,
    },
]);
