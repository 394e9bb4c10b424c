import type { Properties } from "../provider";
import type { KubernetesSettings } from "./settings";

/** Built-in kinds that have no namespace (`kubectl api-resources --namespaced=false`). */
export const clusterScopedKinds: ReadonlySet<string> = new Set([
    "APIService",
    "CertificateSigningRequest",
    "ClusterRole",
    "ClusterRoleBinding",
    "ClusterTrustBundle",
    "CSIDriver",
    "CSINode",
    "CustomResourceDefinition",
    "DeviceClass",
    "FlowSchema",
    "IPAddress",
    "IngressClass",
    "MutatingAdmissionPolicy",
    "MutatingAdmissionPolicyBinding",
    "MutatingWebhookConfiguration",
    "Namespace",
    "Node",
    "PersistentVolume",
    "PriorityClass",
    "PriorityLevelConfiguration",
    "ResourceSlice",
    "RuntimeClass",
    "ServiceCIDR",
    "StorageClass",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
    "ValidatingWebhookConfiguration",
    "VolumeAttachment",
]);

/** Fields whose change the real provider answers with a new object (its `diff.go`), of the kinds a platform uses. */
const fixedFields: Readonly<Record<string, readonly string[]>> = {
    "v1/Secret": ["type"],
    "v1/Service": ["spec.clusterIP"],
    "apps/v1/Deployment": ["spec.selector"],
    "apps/v1/DaemonSet": ["spec.selector"],
    "apps/v1/StatefulSet": [
        "spec.selector",
        "spec.serviceName",
        "spec.podManagementPolicy",
        "spec.volumeClaimTemplates",
    ],
    "batch/v1/Job": ["spec.selector", "spec.template", "spec.completions", "spec.parallelism"],
    "rbac.authorization.k8s.io/v1/RoleBinding": ["roleRef"],
    "rbac.authorization.k8s.io/v1/ClusterRoleBinding": ["roleRef"],
    "storage.k8s.io/v1/StorageClass": ["parameters", "provisioner"],
};

/** The paths of an object whose change needs a new one. */
export function replacingPaths({ apiVersion, kind, immutable }: Properties, settings: KubernetesSettings): string[] {
    const key = `${String(apiVersion)}/${String(kind)}`;
    const isConfigMap = key === "v1/ConfigMap" && (!settings.enableConfigMapMutable || immutable === true);
    const isSecret = key === "v1/Secret" && (!settings.enableSecretMutable || immutable === true);
    return [
        "apiVersion",
        "kind",
        "metadata.name",
        "metadata.namespace",
        ...(fixedFields[key] ?? []),
        ...(isConfigMap ? ["data", "binaryData"] : []),
        ...(isSecret ? ["data", "stringData"] : []),
    ];
}
