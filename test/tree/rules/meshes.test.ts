import { describeRule } from "../../support/rule-examples";

const linkerd = {
    file: "systems/istio/kustomization.yaml",
    from: "resources:\n",
    to: "resources:\n  - ../linkerd/linkerd-control-plane\n",
};

describeRule("meshes", [
    {
        finds: "a namespace that two meshes take",
        edits: [linkerd],
        file: "systems/podinfo/namespace.yaml",
        line: "linkerd.io/inject: enabled",
        problem: /Namespace podinfo takes namespace podinfo into linkerd, and Namespace podinfo takes it into istio/,
        fix: /take one of the two marks away/,
    },
    {
        accepts: "marks of both where one is there",
        edits: [
            { file: "systems/velero/namespace.yaml", from: "labels:\n", to: "labels:\n    istio-injection: enabled\n" },
        ],
    },
]);
