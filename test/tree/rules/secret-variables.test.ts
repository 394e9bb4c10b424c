import { type Counterexample, describeRule, type Example } from "../../support/rule-examples";

const common = "clusters/base/kustomization.yaml";
const users = "name: caches|dapr-config";
const password = "systems/dapr/password.yaml";

/** The variable where it would stand in plain text. */
const exposed = (finds: string, file: string, from: string, to: string): Example => ({
    finds,
    edits: [{ file, from, to }],
    line: "${valkey_password}",
    problem: /has \$\{valkey_password\}, which is secret, where whoever may read the object reads it/,
    fix: /stringData of a Secret/,
});

const accepted: Counterexample = {
    accepts: "a Secret that puts the variable into an address",
    edits: [
        {
            file: password,
            from: "password: ${valkey_password}",
            to: "password: ${valkey_password}\n  url: redis://default:${valkey_password}@valkey.valkey:6379",
        },
    ],
};

describeRule("secret-variables", [
    exposed(
        "a secret variable in the environment of a container",
        "systems/dapr/counter.yaml",
        "          volumeMounts:",
        "          env: [{ name: PASSWORD, value: '${valkey_password}' }]\n          volumeMounts:",
    ),
    exposed(
        "one in the values of a release",
        "systems/valkey/release.yaml",
        "existingSecret: valkey",
        "password: ${valkey_password}",
    ),
    exposed(
        "one in a Secret's metadata",
        password,
        "  namespace: podinfo",
        "  namespace: podinfo\n  annotations: { of: '${valkey_password}' }",
    ),
    {
        finds: "one that kustomize copies out of a Secret",
        edits: [
            {
                file: "layers/dapr-config/kustomization.yaml",
                from: "resources:",
                to: "replacements:\n  - source: { kind: Secret, fieldPath: stringData.password }\n    targets:\n      - select: { kind: Deployment }\n        fieldPaths: [spec.template.metadata.annotations.copied]\n        options: { create: true }\nresources:",
            },
        ],
        file: "systems/dapr/counter.yaml",
        line: "annotations:",
        problem: /Deployment podinfo\/counter has \$\{valkey_password\}, which is secret/,
        fix: /stringData of a Secret/,
    },
    accepted,
    {
        finds: "a layer that takes secret variables and uses none",
        edits: [{ file: common, from: users, to: "name: caches|dapr-config|dns" }],
        line: "- op: add",
        problem:
            /Kustomization flux-system\/dns substitutes from .*secret-vars, of which nothing in it uses a variable/,
        fix: /clusters\/base\/kustomization\.yaml/,
    },
    {
        finds: "a Secret that Flux does not watch",
        edits: [{ file: "clusters/staging/secret-vars.sops.yaml", from: "reconcile.fluxcd.io/watch", to: "watch" }],
        line: "labels:",
        problem: /Secret flux-system\/secret-vars has no label reconcile\.fluxcd\.io\/watch/,
        fix: /reconcile\.fluxcd\.io\/watch: Enabled/,
    },
    {
        finds: "a Secret that no layer makes",
        edits: [
            {
                file: "layers/canary/kustomization.yaml",
                from: "  - target: { kind: Secret, name: secret-vars }\n    path: ../take-secret.yaml\n",
                to: "",
            },
        ],
        file: common,
        line: "- op: add",
        problem: /Kustomization flux-system\/caches substitutes from .*secret-vars, which layer canary does not make/,
        fix: /layers\/canary/,
    },
]);
