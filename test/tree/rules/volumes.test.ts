import { describeRule } from "../../support/rule-examples";

describeRule("volumes", [
    {
        finds: "a claim in a namespace that the daily backup leaves out, without a reason",
        edits: [
            {
                file: "systems/kube-prometheus-stack/namespace.yaml",
                from: /    landfall\/not-backed-up: .*\n/,
                to: '    landfall/not-backed-up: ""\n',
            },
        ],
        file: "systems/jaeger/volume.yaml",
        line: "namespace: monitoring",
        problem: /keeps a volume in monitoring, which Schedule velero\/daily leaves out/,
        fix: /say in annotation landfall\/not-backed-up of the Namespace why/,
    },
    {
        finds: "what a release makes claims of, in another such namespace",
        edits: [
            {
                file: "systems/velero/daily.yaml",
                from: "      - monitoring",
                to: "      - monitoring\n      - valkey",
            },
        ],
        file: "systems/valkey/release.yaml",
        line: "values:",
        problem: /makes StatefulSet valkey\/valkey, which keeps a volume in valkey/,
        fix: /back the namespace up/,
    },
    {
        finds: "a reason for what is backed up",
        edits: [{ file: "systems/velero/daily.yaml", from: "      - monitoring\n", to: "" }],
        file: "systems/kube-prometheus-stack/namespace.yaml",
        line: "landfall/not-backed-up",
        problem: /says why Namespace monitoring is not backed up/,
        fix: /remove the annotation/,
    },
]);
