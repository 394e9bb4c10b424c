import { describeRule, type Example } from "../../support/rule-examples";

const file = "systems/traefik/release.yaml";
const common = "policies/releases/all.yaml";
const retry = "policies/releases/retry.yaml";

const wrong = (setting: string, from: string | RegExp, to: string, line: string, fix: RegExp, at = file): Example => ({
    finds: `a wrong ${setting}`,
    edits: [{ file: at, from, to }],
    file: to === "" ? file : at,
    line,
    problem: new RegExp(`HelmRelease \\S+/traefik sets ${setting.replaceAll(".", "\\.")} to `),
    fix,
});

describeRule("releases", [
    wrong("spec.serviceAccountName", "  serviceAccountName: helm-controller\n", "", "spec:", /helm-controller/, common),
    wrong("metadata.namespace", "namespace: flux-system", "namespace: traefik", "namespace: traefik", /flux-system/),
    wrong("spec.targetNamespace", "  targetNamespace: traefik\n", "", "spec:", /its objects are in/),
    wrong(
        "spec.storageNamespace",
        "storageNamespace: traefik",
        "storageNamespace: flux-system",
        "storageNamespace: flux-system",
        /storageNamespace: traefik/,
    ),
    wrong("spec.releaseName", "  releaseName: traefik\n", "", "spec:", /releaseName: traefik/),
    wrong("spec.driftDetection.mode", "mode: enabled", "mode: warn", "mode: warn", /mode: enabled/, common),
    wrong("spec.interval", "interval: 30m", "interval: 5m", "interval: 5m", /interval: 30m/, common),
    wrong("spec.timeout", "  timeout: 10m\n", "", "spec:", /timeout: 10m/, common),
    wrong("spec.install", /  install:\n( {4}.*\n)+/, "", "spec:", /remediation/, retry),
    wrong("spec.upgrade", /  upgrade:\n( {4}.*\n)+/, "", "upgrade:", /remediateLastFailure/, retry),
    {
        finds: "a chart with definitions that is rolled back",
        edits: [{ file, from: "metadata:\n", to: "metadata:\n  labels:\n    on-failure: roll-back\n" }],
        file: "policies/releases/roll-back.yaml",
        line: "remediation:",
        problem: /HelmRelease flux-system\/traefik brings definitions, and rolls them back when upgrade fails/,
        fix: /remove label on-failure: roll-back/,
    },
    {
        finds: "definitions in crds/ that are never upgraded",
        edits: [{ file, from: "    crds: CreateReplace\n", to: "" }],
        line: "upgrade:",
        problem: /never upgrades the definitions in the chart's crds\//,
        fix: /crds: CreateReplace/,
    },
    {
        finds: "an upgrade that replaces definitions which the software completes",
        edits: [{ file: "systems/dapr/release.yaml", from: "crds: Create\n", to: "crds: CreateReplace\n" }],
        line: "crds: CreateReplace",
        problem: /HelmRelease flux-system\/dapr replaces definitions that the chart's software has completed/,
        fix: /crds: Create \}/,
    },
]);
