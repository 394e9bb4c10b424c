import { describeRule } from "../../support/rule-examples";

describeRule("release-records", [
    {
        finds: "a chart whose record no Secret holds",
        edits: [
            {
                file: "systems/prometheus-operator-crds/source.yaml",
                from: "oci://ghcr.io/prometheus-community/charts/prometheus-operator-crds",
                to: "oci://docker.io/envoyproxy/gateway-crds-helm",
            },
        ],
        file: "systems/prometheus-operator-crds/release.yaml",
        line: "name: prometheus-operator-crds",
        problem: /HelmRelease flux-system\/prometheus-operator-crds has a record of 173 % of what a Secret holds/,
        fix: /GitRepository with a Kustomization/,
    },
]);
