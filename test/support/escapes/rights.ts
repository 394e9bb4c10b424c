import { applying, configMap, type Escape, platform } from "./escape";

const clusterAdmin = { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" };
const team = [{ kind: "ServiceAccount", name: "flux", namespace: "team-example" }];
const everything = [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }];
const rbac = "rbac.authorization.k8s.io/v1";
const forbidden = (what: string) =>
    new RegExp(`${what}.* is forbidden: User "system:serviceaccount:team-example:flux" cannot `);

/** What the API server refuses to the team's service account. */
export const rights: readonly Escape[] = [
    applying(
        "role-binding-for-cluster",
        "a ClusterRoleBinding",
        {
            apiVersion: rbac,
            kind: "ClusterRoleBinding",
            metadata: { name: "escape" },
            roleRef: clusterAdmin,
            subjects: team,
        },
        forbidden("clusterrolebindings"),
    ),
    applying(
        "cluster-role",
        "a ClusterRole",
        { apiVersion: rbac, kind: "ClusterRole", metadata: { name: "escape" }, rules: everything },
        forbidden("clusterroles"),
    ),
    applying(
        "definition",
        "a CustomResourceDefinition",
        {
            apiVersion: "apiextensions.k8s.io/v1",
            kind: "CustomResourceDefinition",
            metadata: { name: "escapes.example.org" },
            spec: {
                group: "example.org",
                names: { kind: "Escape", plural: "escapes", singular: "escape" },
                scope: "Namespaced",
                versions: [
                    { name: "v1", served: true, storage: true, schema: { openAPIV3Schema: { type: "object" } } },
                ],
            },
        },
        forbidden("customresourcedefinitions"),
    ),
    applying(
        "namespace",
        "a Namespace",
        { apiVersion: "v1", kind: "Namespace", metadata: { name: "escape" } },
        forbidden("namespaces"),
    ),
    applying(
        "images",
        "a look at images in the registry, which would be as the platform's image-reflector-controller",
        {
            apiVersion: "image.toolkit.fluxcd.io/v1",
            kind: "ImageRepository",
            metadata: { name: "escape", namespace: "team-example" },
            spec: { interval: "10m", image: "landfall.azurecr.io/any", provider: "azure" },
        },
        forbidden("imagerepositories"),
    ),
    applying(
        "in-platform",
        "an object in the platform's namespace",
        configMap("escape", platform),
        forbidden("configmaps"),
    ),
    applying(
        "in-other-system",
        "an object in the namespace of podinfo",
        configMap("escape", "podinfo"),
        forbidden("configmaps"),
    ),
    applying(
        "administrator",
        "a RoleBinding to cluster-admin, in its own namespace",
        {
            apiVersion: rbac,
            kind: "RoleBinding",
            metadata: { name: "escape", namespace: "team-example" },
            roleRef: clusterAdmin,
            subjects: team,
        },
        /attempting to grant RBAC permissions not currently held/,
    ),
    applying(
        "greater-role",
        "a Role that says more than its own rights",
        {
            apiVersion: rbac,
            kind: "Role",
            metadata: { name: "escape", namespace: "team-example" },
            rules: everything,
        },
        /attempting to grant RBAC permissions not currently held/,
    ),
    applying(
        "quota",
        "a wider ResourceQuota",
        {
            apiVersion: "v1",
            kind: "ResourceQuota",
            metadata: { name: "team", namespace: "team-example" },
            spec: { hard: { pods: "1000" } },
        },
        forbidden("resourcequotas"),
    ),
    applying(
        "network",
        "a NetworkPolicy that lets everything through",
        {
            apiVersion: "networking.k8s.io/v1",
            kind: "NetworkPolicy",
            metadata: { name: "escape", namespace: "team-example" },
            spec: { podSelector: {}, ingress: [{}], egress: [{}], policyTypes: ["Ingress", "Egress"] },
        },
        forbidden("networkpolicies"),
    ),
];
