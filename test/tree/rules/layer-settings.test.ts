import { describeRule, type Example } from "../../support/rule-examples";

const file = "clusters/base/infra.yaml";
const common = "clusters/base/kustomization.yaml";

const left = (setting: string, from: string, problem: RegExp): Example => ({
    finds: `a layer without ${setting}`,
    edits: [{ file, from, to: "" }],
    line: "spec:",
    problem,
    fix: new RegExp(setting),
});

/** What all layers have in common is missing in each of them. */
const leftInAll = (setting: string, from: string | RegExp, problem: RegExp): Example => ({
    ...left(setting, "", problem),
    edits: [{ file: common, from, to: "" }],
    file,
});

describeRule("layer-settings", [
    left("timeout", "  timeout: 15m\n", /Kustomization flux-system\/infra does not set timeout/),
    left("retryInterval", "  retryInterval: 1m\n", /does not set retryInterval/),
    left("prune", "  prune: true\n", /does not set prune/),
    leftInAll("interval", "        interval: 10m\n", /does not set interval/),
    leftInAll("serviceAccountName", /.*serviceAccountName: .*\n/, /sets serviceAccountName to nothing/),
    leftInAll("sourceRef", / +sourceRef:\n( {10}.*\n)+/, /sets sourceRef to nothing/),
    leftInAll("decryption", / +decryption:\n( {10}.*\n)+/, /sets decryption to nothing, not .*sops-gpg/),
    leftInAll("postBuild", / +postBuild:\n( {10}.*\n)+/, /sets postBuild to nothing, not .*cluster-vars/),
    {
        finds: "a layer that leaves the environment's overlay out",
        edits: [{ file: common, from: /.*overlay\n/, to: "" }],
        line: "components:",
        problem: /sets components to \["\.\.\/\.\.\/policies\/releases"\], not .*clusters\/staging\/overlay/,
        fix: /clusters\/staging\/overlay/,
    },
    {
        finds: "a layer that orders applying but not readiness",
        edits: [{ file, from: "wait: true", to: "wait: false" }],
        line: "wait: false",
        problem: /neither waits nor has health checks/,
        fix: /wait: true/,
    },
    {
        finds: "a layer that reads another layer's folder",
        edits: [{ file, from: "./layers/infra", to: "./layers/apps" }],
        line: "path: ./layers/apps",
        problem: /sets path to "\.\/layers\/apps", not "\.\/layers\/infra"/,
        fix: /layers\/infra/,
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
            { file: "layers/canary/kustomization.yaml", from: /patches:[^]*/, to: "resources: []\nnameSuffix: a\n" },
        ],
        file: "clusters/base/canary.yaml",
        line: "path: ./layers/canary",
        problem: /has no objects/,
        fix: /list a system in layers\/canary/,
    },
]);
