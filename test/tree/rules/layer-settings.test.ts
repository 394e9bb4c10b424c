import { describeRule, type Example } from "../../support/rule-examples";

const file = "clusters/staging/infra.yaml";
const decryption = "  decryption:\n    provider: sops\n    secretRef:\n      name: sops-gpg\n";
const postBuild = "  postBuild:\n    substituteFrom:\n      - kind: ConfigMap\n        name: cluster-vars\n";
const sourceRef = "  sourceRef:\n    kind: GitRepository\n    name: flux-system\n";

const left = (setting: string, from: string, problem: RegExp): Example => ({
    finds: `a layer without ${setting}`,
    edits: [{ file, from, to: "" }],
    line: "spec:",
    problem,
    fix: new RegExp(setting),
});

describeRule("layer-settings", [
    left("interval", "  interval: 10m\n", /Kustomization flux-system\/infra does not set interval/),
    left("timeout", "  timeout: 15m\n", /does not set timeout/),
    left("retryInterval", "  retryInterval: 1m\n", /does not set retryInterval/),
    left("prune", "  prune: true\n", /does not set prune/),
    left("serviceAccountName", "  serviceAccountName: kustomize-controller\n", /sets serviceAccountName to nothing/),
    left("sourceRef", sourceRef, /sets sourceRef to nothing/),
    left("decryption", decryption, /sets decryption to nothing, not .*sops-gpg/),
    left("postBuild", postBuild, /sets postBuild to nothing, not .*cluster-vars/),
    {
        finds: "a layer that orders applying but not readiness",
        edits: [{ file, from: "wait: true", to: "wait: false" }],
        line: "wait: false",
        problem: /neither waits nor has health checks/,
        fix: /wait: true/,
    },
    {
        finds: "a layer that reads another layer's folder",
        edits: [{ file, from: "./infra/staging", to: "./apps/staging" }],
        line: "path: ./apps/staging",
        problem: /sets path to "\.\/apps\/staging", not "\.\/infra\/staging"/,
        fix: /infra\/staging/,
    },
    {
        finds: "a layer in another namespace",
        edits: [{ file, from: "namespace: flux-system", to: "namespace: default" }],
        line: "namespace: default",
        problem: /sets metadata\.namespace to "default"/,
        fix: /"flux-system"/,
    },
    {
        finds: "a layer that holds nothing",
        edits: [
            { file: "canary/staging/kustomization.yaml", from: /resources:[^]*/, to: "resources: [../base]\n" },
            { file: "canary/base/kustomization.yaml", text: "resources: []\nconfigMapGenerator: []\nnameSuffix: a\n" },
        ],
        file: "clusters/staging/canary.yaml",
        line: "path: ./canary/staging",
        problem: /has no objects/,
        fix: /list a system in canary\/staging/,
    },
]);
