import { describeRule } from "../../support/rule-examples";

const file = "systems/plugin-barman-cloud/release.yaml";
const first = "    priorityClassName: platform-critical\n";

describeRule("single-pods", [
    {
        finds: "several pods where only the leader becomes ready",
        edits: [{ file, from: first, to: `${first}    replicaCount: 2\n` }],
        line: "replicaCount: 2",
        problem: /HelmRelease flux-system\/plugin-barman-cloud makes 2 pods by replicaCount, of which only the leader/,
        fix: /replicaCount: 1/,
    },
    { accepts: "one pod", edits: [{ file, from: first, to: `${first}    replicaCount: 1\n` }] },
]);
