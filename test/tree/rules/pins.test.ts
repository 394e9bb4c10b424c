import { describeRule } from "../../support/rule-examples";

describeRule("pins", [
    {
        finds: "a version of a mesh's charts that stands in two places",
        edits: [
            {
                file: "systems/istio/kustomization.yaml",
                from: /replacements:[^]*/,
                to: "",
            },
            { file: "systems/istio/istiod/source.yaml", from: "spec:\n", to: "spec:\n  ref: { tag: 1.30.3 }\n" },
        ],
        file: "systems/istio/istiod/source.yaml",
        line: "tag: 1.30.3",
        problem:
            /OCIRepository flux-system\/istiod pins version 1\.30\.3 of oci:\/\/registry\.istio\.io\/release\/charts, as systems\/istio\/istio-base\/source\.yaml:10 does/,
        fix: /by replacements/,
    },
    {
        finds: "a version of a chart that two releases pin",
        edits: [
            {
                file: "systems/alloy/events-release.yaml",
                from: /  chartRef:\n    kind: HelmChart\n    name: alloy\n/,
                to: "  chart:\n    spec:\n      chart: alloy\n      version: 1.11.1\n      sourceRef: { kind: HelmRepository, name: grafana }\n",
            },
        ],
        line: "version: 1.11.1",
        problem:
            /pins version 1\.11\.1 of https:\/\/grafana\.github\.io\/helm-charts, as systems\/alloy\/source\.yaml:19 does/,
        fix: /one HelmChart/,
    },
]);
