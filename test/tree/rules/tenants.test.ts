import { describeRule, type Example } from "../../support/rule-examples";

const folder = "tenants/team-example";
const restricted = "pod-security.kubernetes.io/enforce";

const wrong = (
    finds: string,
    file: string,
    [from, to]: readonly [string | RegExp, string],
    line: string,
    problem: RegExp,
    fix = /./,
): Example => ({ finds, edits: [{ file: `${folder}/${file}`, from, to }], line, problem, fix });

/** A part that is called something else is a part that is missing. */
const without = (kind: string, file: string): Example => ({
    finds: `a tenant without ${kind}`,
    edits: [{ file: `${folder}/${file}`, from: `kind: ${kind}\n`, to: "kind: ConfigMap\n" }],
    file: `${folder}/namespace.yaml`,
    line: "name: team-example",
    problem: new RegExp(`Namespace team-example is a tenant's, which has no ${kind}`),
    fix: /copy it from tenants\/team-example/,
});

describeRule("tenants", [
    without("ServiceAccount", "access.yaml"),
    without("RoleBinding", "access.yaml"),
    without("ResourceQuota", "limits.yaml"),
    without("LimitRange", "limits.yaml"),
    without("NetworkPolicy", "network-policy.yaml"),
    without("GitRepository", "delivery.yaml"),
    without("Kustomization", "delivery.yaml"),
    wrong(
        "a lower pod security",
        "namespace.yaml",
        [`${restricted}: restricted`, `${restricted}: baseline`],
        restricted,
        /pod security that is not restricted/,
        /: restricted/,
    ),
    wrong(
        "a namespace that is no tenant's",
        "namespace.yaml",
        ["tenant: team-example", "tenant: other"],
        "tenant: other",
        /is not labelled as the tenant's/,
    ),
    wrong(
        "a namespace that is pruned",
        "namespace.yaml",
        [/.*prune: disabled\n/, "    a: b\n"],
        "annotations:",
        /would be pruned with its volumes/,
        /prune: disabled/,
    ),
    wrong(
        "a wider role",
        "access.yaml",
        ["name: tenant", "name: cluster-admin"],
        "name: cluster-admin",
        /binds cluster-admin, not tenant/,
        /name: tenant/,
    ),
    wrong(
        "another subject",
        "access.yaml",
        [/- kind: ServiceAccount\n(\s+)name: flux/, "- kind: Group\n    name: all"],
        "- kind: Group",
        /binds its role to Group all/,
        /service accounts of team-example/,
    ),
    wrong(
        "the platform's account",
        "delivery.yaml",
        ["serviceAccountName: flux", "serviceAccountName: kustomize-controller"],
        "serviceAccountName: kustomize-controller",
        /acts as kustomize-controller/,
        /serviceAccountName: flux/,
    ),
    wrong(
        "no account",
        "delivery.yaml",
        [/.*serviceAccountName: flux\n/, ""],
        "spec:",
        /acts as undefined/,
        /serviceAccountName: flux/,
    ),
    wrong(
        "no target namespace",
        "delivery.yaml",
        [/.*targetNamespace: .*\n/, ""],
        "spec:",
        /applies to undefined, not to team-example/,
        /targetNamespace: team-example/,
    ),
    wrong(
        "decryption",
        "delivery.yaml",
        ["  prune: true", "  decryption:\n    provider: sops\n  prune: true"],
        "decryption:",
        /decrypts, which is for the platform alone/,
    ),
    wrong(
        "the fleet repository",
        "delivery.yaml",
        [/sourceRef:\n/, "sourceRef:\n    namespace: flux-system\n"],
        "namespace: flux-system",
        /has a source of flux-system/,
    ),
    wrong(
        "no pruning",
        "delivery.yaml",
        ["prune: true", "prune: false"],
        "prune: false",
        /does not prune/,
        /prune: true/,
    ),
    wrong("no timeout", "delivery.yaml", [/ {2}timeout: [^]*?\n(?= {2}\w)/, ""], "", /has no timeout/, /timeout: 5m/),
    wrong(
        "an open network",
        "network-policy.yaml",
        [/policyTypes:[^]*?(?=\n {2}\w)/, "policyTypes: [Ingress]"],
        "policyTypes",
        /does not deny in both directions/,
        /Egress/,
    ),
    wrong(
        "a network of some pods",
        "network-policy.yaml",
        ["podSelector: {}\n  policyTypes", "podSelector: {matchLabels: {a: b}}\n  policyTypes"],
        "policyTypes",
        /for every pod/,
    ),
    wrong(
        "the platform's namespace",
        "limits.yaml",
        ["namespace: team-example", "namespace: flux-system"],
        "namespace: flux-system",
        /ResourceQuota flux-system\/team is in no tenant's namespace/,
        /a layer of the platform/,
    ),
    {
        finds: "an object of the whole cluster",
        edits: [
            { file: `${folder}/kustomization.yaml`, from: "resources:\n", to: "resources:\n  - any.yaml\n" },
            {
                file: `${folder}/any.yaml`,
                text: "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata:\n  name: any\n",
            },
        ],
        file: `${folder}/any.yaml`,
        line: "metadata:",
        problem: /ClusterRoleBinding any is in no tenant's namespace/,
        fix: /a layer of the platform/,
    },
]);
