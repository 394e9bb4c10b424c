import { describeRule, type Example } from "../../support/rule-examples";

const rules = [
    { apiGroups: ["*"], resources: ["configmaps"], verbs: ["get"] },
    { apiGroups: [""], resources: ["*"], verbs: ["get"] },
    { apiGroups: [""], resources: ["configmaps"], verbs: ["*"] },
    { apiGroups: ["rbac.authorization.k8s.io"], resources: ["roles"], verbs: ["escalate"] },
    { apiGroups: ["rbac.authorization.k8s.io"], resources: ["clusterroles"], verbs: ["bind"] },
    { apiGroups: [""], resources: ["serviceaccounts"], verbs: ["impersonate"] },
    { apiGroups: [""], resources: ["serviceaccounts/token"], verbs: ["create"] },
    { apiGroups: [""], resources: ["resourcequotas"], verbs: ["update"] },
    { apiGroups: ["networking.k8s.io"], resources: ["networkpolicies"], verbs: ["create"] },
];

describeRule(
    "tenant-role",
    rules.map((rule): Example => {
        const text = `  - ${JSON.stringify(rule)}\n`;
        const may = `may ${rule.verbs.join()} ${rule.resources.join()} of group "${rule.apiGroups.join()}"`;
        return {
            finds: `the right to ${may.replace("may ", "")}`,
            edits: [{ file: "tenants/cluster-role.yaml", from: "rules:\n", to: `rules:\n${text}` }],
            line: text.trim(),
            problem: new RegExp(may.replace(/[*/]/g, "\\$&")),
            fix: /take the rule away/,
        };
    }),
);
