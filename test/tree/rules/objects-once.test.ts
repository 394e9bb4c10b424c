import { describeRule } from "../../support/rule-examples";

describeRule("objects-once", [
    {
        finds: "an object that two layers hold",
        edits: [
            {
                file: "layers/infra/kustomization.yaml",
                from: "resources:\n",
                to: "resources:\n  - ../../systems/velero/namespace.yaml\n",
            },
        ],
        file: "systems/velero/namespace.yaml",
        line: "name: velero",
        problem: /Namespace velero is in layer namespaces and, by systems\/velero\/namespace\.yaml, in layer infra/,
        fix: /keep one/,
    },
]);
