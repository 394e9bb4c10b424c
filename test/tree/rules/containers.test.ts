import { describeRule, type Example } from "../../support/rule-examples";

const file = "systems/podinfo/deployment.yaml";

const lacks = (setting: string, from: string | RegExp, to: string, line: string, fix: RegExp): Example => ({
    finds: `a container with ${to === "" ? "no" : "a bad"} ${setting}`,
    edits: [{ file, from, to }],
    line,
    problem: new RegExp(
        `Deployment podinfo/podinfo has container podinfo without a fitting ${setting.replaceAll(".", "\\.")}`,
    ),
    fix,
});

describeRule("containers", [
    lacks("readinessProbe", /^ {10}readinessProbe:\n( {12}.*\n)+/m, "", "- name: podinfo", /once it can serve/),
    lacks("livenessProbe", /^ {10}livenessProbe:\n( {12}.*\n)+/m, "", "- name: podinfo", /as long as it is alive/),
    lacks("resources.requests.cpu", /^ {14}cpu: .*\n/m, "", "requests:", /scheduler/),
    lacks(
        "resources.requests.memory",
        /(requests:\n {14}cpu: .*\n) {14}memory: .*\n/,
        "requests:\n              cpu: 50m\n",
        "requests:",
        /scheduler/,
    ),
    lacks("resources.limits.memory", /^ {12}limits:\n {14}memory: .*\n/m, "", "resources:", /before it is restarted/),
    lacks(
        "securityContext.allowPrivilegeEscalation",
        "Escalation: false",
        "Escalation: true",
        "Escalation: true",
        /: false/,
    ),
    lacks("securityContext.capabilities.drop", "- ALL", "- KILL", "drop:", /drop: \[ALL\]/),
    lacks("securityContext.runAsNonRoot", /^ +runAsNonRoot: true\n/m, "", "securityContext:", /runAsNonRoot: true/),
    lacks("securityContext.seccompProfile", /^ +seccompProfile:\n.*\n/m, "", "securityContext:", /RuntimeDefault/),
    {
        finds: "a careless container of a job",
        edits: [
            { file: "systems/podinfo/kustomization.yaml", from: "resources:\n", to: "resources:\n  - job.yaml\n" },
            { file: "systems/podinfo/job.yaml", text: cronJob() },
        ],
        file: "systems/podinfo/job.yaml",
        line: "- name: clean",
        problem: /CronJob podinfo\/clean has container clean without a fitting resources\.limits\.memory/,
        fix: /./,
    },
]);

function cronJob(): string {
    const head = "apiVersion: batch/v1\nkind: CronJob\nmetadata:\n  name: clean\n  namespace: podinfo\nspec:\n";
    const pod =
        "          restartPolicy: Never\n          containers:\n            - name: clean\n              image: a:1.2.3\n";
    return `${head}  schedule: "@daily"\n  jobTemplate:\n    spec:\n      template:\n        spec:\n${pod}`;
}
