import { describeRule } from "../../support/rule-examples";

const overlay = "clusters/staging/overlay/kustomization.yaml";

describeRule("overlays", [
    {
        finds: "a patch of an object that no layer has",
        edits: [{ file: overlay, from: "name: external-dns", to: "name: external-dnss" }],
        line: "external-dns/release-staging.yaml",
        problem: /has a patch of HelmRelease external-dnss, which no layer has/,
        fix: /correct its target/,
    },
    {
        finds: "a patch without a target",
        edits: [{ file: overlay, from: "    target: { kind: HelmRelease, name: external-dns }\n", to: "" }],
        line: "external-dns/release-staging.yaml",
        problem: /has a patch without a target/,
        fix: /layers without the object apply it too/,
    },
    {
        finds: "a Secret that no layer takes",
        edits: [
            { file: "layers/apps/kustomization.yaml", from: /patches:[^]*/, to: "" },
            { file: "systems/podinfo/kustomization.yaml", from: "  - deployment.yaml\n", to: "" },
        ],
        file: overlay,
        line: "../podinfo-credentials.sops.yaml",
        problem: /offers clusters\/staging\/podinfo-credentials\.sops\.yaml, which no layer takes/,
        fix: /add "- target: \{ kind: Secret, name: podinfo-credentials \}" .* layers\/<layer>\/kustomization\.yaml/,
    },
    {
        accepts: "a patch of a mesh that another environment has",
        edits: [],
        options: { environments: ["production"], meshes: ["istio"] },
    },
]);
