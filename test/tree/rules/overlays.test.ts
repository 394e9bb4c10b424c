import { describeRule } from "../../support/rule-examples";

const overlay = "clusters/staging/dns/kustomization.yaml";

describeRule("overlays", [
    {
        finds: "a patch of an object that no layer has",
        edits: [{ file: overlay, from: "name: external-dns", to: "name: external-dnss" }],
        line: "external-dns/release-staging.yaml",
        problem: /has a patch of HelmRelease external-dnss, which layer dns does not have/,
        fix: /correct its target/,
    },
    {
        finds: "a patch without a target",
        edits: [{ file: overlay, from: "    target: { kind: HelmRelease, name: external-dns }\n", to: "" }],
        line: "external-dns/release-staging.yaml",
        problem: /has a patch without a target/,
        fix: /the mesh of another cluster lacks the object/,
    },
    {
        finds: "a Secret that no layer takes",
        edits: [
            { file: "layers/apps/kustomization.yaml", from: /patches:[^]*/, to: "" },
            { file: "systems/podinfo/kustomization.yaml", from: "  - deployment.yaml\n", to: "" },
        ],
        file: "clusters/staging/apps/kustomization.yaml",
        line: "../podinfo-credentials.sops.yaml",
        problem: /offers clusters\/staging\/podinfo-credentials\.sops\.yaml, which no layer takes/,
        fix: /add "- target: \{ kind: Secret, name: podinfo-credentials \}" .* layers\/<layer>\/kustomization\.yaml/,
    },
    {
        finds: "a patch of an object that another layer has",
        edits: [{ file: overlay, from: "name: external-dns", to: "name: cert-manager" }],
        line: "external-dns/release-staging.yaml",
        problem: /has a patch of HelmRelease cert-manager, which layer dns does not have/,
        fix: /correct its target/,
    },
    {
        finds: "a folder that no layer applies",
        edits: [
            {
                file: "clusters/staging/security/kustomization.yaml",
                text: "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nmetadata: { name: security }\n",
            },
        ],
        line: "",
        problem: /clusters\/staging\/security is applied by no layer/,
        fix: /components of clusters\/base\/security\.yaml, and to its copies .*clusters\/\$\{environment\}\/security/,
    },
    {
        accepts: "a patch of a mesh that another environment has",
        edits: [],
        options: { environments: ["production"], meshes: ["istio"] },
    },
]);
