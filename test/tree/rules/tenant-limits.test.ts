import { describeRule, type Example } from "../../support/rule-examples";

const file = "tenants/team-example/limits.yaml";

const uncounted = (kind: string): Example => ({
    finds: `a quota that does not count ${kind}`,
    edits: [{ file, from: new RegExp(` {4}(count/)?${kind}: .*\n`), to: "" }],
    line: "hard:",
    problem: new RegExp(`ResourceQuota team-example/team does not count ${kind}, which a tenant may make`),
    fix: new RegExp(`add count/${kind}`),
});

describeRule("tenant-limits", [
    ...["pods", "configmaps", "deployments.apps", "replicasets.apps", "httproutes.gateway.networking.k8s.io"].map(
        uncounted,
    ),
    {
        finds: "a kind that the role gains and no quota counts",
        edits: [
            {
                file: "tenants/cluster-role.yaml",
                from: "rules:\n",
                to: "rules:\n  - { apiGroups: [coordination.k8s.io], resources: [leases], verbs: [create] }\n",
            },
        ],
        file,
        line: "hard:",
        problem: /does not count leases\.coordination\.k8s\.io/,
        fix: /add count\/leases\.coordination\.k8s\.io/,
    },
    ...["requests", "limits"].map((part): Example => ({
        finds: `a quota without ${part} of disk`,
        edits: [{ file, from: new RegExp(`.*${part}\\.ephemeral-storage.*\n`), to: "" }],
        line: "hard:",
        problem: new RegExp(`sets no ${part}\\.ephemeral-storage`),
        fix: /ephemeral-storage: 10Gi/,
    })),
    ...["ingresses.networking.k8s.io", "certificates.cert-manager.io"].map((kind): Example => ({
        finds: `a quota that lets a tenant have ${kind}`,
        edits: [{ file, from: `count/${kind}: "0"`, to: `count/${kind}: "5"` }],
        line: "hard:",
        problem: new RegExp(`lets a tenant have ${kind}, each of which may take a certificate`),
        fix: new RegExp(`count/${kind}: "0"`),
    })),
    {
        finds: "a container without a limit of disk",
        edits: [{ file, from: "ephemeral-storage: 256Mi", to: "cpu: 100m" }],
        line: "limits:",
        problem: /gives a container that states none no ephemeral-storage \(default\)/,
        fix: /add ephemeral-storage to default/,
    },
]);
