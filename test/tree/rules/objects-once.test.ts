import { describeRule } from "../../support/rule-examples";

describeRule("objects-once", [
    {
        finds: "an object that two layers hold",
        edits: [
            { file: "infra/base/kustomization.yaml", from: "resources:\n", to: "resources:\n  - velero.yaml\n" },
            {
                file: "infra/base/velero.yaml",
                text: "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: velero\n",
            },
        ],
        file: "namespaces/base/velero.yaml",
        line: "name: velero",
        problem: /Namespace velero is in layer namespaces and, by infra\/base\/velero\.yaml, in layer infra/,
        fix: /keep one/,
    },
]);
