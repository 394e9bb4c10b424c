import { describeRule } from "../../support/rule-examples";

describeRule("monitors", [
    {
        finds: "a release with a service monitor before its definition",
        edits: [{ file: "clusters/base/infra.yaml", from: "    - name: crds\n", to: "" }],
        file: "systems/cert-manager/release.yaml",
        line: "enabled: true",
        problem: /HelmRelease flux-system\/cert-manager makes a ServiceMonitor, which layer infra does not wait/,
        fix: /add "- name: crds" to dependsOn in clusters\/base\/infra\.yaml/,
    },
]);
