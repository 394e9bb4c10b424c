import { describeRule } from "../../support/rule-examples";

const file = "systems/cert-manager/release.yaml";

describeRule("release-resources", [
    {
        finds: "a part of a chart without a limit",
        edits: [{ file, from: /(cainjector:\n[^]*?memory: 64Mi\n) {6} {2}limits:\n.*\n/, to: cainjector() }],
        line: "resources:",
        problem: /HelmRelease flux-system\/cert-manager has no limits\.memory in cainjector\.resources/,
        fix: /idle-parts\.ts/,
    },
    {
        finds: "a part that only the chart's defaults name",
        edits: [{ file, from: /^ {4}startupapicheck:\n( {6}.*\n)+/m, to: "" }],
        line: "values:",
        problem: /has no requests\.cpu, requests\.memory, limits\.memory in startupapicheck\.resources/,
        fix: /write them/,
    },
    {
        accepts: "a part that is turned off",
        edits: [
            { file, from: /^ {4}startupapicheck:\n( {6}.*\n)+/m, to: "    startupapicheck:\n      enabled: false\n" },
        ],
    },
]);

function cainjector(): string {
    const budget = "      podDisruptionBudget:\n        enabled: true\n        maxUnavailable: 1\n";
    return `cainjector:\n${budget}      resources:\n        requests:\n          cpu: 10m\n          memory: 64Mi\n`;
}
