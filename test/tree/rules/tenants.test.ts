import { describeRule, type Example } from "../../support/rule-examples";
import type { Edit } from "../../support/tree-copy";

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

/** As `npm run tree -- add team` lists a team in an environment. */
const listed = (environment: string): Edit => ({
    file: `clusters/${environment}/kustomization.yaml`,
    from: /(components:\n {2}- \.\.\/base\n)[^]*/,
    to: `components:\n  - ../base\npatches:\n  - target: { kind: Kustomization, name: tenants }\n    patch: |\n      - { op: add, path: /spec/components/0, value: ../../tenants/team-helm }\n`,
});

const charts = "tenants/team-helm/charts.yaml";

describeRule("tenants", [
    {
        finds: "teams that may be there before what fences them",
        edits: [{ file: "clusters/base/tenants.yaml", from: /    - name: security\n/, to: "" }],
        file: "tenants/cluster-role.yaml",
        line: "name: tenant",
        problem: /needs ValidatingAdmissionPolicyBinding tenant-pods, which layer security makes/,
        fix: /add "- name: security" to dependsOn in clusters\/base\/tenants\.yaml/,
    },
    {
        finds: "pre-releases in every environment",
        edits: [{ file: charts, from: 'semver: ">=0.1.0"', to: 'semver: ">=0.1.0-0"' }],
        line: "semver:",
        problem: /OCIRepository team-helm\/front follows pre-releases \(>=0\.1\.0-0\) in every environment/,
        fix: /without -0, and a patch with it for one environment/,
    },
    {
        finds: "pre-releases in production by a patch",
        edits: [
            {
                file: "tenants/team-helm/charts-production.yaml",
                text: "- { op: replace, path: /spec/ref/semver, value: '>=0.1.0-0' }\n",
            },
            {
                file: "clusters/production/tenants/kustomization.yaml",
                from: /#[^]*/,
                to: "patches:\n  - path: ../../../tenants/team-helm/charts-production.yaml\n    target: { kind: OCIRepository, name: back }\n",
            },
            listed("production"),
        ],
        line: "semver",
        problem: /OCIRepository team-helm\/back follows pre-releases/,
        fix: /for one environment/,
        options: { environments: ["production"], meshes: ["istio"] },
    },
    { accepts: "pre-releases in staging by a patch", edits: [listed("staging")] },
    without("ServiceAccount", "access.yaml"),
    without("RoleBinding", "access.yaml"),
    without("ResourceQuota", "limits.yaml"),
    without("LimitRange", "limits.yaml"),
    without("NetworkPolicy", "network-policy.yaml"),
    without("GitRepository", "delivery.yaml"),
    without("Kustomization", "delivery.yaml"),
    without("Gateway", "gateway.yaml"),
    wrong(
        "hosts of the whole domain",
        "gateway.yaml",
        ["*.team-example.${domain}", "*.${domain}"],
        "hostname",
        /serves \*\.[^ ]+, not names below team-example\./,
        /hostname: "\*\.team-example\./,
    ),
    wrong(
        "routes of other namespaces",
        "gateway.yaml",
        ["kubernetes.io/metadata.name: team-example", "kubernetes.io/metadata.name: team-other"],
        "allowedRoutes",
        /admits routes of other namespaces/,
        /select kubernetes\.io\/metadata\.name: team-example/,
    ),
    wrong(
        "the certificate of the platform",
        "gateway.yaml",
        ["tenant-team-example-tls", "wildcard-tls"],
        "tls:",
        /has certificate wildcard-tls, which may be another's/,
        /tenant-team-example-tls/,
    ),
    wrong(
        "no address to fetch from",
        "namespace.yaml",
        [/.*landfall\/addresses.*\n/, ""],
        "annotations:",
        /allows no address to fetch from/,
        /landfall\/addresses/,
    ),
    ...[
        "http://example.org",
        "https://grafana.monitoring",
        "https://grafana.monitoring.svc",
        "https://10.0.0.1",
        "https://[::1]/",
        "https://a@example.org/",
        "https://localhost/",
        "https://",
    ].map((address) =>
        wrong(
            `the address ${address}`,
            "namespace.yaml",
            [/landfall\/addresses: .*/, `landfall/addresses: https://github.com/a ${address}`],
            "landfall/addresses",
            /which is no address outside of the cluster/,
            /with a public name/,
        ),
    ),
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
        "the platform's controllers",
        "delivery.yaml",
        [
            /(kind: Kustomization\n[^]*?) {2}labels:\n {4}sharding.*\n/,
            "kind: Kustomization\nmetadata:\n  name: team\n  namespace: team-example\n",
        ],
        "metadata:",
        /is reconciled by the platform's controllers/,
        /label it sharding\.fluxcd\.io\/key: tenants/,
    ),
    wrong(
        "commits that are not for the tenants' controllers",
        "delivery.yaml",
        [/ {2}commonMetadata:\n.*\n.*\n/, ""],
        "spec:",
        /does not label what the team commits/,
        /commonMetadata/,
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
