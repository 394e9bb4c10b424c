/** The kinds of the snapshot controller, which AKS runs unless storageProfile.snapshotController says otherwise. */
import type { KubernetesApi } from "../kubernetes/api";

const group = "snapshot.storage.k8s.io";

/** github.com/kubernetes-csi/external-snapshotter/tree/master/client/config/crd */
const kinds = [
    { kind: "VolumeSnapshot", plural: "volumesnapshots", scope: "Namespaced" },
    { kind: "VolumeSnapshotClass", plural: "volumesnapshotclasses", scope: "Cluster" },
    { kind: "VolumeSnapshotContent", plural: "volumesnapshotcontents", scope: "Cluster" },
] as const;

/** Defines them with every field allowed. Nothing takes a snapshot here. */
export async function applySnapshotKinds(api: KubernetesApi): Promise<void> {
    const openAPIV3Schema = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
    const version = {
        name: "v1",
        served: true,
        storage: true,
        schema: { openAPIV3Schema },
        subresources: { status: {} },
    };
    await Promise.all(
        kinds.map(({ kind, plural, scope }) =>
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
