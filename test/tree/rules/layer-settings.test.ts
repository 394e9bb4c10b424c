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
    {
        finds: "a layer that is built from another's artifact",
        edits: [
            { file, from: "kind: ExternalArtifact\n    name: infra", to: "kind: ExternalArtifact\n    name: apps" },
        ],
        line: "sourceRef:",
        problem: /sets sourceRef to \{"kind":"ExternalArtifact","name":"apps"\}/,
        fix: /"name":"infra"/,
    },
    {
        finds: "an artifact that does not say of which commit it is made",
        edits: [{ file: common, from: 'value: "@tree"', to: 'value: "@other"' }],
        line: "- op: add",
        problem: /ArtifactGenerator flux-system\/infra sets artifacts\.0\.originRevision to "@other"/,
        fix: /"@tree"/,
    },
    {
        finds: "a generator that calls its artifact otherwise",
        edits: [{ file, from: "- name: infra\n      copy", to: "- name: infre\n      copy" }],
        line: "name: infre",
        problem: /sets artifacts\.0\.name to "infre"/,
        fix: /"infra"/,
    },
    leftInAll("decryption", / +decryption:\n( {10}.*\n)+/, /sets decryption to nothing, not .*sops-gpg/),
    leftInAll(
        "postBuild",
        / +postBuild:\n( {10}.*\n)+[^]*?secret-vars }\n/,
        /sets postBuild to nothing, not .*cluster-vars/,
    ),
    {
        finds: "a layer with releases that leaves out what they have in common",
        edits: [{ file, from: "    - ../../policies/releases\n", to: "" }],
        line: "components:",
        problem: /sets components to \["\.\.\/\.\.\/clusters\/staging\/infra"\], not .*policies\/releases/,
        fix: /policies\/releases/,
    },
    {
        finds: "a layer that applies another's folder of the environment",
        edits: [{ file, from: "clusters/${environment}/infra\n", to: "clusters/${environment}/apps\n" }],
        line: "components:",
        problem: /sets components to .*clusters\/staging\/apps/,
        fix: /policies\/releases/,
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
