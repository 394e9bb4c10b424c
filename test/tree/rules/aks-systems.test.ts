import { describeRule } from "../../support/rule-examples";

const file = "systems/external-dns/release.yaml";

describeRule("aks-systems", [
    {
        finds: "a release of what AKS runs already",
        edits: [{ file, from: "chart: external-dns", to: "chart: metrics-server" }],
        line: "name: external-dns",
        problem: /HelmRelease flux-system\/external-dns installs metrics-server, which AKS runs already/,
        fix: /remove the release/,
    },
    {
        accepts: "another release in kube-system",
        edits: [{ file, from: "targetNamespace: external-dns", to: "targetNamespace: kube-system" }],
    },
]);
