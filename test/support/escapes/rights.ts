import { type Attempt, attempt, denied, forbidden, own } from "./attempt";
import { platform } from "./escape";

const rbac = "rbac.authorization.k8s.io/v1";
const clusterAdmin = { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" };
const tenantRole = { ...clusterAdmin, name: "tenant" };
const team = [{ kind: "ServiceAccount", name: "flux", namespace: own }];
const everything = [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }];
const greater = /attempting to grant RBAC permissions not currently held/;
const cluster = { namespace: undefined };
const gateway = "gateway.networking.k8s.io/v1";

/** Kinds that the team's role does not have, each with what it would give. */
const foreign: readonly (readonly [title: string, apiVersion: string, kind: string, plural: string, of?: object])[] = [
    ["a ClusterRoleBinding", rbac, "ClusterRoleBinding", "clusterrolebindings", { roleRef: clusterAdmin }],
    ["a ClusterRole", rbac, "ClusterRole", "clusterroles", { rules: everything }],
    ["a Namespace, which no rule for tenants would see", "v1", "Namespace", "namespaces"],
    ["a node", "v1", "Node", "nodes"],
    ["a priority of its own", "scheduling.k8s.io/v1", "PriorityClass", "priorityclasses", { value: 1 }],
    ["a disk of the cluster", "v1", "PersistentVolume", "persistentvolumes"],
    ["a class of disks", "storage.k8s.io/v1", "StorageClass", "storageclasses", { provisioner: "disk.csi.azure.com" }],
    ["a certificate for a name of its choice", "cert-manager.io/v1", "Certificate", "certificates"],
    ["an issuer of certificates", "cert-manager.io/v1", "Issuer", "issuers"],
    ["a Gateway, for whatever host", gateway, "Gateway", "gateways"],
    ["a grant for another's routes", gateway, "ReferenceGrant", "referencegrants"],
    ["a GRPCRoute, whose hosts nothing checks", gateway, "GRPCRoute", "grpcroutes"],
    ["a route of Traefik's own kind", "traefik.io/v1alpha1", "IngressRoute", "ingressroutes"],
    ["a middleware of Traefik", "traefik.io/v1alpha1", "Middleware", "middlewares"],
    ["a certificate for every host of Traefik", "traefik.io/v1alpha1", "TLSStore", "tlsstores"],
    ["a scrape of whatever address", "monitoring.coreos.com/v1alpha1", "ScrapeConfig", "scrapeconfigs"],
    ["a probe of whatever address", "monitoring.coreos.com/v1", "Probe", "probes"],
    ["another Prometheus", "monitoring.coreos.com/v1", "Prometheus", "prometheuses"],
    ["another Alertmanager", "monitoring.coreos.com/v1", "Alertmanager", "alertmanagers"],
    ["a Bucket", "source.toolkit.fluxcd.io/v1", "Bucket", "buckets"],
    ["a webhook of Flux", "notification.toolkit.fluxcd.io/v1", "Receiver", "receivers"],
    ["a set of whatever objects", "fluxcd.controlplane.io/v1", "ResourceSet", "resourcesets"],
    ["another Flux", "fluxcd.controlplane.io/v1", "FluxInstance", "fluxinstances"],
    ["addresses of its own behind a Service", "discovery.k8s.io/v1", "EndpointSlice", "endpointslices"],
    ["a Pod that no controller made", "v1", "Pod", "pods"],
    ["a wider ResourceQuota", "v1", "ResourceQuota", "resourcequotas", { spec: { hard: { pods: "1000" } } }],
    ["a wider LimitRange", "v1", "LimitRange", "limitranges", { spec: { limits: [] } }],
    [
        "a certificate of the cluster's authority",
        "certificates.k8s.io/v1",
        "CertificateSigningRequest",
        "certificatesigningrequests",
    ],
    [
        "a look at images in the registry, which would be as the platform's image-reflector-controller",
        "image.toolkit.fluxcd.io/v1",
        "ImageRepository",
        "imagerepositories",
        { spec: { interval: "10m", image: "landfall.azurecr.io/any", provider: "azure" } },
    ],
    [
        "a NetworkPolicy that lets everything through",
        "networking.k8s.io/v1",
        "NetworkPolicy",
        "networkpolicies",
        { spec: { podSelector: {}, ingress: [{}], egress: [{}], policyTypes: ["Ingress", "Egress"] } },
    ],
    ["a CustomResourceDefinition", "apiextensions.k8s.io/v1", "CustomResourceDefinition", "customresourcedefinitions"],
    [
        "a webhook that changes others' objects",
        "admissionregistration.k8s.io/v1",
        "MutatingWebhookConfiguration",
        "mutatingwebhookconfigurations",
    ],
    [
        "a binding that lets its own objects through",
        "admissionregistration.k8s.io/v1",
        "ValidatingAdmissionPolicyBinding",
        "validatingadmissionpolicybindings",
    ],
];

const clusterKinds =
    /^(Cluster|Namespace|Node|PriorityClass|PersistentVolume|StorageClass|CustomResource|Mutating|Validating|CertificateS)/;

/** Whom the team would share what it has with. */
const strangers: readonly (readonly [title: string, subject: Readonly<Record<string, string>>])[] = [
    ["everybody who is logged in", { kind: "Group", name: "system:authenticated" }],
    ["everybody", { kind: "Group", name: "system:unauthenticated" }],
    ["every service account of the cluster", { kind: "Group", name: "system:serviceaccounts" }],
    ["a user", { kind: "User", name: "somebody@example.org" }],
    ["a service account of the platform", { kind: "ServiceAccount", name: "helm-controller", namespace: platform }],
];

/** What the team's role does not have, and what admission does not let it give away. */
export const rights: readonly Attempt[] = [
    ...foreign.map(([title, apiVersion, kind, plural, content = {}]) =>
        attempt(title, apiVersion, kind, { ...content }, forbidden(plural), clusterKinds.test(kind) ? cluster : {}),
    ),
    ...[platform, "podinfo", "kube-system", "default"].map((namespace) =>
        attempt(`an object in namespace ${namespace}`, "v1", "ConfigMap", {}, forbidden("configmaps"), { namespace }),
    ),
    attempt(
        "a RoleBinding to cluster-admin, in its own namespace",
        rbac,
        "RoleBinding",
        { roleRef: clusterAdmin, subjects: team },
        greater,
    ),
    attempt("a Role that says more than its own rights", rbac, "Role", { rules: everything }, greater),
    ...["impersonate", "bind", "escalate"].map((verb) =>
        attempt(
            `a Role with the right to ${verb}`,
            rbac,
            "Role",
            { rules: [{ apiGroups: [""], resources: ["serviceaccounts"], verbs: [verb] }] },
            greater,
        ),
    ),
    ...strangers.map(([title, subject]) =>
        attempt(
            `a RoleBinding for ${title}`,
            rbac,
            "RoleBinding",
            {
                roleRef: tenantRole,
                subjects: [
                    {
                        ...(subject.kind === "ServiceAccount" ? {} : { apiGroup: "rbac.authorization.k8s.io" }),
                        ...subject,
                    },
                ],
            },
            denied("a tenant's RoleBinding names service accounts of its own namespace only"),
        ),
    ),
    attempt(
        "a token of a service account that never expires",
        "v1",
        "Secret",
        { type: "kubernetes.io/service-account-token" },
        denied("a tenant may not make a token of a service account"),
        { annotations: { "kubernetes.io/service-account.name": "flux" } },
    ),
];
