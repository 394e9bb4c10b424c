/** The kinds of what AKS runs besides Kubernetes: the snapshot controller, and the Secrets Store driver's add-on. */
import type { KubernetesApi } from "../kubernetes/api";

const snapshots = "snapshot.storage.k8s.io";
const secretsStore = "secrets-store.csi.x-k8s.io";

/**
 * github.com/kubernetes-csi/external-snapshotter/tree/master/client/config/crd,
 * github.com/kubernetes-sigs/secrets-store-csi-driver/tree/main/config/crd
 */
const kinds = [
    { group: snapshots, kind: "VolumeSnapshot", plural: "volumesnapshots", scope: "Namespaced" },
    { group: snapshots, kind: "VolumeSnapshotClass", plural: "volumesnapshotclasses", scope: "Cluster" },
    { group: snapshots, kind: "VolumeSnapshotContent", plural: "volumesnapshotcontents", scope: "Cluster" },
    { group: secretsStore, kind: "SecretProviderClass", plural: "secretproviderclasses", scope: "Namespaced" },
] as const;

/** Defines them with every field allowed. Nothing takes a snapshot or mounts a secret here. */
export async function applyAksKinds(api: KubernetesApi): Promise<void> {
    const openAPIV3Schema = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
    const version = {
        name: "v1",
        served: true,
        storage: true,
        schema: { openAPIV3Schema },
        subresources: { status: {} },
    };
    await Promise.all(
        kinds.map(({ group, kind, plural, scope }) =>
            api.apply(`/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${plural}.${group}`, {
                apiVersion: "apiextensions.k8s.io/v1",
                kind: "CustomResourceDefinition",
                metadata: {
                    name: `${plural}.${group}`,
                    // The API server asks for it in the groups of the Kubernetes project.
                    annotations: { "api-approved.kubernetes.io": "unapproved, made by the sandbox" },
                },
                spec: { group, scope, names: { kind, plural, singular: kind.toLowerCase() }, versions: [version] },
            }),
        ),
    );
}
