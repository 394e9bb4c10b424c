import { describeRule, type Example } from "../../support/rule-examples";

const file = "infra/base/traefik/release.yaml";
const strategy = "    strategy:\n      name: RetryOnFailure\n      retryInterval: 2m\n";

const wrong = (setting: string, from: string, to: string, line: string, fix: RegExp): Example => ({
    finds: `a wrong ${setting}`,
    edits: [{ file, from, to }],
    line,
    problem: new RegExp(`HelmRelease \\S+/traefik sets ${setting.replaceAll(".", "\\.")} to `),
    fix,
});

describeRule("releases", [
    wrong("spec.serviceAccountName", "  serviceAccountName: helm-controller\n", "", "spec:", /helm-controller/),
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
    wrong("spec.driftDetection.mode", "mode: enabled", "mode: warn", "mode: warn", /mode: enabled/),
    wrong("spec.interval", "interval: 30m", "interval: 5m", "interval: 5m", /interval: 30m/),
    wrong("spec.timeout", "  timeout: 10m\n", "", "spec:", /timeout: 10m/),
    wrong("spec.install", `  install:\n    crds: Create\n${strategy}`, "", "spec:", /remediation/),
    wrong(
        "spec.upgrade",
        `    crds: CreateReplace\n${strategy}`,
        "    crds: CreateReplace\n",
        "upgrade:",
        /remediateLastFailure/,
    ),
    {
        finds: "a chart with definitions that is rolled back",
        edits: [
            {
                file,
                from: `    crds: CreateReplace\n${strategy}`,
                to: "    crds: CreateReplace\n    remediation:\n      retries: 3\n",
            },
        ],
        line: "remediation:",
        problem: /brings definitions, and rolls them back when upgrade fails/,
        fix: /RetryOnFailure/,
    },
    {
        finds: "definitions in crds/ that are never upgraded",
        edits: [{ file, from: "    crds: CreateReplace\n", to: "" }],
        line: "upgrade:",
        problem: /never upgrades the definitions in the chart's crds\//,
        fix: /crds: CreateReplace/,
    },
]);
