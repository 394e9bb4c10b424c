import { describeRule } from "../../support/rule-examples";

describeRule("served-versions", [
    {
        finds: "a version that Kubernetes does not serve any more",
        edits: [{ file: "systems/podinfo/disruption-budget.yaml", from: "policy/v1", to: "policy/v1beta1" }],
        line: "apiVersion: policy/v1beta1",
        problem: /is of policy\/v1beta1 PodDisruptionBudget, which is not known to be served/,
        fix: /write apiVersion: policy\/v1/,
    },
    {
        finds: "a version that the oldest Kubernetes in use does not serve yet",
        edits: [
            {
                file: "tenants/policies/delivery.yaml",
                from: "kind: ValidatingAdmissionPolicyBinding",
                to: "kind: MutatingAdmissionPolicyBinding",
            },
        ],
        line: "apiVersion",
        problem: /which Kubernetes 1\.35 does not serve; 1\.36 is the first/,
        fix: /wait until no stack runs 1\.35/,
    },
    {
        finds: "a version that the installed Flux does not serve",
        edits: [
            { file: "systems/traefik/release.yaml", from: "toolkit.fluxcd.io/v2", to: "toolkit.fluxcd.io/v2beta1" },
        ],
        line: "apiVersion: helm.toolkit.fluxcd.io/v2beta1",
        problem: /v2beta1 HelmRelease, which the installed Flux does not serve/,
        fix: /write apiVersion: helm\.toolkit\.fluxcd\.io\/v2$/,
    },
    {
        finds: "a version that its chart does not serve",
        edits: [
            {
                file: "systems/external-secrets/key-vault.yaml",
                from: "external-secrets.io/v1",
                to: "external-secrets.io/v1alpha1",
            },
        ],
        line: "apiVersion: external-secrets.io/v1alpha1",
        problem: /is of external-secrets\.io\/v1alpha1, which its chart does not serve/,
        fix: /write apiVersion: external-secrets\.io\/v1$/,
    },
]);
